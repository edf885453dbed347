package post

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"holdfast/internal/core/mail"
)

// clerk writes the log: keepalived's lines about each step, and ours about a server that takes nothing, once while that stays so.
type clerk struct {
	log   *slog.Logger
	step  slog.Level // of the lines about each step
	peer  string     // the address of the last connection, as keepalived writes it
	told  string     // the last complaint
	at    time.Time
	since time.Time // the server takes nothing; zero: it does

	refusals map[string]time.Time // by recipient and code: when it was told
}

// refusalsMax bounds the clerk's memory of them.
const refusalsMax = 1000

// reminder is how often the same complaint is made.
const reminder = time.Hour

func (k *clerk) detail(text string) { k.log.Log(context.Background(), k.step, text) }

func (k *clerk) connected(to net.Addr) {
	k.peer = place(to.String())
	k.detail("Remote SMTP server " + k.peer + " connected.")
}

// place is an address and port as keepalived writes them: [192.0.2.1]:25.
func place(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return "[" + host + "]:" + port
}

func server(s *mail.Settings) string {
	return net.JoinHostPort(s.Server, strconv.Itoa(int(s.Port)))
}

func (k *clerk) sent() {
	k.detail("SMTP alert successfully sent.")
}

// works says that the server takes letters again.
func (k *clerk) works(s *mail.Settings, waiting int) {
	if !k.since.IsZero() {
		k.log.Info(fmt.Sprintf("mail server %s takes alerts again after %s; %d waited", server(s), time.Since(k.since).Round(time.Second), waiting),
			"server", server(s), "waiting", waiting)
	}
	k.told, k.since = "", time.Time{}
}

// refused says that the server does not take a letter, or not for one recipient. Of what is tried again only the first attempt is told;
// ours of the two lines comes once an hour for each recipient and code.
func (k *clerk) refused(s *mail.Settings, p *parcel, to string, r *Refusal) {
	if p.pause > 0 && !r.final() {
		return
	}
	k.log.Info(fmt.Sprintf("Error processing %s cmd on SMTP server %s. SMTP status code = %d", r.Command, k.peer, r.Code),
		"server", server(s), "reply", r.Text)
	key := fmt.Sprintf("%s %d", to, r.Code)
	if at, known := k.refusals[key]; known && time.Since(at) < reminder {
		return
	}
	if len(k.refusals) >= refusalsMax || k.refusals == nil {
		k.refusals = make(map[string]time.Time)
	}
	k.refusals[key] = time.Now()
	what := "it is not sent"
	if !r.final() {
		what = "it is tried again"
	}
	if to == "" {
		to = "anybody"
	}
	k.log.Warn(fmt.Sprintf("mail server %s does not take %q for %s: %d %s; %s", server(s), p.Subject, to, r.Code, oneLine(r.Text), what),
		"server", server(s), "recipient", to)
}

// unreachable says that nothing can be handed over, how much waits, and until when.
func (k *clerk) unreachable(s *mail.Settings, err error, waiting int, pause time.Duration, last bool) {
	now := time.Now()
	if k.since.IsZero() {
		k.since = now
	}
	if err.Error() == k.told && now.Sub(k.at) < reminder || last {
		return
	}
	k.told, k.at = err.Error(), now
	if line := k.compat(err); line != "" {
		k.log.Info(line)
	}
	k.log.Warn(fmt.Sprintf("mail server %s takes no alerts: %s; %s, next attempt in %s", server(s), oneLine(err.Error()), count(waiting), pause),
		"server", server(s), "waiting", waiting)
}

// compat is keepalived's line about what went wrong; empty: it has none that makes sense.
func (k *clerk) compat(err error) string {
	var r *Refusal
	var op *net.OpError
	switch {
	case errors.As(err, &r):
		return fmt.Sprintf("Error processing %s cmd on SMTP server %s. SMTP status code = %d", r.Command, k.peer, r.Code)
	case !errors.Is(err, os.ErrDeadlineExceeded) && !timedOut(err):
		return ""
	case errors.As(err, &op) && op.Op == "dial" && op.Addr != nil:
		return "Timeout opening connection to remote SMTP server " + place(op.Addr.String()) + "."
	}
	if k.peer == "" {
		return "" // there was no connection: it is the name server that is late
	}
	return "Timeout reading data to remote SMTP server " + k.peer + "."
}

func timedOut(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func count(n int) string { return alerts(n, "waits", "wait") }

// alerts says how many do, or are, something.
func alerts(n int, one, more string) string {
	if n == 1 {
		return "1 alert " + one
	}
	return fmt.Sprintf("%d alerts %s", n, more)
}

// dropped says that letters had to go for others.
func (k *clerk) dropped(n int) {
	if n > 0 {
		k.log.Warn(alerts(n, "is", "are")+fmt.Sprintf(" not mailed: more than %d wait for the mail server", QueueMax), "count", n)
	}
}

// stale says that a letter is too old.
func (k *clerk) stale(p *parcel) {
	k.log.Warn(fmt.Sprintf("%q of %s is not mailed: the mail server did not take it for a day", p.Subject, p.At.Format(time.DateTime)))
}

// left says that letters were left at the end.
func (k *clerk) left(n int) {
	if n > 0 {
		k.log.Warn(alerts(n, "is", "are")+" not mailed: the daemon ended before the mail server took all", "count", n)
	}
}

// oneLine shortens what others say.
func oneLine(s string) string {
	const most = 200
	b := []rune(s)
	if len(b) > most {
		b = append(b[:most], '…')
	}
	for i, r := range b {
		if r < ' ' || r == 0x7f {
			b[i] = ' '
		}
	}
	return string(b)
}
