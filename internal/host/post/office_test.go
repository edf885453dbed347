package post_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/mail"
	"holdfast/internal/host/post"
	"holdfast/internal/host/post/contract"
)

func TestContract(t *testing.T) {
	contract.Run(t, func(t *testing.T) (contract.Poster, mail.Settings, func() string) {
		r := newRelay(t, nil)
		o, _ := office(t)
		return o, r.settings(), r.next
	})
}

// Byte by byte what is said for two letters.
func TestConversation(t *testing.T) {
	r := newRelay(t, nil)
	o, j := office(t)
	s := r.settings()
	s.From, s.To[1] = "Load Balancer <lb1@example.org>", "<two@example.net>"
	r.set("HELO", "250-several\r\n250 lines")
	r.set("RCPT TO:<two", "251 will forward")
	o.Configure(&s)
	o.Send(letter("a"))
	o.Send(letter("b"))
	o.Close(time.Minute)
	const each = "MAIL FROM:<lb1@example.org>\r\nRCPT TO:<one@example.net>\r\nRCPT TO:<two@example.net>\r\nDATA\r\n"
	// The second letter may have come too late for the conversation of the first.
	said := strings.ReplaceAll(r.said(), "QUIT\r\nHELO lb1.example.org\r\n", "")
	if want := "HELO lb1.example.org\r\n" + each + each + "QUIT\r\n"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
	if m := r.next(); !strings.Contains(m, "Subject: [lb1] a\r\n") || !strings.HasSuffix(m, "\r\n\r\n=> body of a <=\r\n\r\n") {
		t.Errorf("mail %q", m)
	}
	for _, line := range []string{"Remote SMTP server [127.0.0.1]:" + fmt.Sprint(s.Port) + " connected.\n", "SMTP alert successfully sent.\nSMTP alert"} {
		if !strings.Contains(j.String(), line) && !strings.Contains(j.String(), "connected.\nSMTP alert") {
			t.Errorf("log without %q:\n%s", line, j)
		}
	}
}

// Who does not want a letter keeps it from nobody else.
func TestRefusedRecipients(t *testing.T) {
	r := newRelay(t, nil)
	o, j := office(t)
	s := r.settings()
	s.To = append(s.To, "three@example.net")
	r.set("RCPT TO:<two", "550 no such user")
	r.set("RCPT TO:<three", "450 try later")
	o.Configure(&s)
	o.Send(letter("a"))
	r.next()
	j.await(t, `does not take "a" for two@example.net: 550 no such user; it is not sent`)
	j.await(t, `does not take "a" for three@example.net: 450 try later; it is tried again`)
	j.await(t, fmt.Sprintf("Error processing RCPT cmd on SMTP server [127.0.0.1]:%d. SMTP status code = 550\n", s.Port))
	r.set("RCPT TO:<three", "250 ok")
	r.next()
	o.Close(time.Minute)
	if got := r.said(); strings.Count(got, "TO:<one") != 1 || strings.Count(got, "TO:<two") != 1 || strings.Count(got, "TO:<three") < 2 {
		t.Errorf("said %q", got)
	}
}

// A letter that is not taken holds no other up.
func TestRefusedLetters(t *testing.T) {
	for _, at := range []string{"MAIL", "DATA", "BODY"} {
		t.Run(at, func(t *testing.T) {
			r := newRelay(t, nil)
			o, j := office(t)
			s := r.settings()
			r.set(at, "554 spam")
			o.Configure(&s)
			o.Send(letter("a"))
			j.await(t, `does not take "a" for anybody: 554 spam; it is not sent`)
			r.set(at, map[string]string{"DATA": "354 go on"}[at]+map[bool]string{true: "250 ok"}[at != "DATA"])
			o.Send(letter("b"))
			if m := r.next(); !strings.Contains(m, "[lb1] b") {
				t.Errorf("mail %q", m)
			}
		})
	}
}

// A server that is down is told of once, with what waits, and gets everything in order when it returns.
func TestServerReturns(t *testing.T) {
	r := newRelay(t, nil)
	o, j := office(t)
	s := r.settings()
	r.close()
	o.Configure(&s)
	for n := range 3 {
		o.Send(letter(fmt.Sprintf("letter %d", n)))
	}
	j.await(t, fmt.Sprintf("mail server 127.0.0.1:%d takes no alerts: dial tcp 127.0.0.1:%d: connect: connection refused; ", s.Port, s.Port))
	r.open()
	for n := range 3 {
		if m := r.next(); !strings.Contains(m, fmt.Sprintf("letter %d", n)) {
			t.Errorf("mail %q", m)
		}
	}
	j.await(t, "takes alerts again after ")
	if n := strings.Count(j.String(), "takes no alerts"); n != 1 {
		t.Errorf("%d complaints:\n%s", n, j)
	}
}

