package mail

import (
	"mime"
	"strings"
)

// dateForm is RFC 5322's date.
const dateForm = "Mon, 02 Jan 2006 15:04:05 -0700"

// Compose writes a letter as it goes over the wire after DATA, without the final dot: lines end in CRLF, none begins with a dot, and
// none of what a configuration says can begin a line of its own (RFC 5322, section 2.2).
func (s *Settings) Compose(l Letter) []byte {
	var b strings.Builder
	field := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	field("Date", l.At.Format(dateForm))
	field("From", clean(s.From))
	field("Subject", s.Subject(l))
	field("X-Mailer", "Keepalived")
	field("To", fold(s.To))
	b.WriteString("\r\n=> " + cut(clean(l.Body), bodyMax) + " <=\r\n\r\n")
	return []byte(b.String())
}

// Subject is a letter's subject with the router's id, words beyond ASCII as RFC 2047 has them: each on a line if there are several.
func (s *Settings) Subject(l Letter) string {
	text := mime.QEncoding.Encode("utf-8", cut(clean("["+s.RouterID+"] "+l.Subject), subjectMax))
	return strings.ReplaceAll(text, "?= =?utf-8?", "?=\r\n =?utf-8?")
}

// lineMax is how long a line of a header may be, in bytes without CRLF (RFC 5322, section 2.1.1).
const lineMax = 998

// fold lists addresses, on one line as long as that is permitted.
func fold(to []string) string {
	var b strings.Builder
	used := len("To: ")
	for i, a := range to {
		a = clean(a)
		switch {
		case i == 0:
		case used+len(", ")+len(a)+len(",") > lineMax:
			b.WriteString(",\r\n ")
			used = len(" ")
		default:
			b.WriteString(", ")
			used += len(", ")
		}
		b.WriteString(a)
		used += len(a)
	}
	return b.String()
}

// clean makes one line of a text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
