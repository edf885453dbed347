package diag

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzPos holds lines and columns against counting from the start of the file.
func FuzzPos(f *testing.F) {
	f.Add("", 0)
	f.Add("a\nb", 2)
	f.Add("é\r\n\tü x\n", 6)
	f.Add(strings.Repeat("é", 3*stride)+"\n"+strings.Repeat("日本\x80", stride)+"x", 6*stride+5000)
	f.Add("x"+strings.Repeat("é", stride), stride)
	f.Fuzz(func(t *testing.T, text string, off int) {
		file := NewFile("f", text)
		places := []int{off, 0, len(text) / 2, len(text), stride, stride + 1, 2*stride - 1}
		for _, off := range places {
			if off < 0 || off > len(text) || off < len(text) && !utf8.RuneStart(text[off]) {
				continue
			}
			start := strings.LastIndexByte(text[:off], '\n') + 1
			want := Pos{"f", strings.Count(text[:off], "\n") + 1, utf8.RuneCountInString(text[start:off]) + 1, off}
			if got := file.Span(off, 1).Pos(); got != want {
				t.Fatalf("byte %d is at %+v, want %+v", off, got, want)
			}
		}
	})
}

// TestFarPos asks for places in one long line: each must cost about the same.
func TestFarPos(t *testing.T) {
	f := NewFile("f", strings.Repeat("ü", 4<<20))
	for off := 0; off < len(f.Text()); off += 64 {
		if got := f.Pos(off).Col; got != off/2+1 {
			t.Fatalf("byte %d is in column %d", off, got)
		}
	}
}

func TestSpan(t *testing.T) {
	f, same, other := NewFile("f", "a\nbc"), NewFile("f", "a\nbc"), NewFile("g", "a\nbc")
	s := f.Span(2, 2)
	if s.String() != "f:2:1" || s.Len() != 2 || s.Off() != 2 || s.Source() != f || s.IsZero() {
		t.Errorf("%v +%d", s, s.Len())
	}
	for _, c := range []struct {
		other Span
		want  bool
	}{{f.Span(2, 2), true}, {same.Span(2, 2), true}, {other.Span(2, 2), false}, {f.Span(2, 1), false}, {f.Span(3, 2), false}, {Span{}, false}} {
		if s.Equal(c.other) != c.want || c.other.Equal(s) != c.want {
			t.Errorf("%v +%d like %v +%d: %v", s, s.Len(), c.other, c.other.Len(), !c.want)
		}
	}
	var none Span
	if none.String() != "default" || none.Pos() != (Pos{}) || none.File() != "" || none.Line() != 0 || !none.Equal(none) {
		t.Errorf("nowhere is %v", none)
	}
	if out := f.Span(99, -1); out.Off() != 4 || out.Len() != 0 || f.Span(-1, 1).Off() != 0 {
		t.Errorf("outside the file: %v", out)
	}
}