// A server that takes one letter in a conversation, and then says so or hangs up, gets the others in further ones, at once.
func TestServersThatTakeOneLetterEach(t *testing.T) {
	for name, then := range map[string]string{"says so": "421 enough\r\n", "hangs up": ""} {
		t.Run(name, func(t *testing.T) {
			arrived := make(chan string, 10)
			r := newRelay(t, func(r *relay) {
				r.raw = func(c net.Conn) {
					fmt.Fprint(c, "220 hi\r\n")
					data, text := false, ""
					for in := bufio.NewScanner(c); in.Scan(); {
						switch line := in.Text(); {
						case line == ".":
							arrived <- text
							fmt.Fprint(c, "250 taken\r\n")
							in.Scan()
							fmt.Fprint(c, then)
							return
						case data:
							text += line + "\n"
						case line == "DATA":
							data = true
							fmt.Fprint(c, "354 go on\r\n")
						default:
							fmt.Fprint(c, "250 ok\r\n")
						}
					}
				}
			})
			o, j := office(t)
			s := r.settings()
			o.Configure(&s)
			for n := range 5 {
				o.Send(letter(fmt.Sprintf("letter %d", n)))
			}
			o.Close(time.Minute)
			for n := range 5 {
				if text := <-arrived; !strings.Contains(text, fmt.Sprintf("letter %d", n)) {
					t.Errorf("arrived %q", text)
				}
			}
			if strings.Contains(j.String(), "takes no alerts") {
				t.Errorf("log:\n%s", j)
			}
		})
	}
}

// What no server should do costs one attempt's time, and no more than that at the end; whoever sends waits for nothing.
func TestHostileServers(t *testing.T) {
	write := func(c net.Conn, b []byte, pause time.Duration) {
		for {
			if _, err := c.Write(b); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
	hear := func(c net.Conn) {
		for b := make([]byte, 4096); ; {
			if _, err := c.Read(b); err != nil {
				return
			}
		}
	}
	const timedOut = "Timeout reading data to remote SMTP server"
	for name, c := range map[string]struct {
		do   func(net.Conn)
		want string
	}{
		"hangs":           {hear, timedOut},
		"drips":           {func(c net.Conn) { write(c, []byte("2"), 10*time.Millisecond) }, `short response: "222`},
		"lines":           {func(c net.Conn) { write(c, []byte("220-more\r\n"), 0) }, "the reply has no end"},
		"a line":          {func(c net.Conn) { write(c, []byte(strings.Repeat("x", 9000)), 0) }, "the reply has no end"},
		"closes":          {func(net.Conn) {}, "EOF"},
		"resets":          {func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }, ""},
		"no code":         {func(c net.Conn) { fmt.Fprint(c, "hello\r\n"); hear(c) }, `short response: "hello"`},
		"another code":    {func(c net.Conn) { fmt.Fprint(c, "554 go away\r\n"); hear(c) }, "it answers (E)SMTP with 554 go away"},
		"no more than hi": {func(c net.Conn) { fmt.Fprint(c, "220 hi\r\n"); hear(c) }, timedOut},
		"421":             {func(c net.Conn) { fmt.Fprint(c, "220 hi\r\n250 ok\r\n421 I have had enough\r\n") }, ""},
		"control words":   {func(c net.Conn) { fmt.Fprint(c, "554 \x1b[2J\x00\r\n") }, "554  [2J "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRelay(t, func(r *relay) { r.raw = c.do })
			o, j := office(t)
			s := r.settings()
			s.Timeout = 300 * time.Millisecond
			o.Configure(&s)
			o.Send(letter("a"))
			j.await(t, "takes no alerts: ")
			j.await(t, c.want)
			begin := time.Now()
			for n := range 100 {
				o.Send(letter(fmt.Sprint(n)))
			}
			o.Close(200 * time.Millisecond)
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("the end took %s", took)
			}
			j.await(t, "101 alerts are not mailed: the daemon ended before the mail server took all")
		})
	}
}

// Of too many letters the oldest go, and their number is told.
func TestTooManyLetters(t *testing.T) {
	r := newRelay(t, nil)
	o, j := office(t)
	s := r.settings()
	r.close()
	o.Configure(&s)
	o.Send(letter("first"))
	j.await(t, "1 alert waits, next attempt in 1s")
	for n := range post.QueueMax + 4 {
		o.Send(letter(fmt.Sprintf("letter %d.", n)))
	}
	if n := o.Waiting(); n != post.QueueMax {
		t.Errorf("%d wait", n)
	}
	r.open()
	if m := r.next(); !strings.Contains(m, "letter 4.") {
		t.Errorf("the first one is %q", m)
	}
	j.await(t, fmt.Sprintf("5 alerts are not mailed: more than %d wait", post.QueueMax))
}

// A letter that nobody took for a day is not sent.
func TestStaleLetters(t *testing.T) {
	r := newRelay(t, nil)
	o, j := office(t)
	s := r.settings()
	o.Configure(&s)
	l := letter("old news")
	l.At = l.At.Add(-post.Lifetime - time.Second)
	o.Send(l)
	o.Send(letter("news"))
	if m := r.next(); !strings.Contains(m, "[lb1] news") {
		t.Errorf("mail %q", m)
	}
	j.await(t, `"old news" of `)
}

// What the configuration leaves open is the machine's name and our own.
func TestUnsignedSettings(t *testing.T) {
	r := newRelay(t, nil)
	o, _ := office(t)
	s := r.settings()
	s.HELO, s.From, s.RouterID = "", "", ""
	o.Configure(&s)
	o.Send(letter("a"))
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	short, _, _ := strings.Cut(host, ".")
	if m := r.next(); !strings.Contains(m, "@"+short) || !strings.Contains(m, "["+short) {
		t.Errorf("of %s: %q", host, m)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
