package logs

import (
	"os"
	"strconv"
)

// appendConsole appends e as keepalived's -l does: strftime's %c in the C locale, a colon, the text.
// The form is exact, because people read it with awk. Attributes do not show.
func appendConsole(buf []byte, e *entry) []byte {
	buf = e.at.AppendFormat(buf, "Mon Jan _2 15:04:05 2006: ")
	buf = appendClean(buf, e.text)
	return append(buf, '\n')
}

// syslogForm returns the form of syslog(3): RFC 3164 without the host name, which the local syslogd
// adds, with the identifier and our process number as the tag.
func syslogForm(ident string, facility int) form {
	tag := " " + ident + "[" + strconv.Itoa(os.Getpid()) + "]: "
	return func(buf []byte, e *entry) []byte {
		buf = append(buf, '<')
		buf = strconv.AppendInt(buf, int64(facility<<3|severity(e.level)), 10)
		buf = append(buf, '>')
		buf = e.at.AppendFormat(buf, "Jan _2 15:04:05")
		buf = append(buf, tag...)
		return appendClean(buf, e.text)
	}
}

// appendClean appends text as one line: control bytes become #ooo, as syslog daemons write them, so
// that nothing heard from outside (a script's words, a name in a packet) can forge a line.
func appendClean(buf []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != 0x7f || c == '\t' {
			buf = append(buf, c)
			continue
		}
		buf = append(buf, '#', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
	}
	return buf
}
