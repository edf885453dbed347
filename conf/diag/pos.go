package diag

import "strconv"

// Pos is one place in one source file, as it is shown. Line and Col count from 1; Col counts characters (runes), Off
// counts bytes from 0. The zero Pos is "nowhere": a value that came from a default.
type Pos struct {
	File string
	Line int
	Col  int
	Off  int
}

// IsZero reports whether the position is nowhere.
func (p Pos) IsZero() bool { return p.Line == 0 }

// String gives FILE:LINE:COL, or "default" for the zero Pos.
func (p Pos) String() string {
	if p.IsZero() {
		return "default"
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Span is a run of text on one line of a File. The zero Span is nowhere.
//
// A configuration has one for each of its words and each of its values, so it is small: line and column are worked out when
// somebody asks. Spans in one *File may be compared with ==; for those of two readings of the same file there is Equal.
type Span struct {
	file   *File
	off, n int32
}

// IsZero reports whether the span is nowhere.
func (s Span) IsZero() bool { return s.file == nil }

// Source returns the file that the span is in; nil if it is nowhere.
func (s Span) Source() *File { return s.file }

// Pos returns where the span begins.
func (s Span) Pos() Pos {
	if s.file == nil {
		return Pos{}
	}
	return s.file.Pos(int(s.off))
}

// File returns the name of the file, "" if the span is nowhere.
func (s Span) File() string {
	if s.file == nil {
		return ""
	}
	return s.file.name
}

// Line returns the line, from 1; 0 if the span is nowhere.
func (s Span) Line() int { return s.Pos().Line }

// Col returns the column of the first character, in characters from 1; 0 if the span is nowhere.
func (s Span) Col() int { return s.Pos().Col }

// Off returns the offset of the first character in the file, in bytes.
func (s Span) Off() int { return int(s.off) }

// Len returns how many characters the span is long.
func (s Span) Len() int { return int(s.n) }

// Equal reports whether two spans are shown as the same place.
func (s Span) Equal(o Span) bool { return s == o || s.Pos() == o.Pos() && s.n == o.n }

// String gives FILE:LINE:COL, or "default" for the zero Span.
func (s Span) String() string { return s.Pos().String() }
