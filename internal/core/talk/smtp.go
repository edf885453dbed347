package talk

import (
	"bytes"
	"time"

	"holdfast/conf"
)

var _ = register("SMTP_CHECK", func(a asked) []Call {
	s := a.c.SMTP
	helo := []byte("HELO " + s.HELO.V + "\r\n")
	var calls []Call
	add := func(con *conf.Connection, timeout time.Duration) {
		c := a.call(Stream, con, timeout, &SMTP{helo: helo})
		c.TLS = a.secure(nil, "")
		calls = append(calls, c)
	}
	if !s.HostsOnly {
		add(&a.c.Connection, a.c.Timing.ConnectTimeout.V)
	}
	for _, h := range s.Hosts {
		add(&h.Connection, h.ConnectTimeout.V)
	}
	return calls
})

// smtpLine is how long a line may be, in bytes with its end.
const smtpLine = 511

var quit = []byte("QUIT\r\n")

// SMTP is the conversation of SMTP_CHECK: greeting, HELO, QUIT. It takes one line for an answer, which must begin with the code
// and a blank; any line will do for QUIT.
//
// compat: an answer of several lines (220-…) is a failure. Of a line that is too long, parts of 511 bytes are thrown away.
type SMTP struct {
	helo    []byte
	stage   smtpStage
	line    []byte // what has come of a line
	said    []byte // answers to several lines that came at once
	verdict Verdict
}

type smtpStage uint8

const (
	greeting smtpStage = iota
	helo
	goodbye
)

// NewSMTP gives the conversation with HELO name.
func NewSMTP(name string) *SMTP { return &SMTP{helo: []byte("HELO " + name + "\r\n")} }

// Open waits for the greeting.
func (s *SMTP) Open(uint64) ([]byte, bool) {
	s.stage, s.line, s.verdict = greeting, s.line[:0], Verdict{Code: -1, Declared: -1}
	return nil, false
}

// Hear takes lines in pieces.
func (s *SMTP) Hear(b []byte, end End) (say []byte, done bool) {
	if end.Kind != Open {
		s.verdict.end(end, s.verdict.Received > 0)
		return nil, true
	}
	s.verdict.Received += int64(len(b))
	s.said = s.said[:0]
	for {
		i := bytes.IndexByte(b, '\n')
		part := b
		if i >= 0 {
			part = b[:i+1]
		}
		if room := smtpLine - len(s.line); len(part) >= room && (i < 0 || len(part) > room) {
			s.verdict.Overflows++
			s.line, b = s.line[:0], b[room:]
			continue
		}
		s.line = append(s.line, part...)
		if i < 0 {
			return s.said, false
		}
		b = b[i+1:]
		next, ok, last := s.answer(s.line)
		s.line = s.line[:0]
		if !ok || last {
			s.verdict.OK = ok
			return nil, true
		}
		s.said = append(s.said, next...)
	}
}

// answer takes one line and gives what to say then.
func (s *SMTP) answer(line []byte) (say []byte, ok, last bool) {
	s.verdict.Code = replyCode(line)
	switch s.stage {
	case greeting:
		s.stage = helo
		s.verdict.Why = BadGreeting
		if !bytes.HasPrefix(line, []byte("220 ")) {
			return nil, false, false
		}
		s.verdict.Why = Success
		return s.helo, true, false
	case helo:
		s.stage = goodbye
		if !bytes.HasPrefix(line, []byte("250 ")) {
			s.verdict.Why = BadHELO
			return nil, false, false
		}
		return quit, true, false
	case goodbye:
	}
	return nil, true, true
}

// replyCode gives the three digits that line begins with, or -1.
func replyCode(line []byte) int {
	if len(line) < 3 {
		return -1
	}
	n := 0
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Verdict tells how it went.
func (s *SMTP) Verdict() Verdict { return s.verdict }

var _ Talk = (*SMTP)(nil)
