package diag

import "unicode"

// cells returns how many cells of a terminal a character takes: 0, 1 or 2 (Unicode Standard Annex 11, its
// Wide and Fullwidth ranges; rare scripts beyond the two planes named here count 1).
func cells(c rune) int {
	switch {
	case c < 0x300:
		return 1
	case unicode.In(c, unicode.Mn, unicode.Me), invisible(c):
		return 0
	case c >= 0x1100 && c <= 0x115f,
		c == 0x2329, c == 0x232a,
		c >= 0x2e80 && c <= 0x303e,
		c >= 0x3041 && c <= 0xa4cf,
		c >= 0xa960 && c <= 0xa97c,
		c >= 0xac00 && c <= 0xd7a3,
		c >= 0xf900 && c <= 0xfaff,
		c >= 0xfe30 && c <= 0xfe6f,
		c >= 0xff00 && c <= 0xff60,
		c >= 0xffe0 && c <= 0xffe6,
		c >= 0x1f300 && c <= 0x1f64f,
		c >= 0x1f900 && c <= 0x1f9ff,
		c >= 0x20000 && c <= 0x3fffd:
		return 2
	case c == 0x3000:
		return 2
	}
	return 1
}

// invisible reports the characters that a terminal does not show at all.
func invisible(c rune) bool { return c >= 0x200b && c <= 0x200f || c == 0xfeff || c == 0x2060 }
