package post

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"holdfast/internal/core/mail"
)

// FuzzReplies talks to a server that says anything at all.
func FuzzReplies(f *testing.F) {
	f.Add([]byte("220 hi\r\n250 ok\r\n250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n250 ok\r\n221 bye\r\n"), "", "")
	f.Add([]byte("220-hi\r\n220 there\r\n250-x\r\n250-STARTTLS\r\n250 AUTH LOGIN PLAIN\r\n220 go\r\n"), mail.STARTTLS, "u")
	f.Add([]byte("220 hi\r\n250-x\r\n250 AUTH LOGIN\r\n334 !!\r\n"), "", "u")
	f.Add(bytes.Repeat([]byte("220-\r\n"), 20000), "", "")
	f.Add([]byte("\x00\xff\r\n\n\n220"), mail.Implicit, "")
	f.Fuzz(func(t *testing.T, replies []byte, how, user string) {
		ours, theirs := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer theirs.Close()
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			_, _ = theirs.Write(replies)
		}()
		if how != "" && how != mail.STARTTLS {
			how = mail.Implicit
		}
		s := &mail.Settings{
			Server: "relay.example.net", Port: 25, Timeout: time.Second, HELO: "h", From: "f@g", To: []string{"a@b", "c@d"},
			TLS: how, User: user, Pass: "/dev/null",
		}
		c := &conversation{settings: s, conn: guard(ours, s.Timeout, time.Now().Add(2*time.Second)), hush: func() bool { return true }}
		if c.begin() == nil {
			_, _ = c.send(mail.Letter{Subject: "s", Body: "b"}, s.To)
			c.quit()
		}
		c.close()
		<-done
	})
}
