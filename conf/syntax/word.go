package syntax

import "holdfast/conf/diag"

// Word is one word of a line. At covers the word in its file, quotes included; a word that came from a
// reference such as ${NAME} is at the reference.
type Word struct {
	Text   string
	At     diag.Span
	Quoted bool

	came *trail // with its list made
}

// NewWord returns a word that no line has as it is, such as a part of one.
func NewWord(text string, at diag.Span, via []diag.Via) Word {
	w := Word{Text: text, At: at}
	if len(via) > 0 {
		w.came = &trail{list: via}
	}
	return w
}

// Via tells the includes and definitions behind the word, innermost first. It is shared between words and must not be
// written to.
func (w Word) Via() []diag.Via {
	if w.came == nil {
		return nil
	}
	return w.came.list
}

// space returns the width in bytes of the white space at the start of s (0: none) and whether it is
// one that only web pages and word processors write.
func space(s string) (width int, web bool) {
	switch c := s[0]; {
	case c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\n':
		return 1, false
	case c < 0xc2:
		return 0, false
	}
	return webSpace(s)
}

// webSpace recognises U+00A0, U+2000–U+200B (U+200B is "zero width"), U+202F, U+205F, U+3000 and the
// byte order mark U+FEFF in UTF-8.
func webSpace(s string) (width int, web bool) {
	if len(s) >= 2 && s[0] == 0xc2 && s[1] == 0xa0 {
		return 2, true
	}
	if len(s) < 3 {
		return 0, false
	}
	switch s[0] {
	case 0xe2:
		if s[1] == 0x80 && (s[2] >= 0x80 && s[2] <= 0x8b || s[2] == 0xaf) || s[1] == 0x81 && s[2] == 0x9f {
			return 3, true
		}
	case 0xe3:
		if s[1] == 0x80 && s[2] == 0x80 {
			return 3, true
		}
	case 0xef:
		if s[1] == 0xbb && s[2] == 0xbf {
			return 3, true
		}
	}
	return 0, false
}

// skipSpace returns the offset of the first byte at or after off that is not white space.
func skipSpace(s string, off int) int {
	for off < len(s) {
		w, _ := space(s[off:])
		if w == 0 {
			break
		}
		off += w
	}
	return off
}
