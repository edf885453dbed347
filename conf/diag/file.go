package diag

import (
	"math"
	"sort"
	"strings"
	"unicode/utf8"
)

// File is a source text, under the name that positions in it are shown with. It never changes.
type File struct {
	name, text string
	lines      []int32 // where each line begins, in bytes
	marks      []mark  // one for each stride of the text; nil if every byte is a character
}

// mark tells how many characters come before a place in the text, so that nobody counts them from the start of a line that is
// as long as the file.
type mark struct{ off, chars int32 }

const stride = 1 << 10 // bytes

// NewFile returns the file of that name and content. Places beyond 2 GiB count as its end.
func NewFile(name, text string) *File {
	f := &File{name: name, text: text[:min(len(text), math.MaxInt32)]}
	f.lines = append(make([]int32, 0, 1+strings.Count(f.text, "\n")), 0)
	for off := 0; ; {
		n := strings.IndexByte(f.text[off:], '\n')
		if n < 0 {
			break
		}
		off += n + 1
		f.lines = append(f.lines, int32(off))
	}
	if !ascii(f.text) {
		f.mark()
	}
	return f
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (f *File) mark() {
	f.marks = make([]mark, 0, 1+len(f.text)/stride)
	chars := int32(0)
	for off := range f.text {
		if off >= len(f.marks)*stride {
			f.marks = append(f.marks, mark{int32(off), chars})
		}
		chars++
	}
}

// Name returns the name that the file was made with.
func (f *File) Name() string { return f.name }

// Text returns the content that the file was made with.
func (f *File) Text() string { return f.text }

// Span returns the place that begins at byte off and is n characters long.
func (f *File) Span(off, n int) Span {
	return Span{file: f, off: int32(max(0, min(off, len(f.text)))), n: int32(max(0, min(n, math.MaxInt32)))}
}

// Pos returns the line and the column of byte off.
func (f *File) Pos(off int) Pos {
	off = max(0, min(off, len(f.text)))
	i := sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > off }) // the line's number
	return Pos{File: f.name, Line: i, Col: f.chars(off) - f.chars(int(f.lines[i-1])) + 1, Off: off}
}

// chars returns how many characters begin before byte off.
func (f *File) chars(off int) int {
	if f.marks == nil {
		return off
	}
	i := min(off/stride, len(f.marks)-1)
	if i > 0 && int(f.marks[i].off) > off { // the character that the stride cuts
		i--
	}
	m := f.marks[i]
	return int(m.chars) + utf8.RuneCountInString(f.text[m.off:off])
}
