package bus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// MaxPacket is the size in bytes of the longest message on a bus.
const MaxPacket = 32 << 10

var (
	// ErrFull says that the other end is not reading and the buffer between is full.
	ErrFull = errors.New("bus: full")
	// ErrTooBig says that a message is longer than MaxPacket bytes.
	ErrTooBig = errors.New("bus: message too big")
	// ErrMalformed says that a packet is not a message.
	ErrMalformed = errors.New("bus: malformed packet")
)

// Encode returns the packet for m: at most MaxPacket bytes, or ErrTooBig; a Msg without a known Kind
// is ErrMalformed.
func Encode(m Msg) ([]byte, error) {
	if !m.Kind.known() {
		return nil, fmt.Errorf("%w: kind %d", ErrMalformed, m.Kind)
	}
	m.Subject = escape(m.Subject)
	p, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("bus: encode: %w", err)
	}
	if len(p) > MaxPacket {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooBig, len(p))
	}
	return p, nil
}

// Decode returns the message in packet p, or an error that wraps ErrMalformed. It takes exactly what
// Encode makes: one object, no unknown field, a known Kind.
func Decode(p []byte) (Msg, error) {
	if len(p) > MaxPacket {
		return Msg{}, fmt.Errorf("%w: %d bytes", ErrMalformed, len(p))
	}
	d := json.NewDecoder(bytes.NewReader(p))
	d.DisallowUnknownFields()
	var m Msg
	if err := d.Decode(&m); err != nil {
		return Msg{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if d.More() {
		return Msg{}, fmt.Errorf("%w: bytes after the message", ErrMalformed)
	}
	if !m.Kind.known() {
		return Msg{}, fmt.Errorf("%w: kind %d", ErrMalformed, m.Kind)
	}
	subject, err := url.PathUnescape(m.Subject)
	if err != nil {
		return Msg{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m.Subject = subject
	return m, nil
}

// escape makes text of a subject, which may be any bytes that a configuration names something by; JSON would replace those that are not.
func escape(subject string) string {
	if utf8.ValidString(subject) && !strings.Contains(subject, "%") {
		return subject
	}
	return url.PathEscape(subject)
}
