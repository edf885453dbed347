package diag

import "strconv"

// Pos is one place in one source file. Line and Col count from 1; Col counts characters (runes), Off
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

// Span is a run of text on one line: it begins at Pos and is Len characters long.
type Span struct {
	Pos
	Len int
}
