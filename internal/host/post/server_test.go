package post_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"holdfast/internal/core/mail"
	"holdfast/internal/host/post"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// relay is a mail server of the test's own.
type relay struct {
	t      *testing.T
	addr   string
	listen net.Listener
	arrive chan string // mails, header and body
	begun  chan struct{}

	mu    sync.Mutex
	wire  []string          // lines that clients have said
	reply map[string]string // by the beginning of a command, longest first; "" is the banner
	raw   func(net.Conn)    // instead of everything

	implicit, starttls *tls.Config
	auth               string // mechanisms to offer
}

func newRelay(t *testing.T, how func(*relay)) *relay {
	r := &relay{t: t, addr: "127.0.0.1:0", arrive: make(chan string, 2000), begun: make(chan struct{}, 1000), reply: map[string]string{}}
	if how != nil {
		how(r)
	}
	r.open()
	return r
}

// open begins to listen, again at the same port.
func (r *relay) open() {
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.listen, r.addr = l, l.Addr().String()
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.t.Cleanup(func() { _ = c.Close() })
			r.begun <- struct{}{}
			all.Go(func() { defer c.Close(); r.serve(c) })
		}
	})
	r.t.Cleanup(all.Wait)
	r.t.Cleanup(r.close)
}

func (r *relay) close() { _ = r.listen.Close() }

func (r *relay) set(command, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reply[command] = reply
}

// answer is what is said to a command, and notes it.
func (r *relay) answer(line, usual string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	best := -1
	for begin, reply := range r.reply {
		if strings.HasPrefix(line, begin) && (begin == "") == (line == "") && len(begin) > best {
			best, usual = len(begin), reply
		}
	}
	return usual
}

func (r *relay) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.wire, "")
}

func (r *relay) serve(c net.Conn) {
	if r.raw != nil {
		r.raw(c)
		return
	}
	if r.implicit != nil {
		c = tls.Server(c, r.implicit)
	}
	fmt.Fprintf(c, "%s\r\n", r.answer("", "220 relay.example.net ready"))
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		r.mu.Lock()
		r.wire = append(r.wire, line)
		r.mu.Unlock()
		usual := "250 ok"
		switch verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " "); verb {
		case "EHLO":
			usual = "250-relay.example.net\r\n"
			if r.starttls != nil {
				usual += "250-STARTTLS\r\n"
			}
			if r.auth != "" {
				usual += "250-AUTH " + r.auth + "\r\n"
			}
			usual += "250-8BITMIME\r\n250 SMTPUTF8"
		case "STARTTLS":
			fmt.Fprintf(c, "220 go ahead\r\n")
			s := tls.Server(c, r.starttls)
			c, in = s, bufio.NewReader(s)
			continue
		case "AUTH":
			usual = r.login(c, in, rest)
		case "DATA":
			usual = r.answer(line, "354 go on")
			fmt.Fprintf(c, "%s\r\n", usual)
			if !strings.HasPrefix(usual, "354") {
				continue
			}
			var text strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				text.WriteString(l)
			}
			usual = r.answer("BODY", "250 taken")
			if strings.HasPrefix(usual, "250") {
				r.arrive <- text.String()
			}
			line = "BODY"
		case "QUIT":
			fmt.Fprintf(c, "221 bye\r\n")
			return
		}
		fmt.Fprintf(c, "%s\r\n", r.answer(line, usual))
	}
}

// login knows one user and one password.
func (r *relay) login(c net.Conn, in *bufio.Reader, how string) string {
	mechanism, first, _ := strings.Cut(how, " ")
	ask := func(what string) string {
		fmt.Fprintf(c, "334 %s\r\n", base64.StdEncoding.EncodeToString([]byte(what)))
		line, _ := in.ReadString('\n')
		b, _ := base64.StdEncoding.DecodeString(strings.TrimRight(line, "\r\n"))
		return string(b)
	}
	who := ""
	if mechanism == "PLAIN" {
		b, _ := base64.StdEncoding.DecodeString(first)
		who = string(b)
	} else {
		who = "\x00" + ask("Username:") + "\x00" + ask("Password:")
	}
	if who == "\x00lb1\x00s3same" {
		return "235 welcome"
	}
	return "535 who?"
}

// next waits for a mail.
func (r *relay) next() string {
	r.t.Helper()
	select {
	case m := <-r.arrive:
		return m
	case <-time.After(20 * time.Second):
		r.t.Fatal("no mail has arrived")
	}
	return ""
}

// settings are how to mail by this relay.
func (r *relay) settings() mail.Settings {
	a := r.listen.Addr().(*net.TCPAddr)
	return mail.Settings{
		Server: a.IP.String(), Port: uint16(a.Port), Timeout: 10 * time.Second, HELO: "lb1.example.org", From: "lb1@example.org",
		To: []string{"one@example.net", "two@example.net"}, RouterID: "lb1",
	}
}

// journal is a log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
	news chan struct{}
}

func newJournal() *journal { return &journal{news: make(chan struct{}, 1)} }

func (j *journal) logger() *slog.Logger { return slog.New(j) }

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }
func (j *journal) WithAttrs([]slog.Attr) slog.Handler       { return j }
func (j *journal) WithGroup(string) slog.Handler            { return j }
func (j *journal) Handle(_ context.Context, r slog.Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.WriteString(r.Message + "\n")
	select {
	case j.news <- struct{}{}:
	default:
	}
	return nil
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await waits for a part of a line.
func (j *journal) await(t *testing.T, part string) {
	t.Helper()
	for end := time.After(20 * time.Second); !strings.Contains(j.String(), part); {
		select {
		case <-j.news:
		case <-end:
			t.Fatalf("waited in vain for %q in\n%s", part, j)
		}
	}
}

// office is one whose log is kept, and which is closed at the end of the test.
func office(t *testing.T) (*post.Office, *journal) {
	j := newJournal()
	o := post.New(j.logger(), slog.LevelDebug)
	t.Cleanup(func() { o.Close(0) })
	return o, j
}

func letter(subject string) mail.Letter {
	return mail.Letter{At: time.Now(), Subject: subject, Body: "body of " + subject}
}
