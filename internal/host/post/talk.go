package post

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/core/mail"
)

// Refusal is a server's word that it does not do what a command asks.
type Refusal struct {
	Command string // as keepalived names it: (E)SMTP, HELO, MAIL, RCPT, DATA, BODY
	Code    int    // 4xx: later perhaps; 5xx: never
	Text    string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("it answers %s with %d %s", r.Command, r.Code, r.Text)
}

// final reports whether to ask again is of no use.
func (r *Refusal) final() bool { return r.Code >= 500 }

// conversation is a connection on which the server has greeted us and we it.
type conversation struct {
	settings *mail.Settings
	client   *smtp.Client
	conn     net.Conn
	hush     func() bool  // ends the wait for the end of the context
	trace    func(string) // of each step; nil: nobody asks
	end      time.Time    // when it is over, whatever is under way
	sent     int          // letters that the server has judged
}

// dial begins a conversation, which ends with ctx at the latest; each reply has the settings' time. connected is called when there is a
// connection.
func dial(ctx context.Context, s *mail.Settings, connected func(to net.Addr), trace func(string)) (*conversation, error) {
	d := net.Dialer{Timeout: s.Timeout}
	raw, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Server, strconv.Itoa(int(s.Port))))
	if err != nil {
		return nil, err
	}
	connected(raw.RemoteAddr())
	c := &conversation{settings: s, trace: trace, end: time.Now().Add(conversationMax)}
	c.conn = guard(raw, s.Timeout, c.end)
	c.hush = context.AfterFunc(ctx, func() { raw.Close() })
	if err := c.begin(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conversation) begin() error {
	s := c.settings
	var how *tls.Config
	if s.TLS != "" {
		var err error
		if how, err = secure(s); err != nil {
			return err
		}
	}
	if s.TLS == mail.Implicit {
		t := tls.Client(c.conn, how)
		if err := t.Handshake(); err != nil {
			return fmt.Errorf("TLS: %w", err)
		}
		c.conn = t
	}
	var err error
	if c.client, err = smtp.NewClient(c.conn, s.Server); err != nil {
		return refusal("(E)SMTP", err)
	}
	if s.TLS == mail.Implicit {
		c.traceTLS()
	}
	if s.TLS != mail.STARTTLS && s.User == "" {
		return c.say("HELO", 250, "HELO %s", mail.Mailbox(s.HELO)) // compat: nobody who asks for no extension says EHLO
	}
	if err := c.client.Hello(mail.Mailbox(s.HELO)); err != nil {
		return refusal("EHLO", err)
	}
	c.note("> EHLO " + mail.Mailbox(s.HELO))
	if s.TLS == mail.STARTTLS {
		if offered, _ := c.client.Extension("STARTTLS"); !offered {
			return errors.New("it does not offer STARTTLS, and nothing is said in the clear")
		}
		if err := c.client.StartTLS(how); err != nil {
			return fmt.Errorf("STARTTLS: %w", refusal("STARTTLS", err))
		}
		c.traceTLS()
	}
	return c.authenticate()
}

func (c *conversation) authenticate() error {
	s := c.settings
	if s.User == "" {
		return nil
	}
	secret, err := password(s.Pass)
	if err != nil {
		return err
	}
	if err := c.client.Auth(login{s.User, secret}); err != nil {
		return refusal("AUTH", err)
	}
	c.note("- logged in as " + s.User)
	return nil
}

// say gives one command and awaits a reply whose code begins with that.
func (c *conversation) say(command string, code int, format string, args ...any) error {
	c.note("> " + fmt.Sprintf(format, args...))
	if err := c.client.Text.PrintfLine(format, args...); err != nil {
		return err
	}
	return c.hear(command, code)
}

// hear awaits a reply whose code begins with that.
func (c *conversation) hear(command string, code int) error {
	got, text, err := c.client.Text.ReadResponse(code)
	if got > 0 {
		for line := range strings.Lines(text) {
			c.note(fmt.Sprintf("< %d %s", got, oneLine(strings.TrimRight(line, "\n"))))
		}
	}
	return refusal(command, err)
}

func (c *conversation) note(step string) {
	if c.trace != nil {
		c.trace(step)
	}
}

// traceTLS tells how it is encrypted and until when the server's certificate is valid.
func (c *conversation) traceTLS() {
	state, ok := c.client.TLSConnectionState()
	if c.trace == nil || !ok || len(state.PeerCertificates) == 0 {
		return
	}
	leaf := state.PeerCertificates[0]
	c.note(fmt.Sprintf("- %s, certificate of %q, valid until %s", tls.VersionName(state.Version), leaf.Subject.String(),
		leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST")))
}

// send hands a letter over to these recipients. bad says of which of them the server does not want to know; an error is about the
// letter as a whole, and a *Refusal of it leaves the conversation usable.
func (c *conversation) send(l mail.Letter, to []string) (bad map[string]*Refusal, err error) {
	if err := c.say("MAIL", 250, "MAIL FROM:<%s>", mail.Mailbox(c.settings.From)); err != nil {
		return nil, err
	}
	bad = make(map[string]*Refusal)
	for _, a := range to {
		err := c.say("RCPT", 25, "RCPT TO:<%s>", mail.Mailbox(a))
		var r *Refusal
		if errors.As(err, &r) && r.Code != 421 {
			bad[a] = r
		} else if err != nil {
			return nil, err
		}
	}
	if len(bad) == len(to) {
		return bad, c.say("RSET", 250, "RSET")
	}
	if err := c.say("DATA", 354, "DATA"); err != nil {
		return bad, err
	}
	w := c.client.Text.DotWriter()
	text := c.settings.Compose(l)
	for line := range strings.Lines(string(text)) {
		c.note("> " + strings.TrimRight(line, "\r\n"))
	}
	if _, err := w.Write(text); err != nil {
		return bad, err
	}
	if err := w.Close(); err != nil {
		return bad, err
	}
	return bad, c.hear("BODY", 250)
}

// quit takes leave.
func (c *conversation) quit() {
	_ = c.say("QUIT", 221, "QUIT") // what could be handed over has been
	c.close()
}

func (c *conversation) close() {
	c.hush()
	_ = c.conn.Close() // whatever it says, there is nobody left to talk to
}

// refusal makes a *Refusal of a reply with another code than was to be.
func refusal(command string, err error) error {
	var e *textproto.Error
	if errors.As(err, &e) {
		return &Refusal{command, e.Code, e.Msg}
	}
	return err
}

// A conversation, in which ever more letters may be handed over, has an end; in its last part none is begun.
const (
	conversationMax  = 10 * time.Minute
	conversationLast = 5 * time.Minute
)
