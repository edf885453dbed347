package logs

import (
	"encoding/binary"
	"log/slog"
	"os"
	"strconv"
	"strings"
)

// journalForm returns the journal's native form: one FIELD=value line each, or, for a value with a
// newline, the name, a newline, its length as 64 bits little endian, the value and a newline
// (systemd.io/JOURNAL_NATIVE_PROTOCOL).
func journalForm(ident string, facility int) form {
	tail := "SYSLOG_IDENTIFIER=" + ident +
		"\nSYSLOG_FACILITY=" + strconv.Itoa(facility) +
		"\nSYSLOG_PID=" + strconv.Itoa(os.Getpid()) + "\n"
	return func(buf []byte, e *entry) []byte {
		buf = appendField(buf, "MESSAGE", e.text)
		buf = append(buf, "PRIORITY="...)
		buf = append(buf, byte('0'+severity(e.level)), '\n')
		buf = append(buf, tail...)
		buf = append(buf, e.fixed...)
		return appendFields(buf, e.prefix, e.attrs)
	}
}

// appendFields appends attributes as HOLDFAST_<PREFIX><KEY> fields.
func appendFields(buf []byte, prefix string, attrs []slog.Attr) []byte {
	for _, a := range attrs {
		if a.Value.Kind() == slog.KindGroup {
			inner := prefix
			if a.Key != "" {
				inner += a.Key + "_"
			}
			buf = appendFields(buf, inner, a.Value.Group())
			continue
		}
		if a.Key == "" {
			continue
		}
		buf = appendField(buf, fieldName(prefix+a.Key), a.Value.String())
	}
	return buf
}

func appendField(buf []byte, name, value string) []byte {
	buf = append(buf, name...)
	if !strings.Contains(value, "\n") {
		buf = append(buf, '=')
		buf = append(buf, value...)
		return append(buf, '\n')
	}
	buf = append(buf, '\n')
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(value)))
	buf = append(buf, value...)
	return append(buf, '\n')
}

// fieldName returns the journal's name of an attribute. The journal refuses a record over a field name
// of other than A–Z, 0–9 and _, or longer than 64 bytes.
func fieldName(key string) string {
	name := []byte("HOLDFAST_" + key)
	if len(name) > 64 {
		name = name[:64]
	}
	for i, c := range name {
		switch {
		case 'a' <= c && c <= 'z':
			name[i] = c - 'a' + 'A'
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			name[i] = '_'
		}
	}
	return string(name)
}
