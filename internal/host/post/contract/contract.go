// Package contract holds what every post office must do, the one on the network and the one in memory.
package contract

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/mail"
)

// Poster is what is tested.
type Poster interface {
	Configure(s *mail.Settings)
	Send(l mail.Letter)
	Close(patience time.Duration)
}

// Run tests an office. open returns one that is closed yet, settings with which its letters arrive, and what waits for the next letter
// that arrives and returns its header and body.
func Run(t *testing.T, open func(t *testing.T) (Poster, mail.Settings, func() string)) {
	letter := func(n int) mail.Letter {
		return mail.Letter{At: time.Now(), Subject: fmt.Sprintf("letter %d", n), Body: "news"}
	}
	expect := func(t *testing.T, got, want string) {
		t.Helper()
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	t.Run("in order", func(t *testing.T) {
		p, s, next := open(t)
		p.Send(letter(0)) // nobody has said how
		p.Configure(&s)
		for n := range 20 {
			p.Send(letter(n + 1))
		}
		for n := range 20 {
			expect(t, next(), fmt.Sprintf("letter %d\r\n", n+1))
		}
		p.Close(time.Minute)
	})
	t.Run("other settings", func(t *testing.T) {
		p, s, next := open(t)
		p.Configure(&s)
		p.Send(letter(1))
		expect(t, next(), "From: "+s.From+"\r\n")
		s.From = "another@example.org"
		p.Configure(&s)
		p.Send(letter(2))
		expect(t, next(), "From: another@example.org\r\n")
		p.Configure(nil)
		p.Send(letter(3)) // to nobody
		p.Configure(&s)
		p.Send(letter(4))
		expect(t, next(), "letter 4")
		p.Close(time.Minute)
	})
	t.Run("the end", func(t *testing.T) {
		p, s, next := open(t)
		p.Configure(&s)
		for n := range 5 {
			p.Send(letter(n + 1))
		}
		p.Close(time.Minute)
		for n := range 5 {
			expect(t, next(), fmt.Sprintf("letter %d\r\n", n+1))
		}
		p.Send(letter(6)) // too late, and no harm
	})
}
