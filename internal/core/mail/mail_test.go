package mail_test

import (
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	alert "holdfast/internal/core/mail"
	"holdfast/vrrp"
)

var when = time.Date(2026, 11, 2, 7, 8, 9, 0, time.FixedZone("", -90*60))

// The whole of a mail, byte by byte.
func TestCompose(t *testing.T) {
	s := alert.Settings{From: "lb1@example.org", To: []string{"one@example.net", "Two <two@example.net>"}, RouterID: "lb1"}
	const want = "Date: Mon, 02 Nov 2026 07:08:09 -0130\r\n" +
		"From: lb1@example.org\r\n" +
		"Subject: [lb1] VRRP Instance VI_1 - Entering MASTER state\r\n" +
		"X-Mailer: Keepalived\r\n" +
		"To: one@example.net, Two <two@example.net>\r\n" +
		"\r\n" +
		"=> VRRP Instance is now owning VRRP VIPs <=\r\n" +
		"\r\n"
	if diff := cmp.Diff(want, string(s.Compose(alert.Instance(when, "VI_1", vrrp.Master)))); diff != "" {
		t.Error(diff)
	}
}

// Whatever the configuration's words are, a mail has its five fields and one line of text.
func TestNobodyWritesFieldsOfHisOwn(t *testing.T) {
	s := alert.Settings{From: "a@b\r\nBcc: c@d", To: []string{"e@f\nX: y", ".\r\n"}, RouterID: "r\r\n\r\nbody"}
	m, err := mail.ReadMessage(strings.NewReader(string(s.Compose(alert.Letter{At: when, Subject: "s\r\n.\r\nQUIT\x00", Body: "b\r\n.\r\nMAIL"}))))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Header) != 5 {
		t.Errorf("fields %v", m.Header)
	}
	if got := m.Header.Get("Subject"); got != "[r    body] s  .  QUIT " && got != "[r    body] s  .  QUIT" {
		t.Errorf("subject %q", got)
	}
}

func TestLongListsAreFolded(t *testing.T) {
	var to []string
	for range 60 {
		to = append(to, "somebody-with-a-long-name@department.example.org")
	}
	s := alert.Settings{From: "a@b", To: to, RouterID: "ä"}
	text := string(s.Compose(alert.Letter{At: when}))
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := m.Header.AddressList("To"); err != nil || len(list) != len(to) {
		t.Errorf("%d addresses, %v", len(list), err)
	}
	if got := m.Header.Get("Subject"); got != "=?utf-8?q?[=C3=A4]_?=" {
		t.Errorf("subject %q", got)
	}
}

// However long a name is, each line fits, and what waits to be sent is no longer than that. Of a subject there is as much as keepalived mails.
func TestLongWordsAreCut(t *testing.T) {
	whole := alert.Settings{RouterID: "lb1"}
	if got := whole.Subject(alert.Instance(when, strings.Repeat("N", 980), vrrp.Master)); len(got) != 255 {
		t.Errorf("a subject of %d bytes", len(got))
	}
	long := strings.Repeat("ä", 5000)
	l := alert.VirtualServer(when, long, true, long).Cut()
	if len(l.Subject)+len(l.Body) > 1155 || !utf8.ValidString(l.Subject) || !strings.HasPrefix(l.Subject, "Virtualserver ää") {
		t.Errorf("a subject of %d bytes, a body of %d: %.40q", len(l.Subject), len(l.Body), l.Subject)
	}
	for _, id := range []string{"lb1", strings.Repeat("x", 5000), long} {
		s := alert.Settings{From: "a@b", To: []string{"c@d"}, RouterID: id}
		text := string(s.Compose(alert.Letter{At: when, Subject: strings.Repeat("s", 5000), Body: long}))
		for _, line := range strings.Split(text, "\r\n") {
			if len(line) > 998 {
				t.Errorf("a line of %d bytes: %.40q", len(line), line)
			}
		}
		if _, err := mail.ReadMessage(strings.NewReader(text)); err != nil {
			t.Error(err)
		}
	}
	if short := (alert.Letter{At: when, Subject: "s", Body: "b"}); short.Cut() != short {
		t.Error("a short letter is changed")
	}
}

// Every kind of letter: its subject and its body.
func TestLetters(t *testing.T) {
	up, down := alert.RealServer(when, "RS", "VS", true, "Removing"), alert.VirtualServer(when, "VS", false, alert.Quorum("Lost quorum", 3, 1, 2, 1))
	for want, l := range map[string]alert.Letter{
		"VRRP Instance I - Entering MASTER state: VRRP Instance is now owning VRRP VIPs":         alert.Instance(when, "I", vrrp.Master),
		"VRRP Instance I - Entering BACKUP state: VRRP Instance is no longer owning VRRP VIPs":   alert.Instance(when, "I", vrrp.Backup),
		"VRRP Instance I - Entering FAULT state: VRRP Instance is no longer owning VRRP VIPs":    alert.Instance(when, "I", vrrp.Fault),
		"VRRP Instance I - Stopping: VRRP Instance stopping":                                     alert.Instance(when, "I", vrrp.Init),
		"VRRP Instance I - Deleted: VRRP Deleted at reload":                                      alert.Deleted(when, "I"),
		"VRRP Group G - Entering MASTER state: All VRRP group instances are now in MASTER state": alert.Group(when, "G", vrrp.Master),
		"VRRP Group G - Stopping: All VRRP group instances are now stopping":                     alert.Group(when, "G", vrrp.Init),
		"Realserver RS of virtual server VS - UP: Removing":                                      up,
		"Virtualserver VS - DOWN: Lost quorum 3+1=2 <= 1":                                        down,
	} {
		if got := l.Subject + ": " + l.Body; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		kind, name string
		outcome    alert.Outcome
		why, want  string
	}{
		{"TCP_CHECK", "", alert.Succeeded, "", "TCP CHECK succeed on service"},
		{"TCP_CHECK", "", alert.Failed, "", "TCP CHECK failed on service"},
		{"UDP_CHECK", "", alert.Failed, "", "UDP CHECK failed on service"},
		{"PING_CHECK", "", alert.Succeeded, "", "ICMP CHECK succeed on service"},
		{"DNS_CHECK", "", alert.Failed, "", "DNS_CHECK: failed on service"},
		{"HTTP_GET", "", alert.Succeeded, "", "CHECK succeed on service"},
		{"SSL_GET", "", alert.Failed, "", "CHECK failed on service : HTTP request failed"},
		{"SMTP_CHECK", "", alert.Failed, "Read timeout from server [192.0.2.1]:25", "CHECK failed on service : Read timeout from server [192.0.2.1]:25"},
		{"MISC_CHECK", "", alert.Succeeded, "", "MISC CHECK succeeded on service"},
		{"MISC_CHECK", "", alert.TimedOut, "", "MISC CHECK timed out on service"},
		{"BFD_CHECK", "peer", alert.Failed, "", "BFD CHECK peer failed"},
	} {
		if got := alert.Check(c.kind, c.name, c.outcome, c.why); got != c.want {
			t.Errorf("%s: %q, want %q", c.kind, got, c.want)
		}
	}
}

// source is a configuration of one file.
type source string

func (s source) ReadFile(string) ([]byte, error) { return []byte(s), nil }
func (source) Glob(string) ([]string, error)     { return nil, nil }
func (source) Getenv(string) string              { return "" }

func TestSettings(t *testing.T) {
	load := func(text string) *conf.Global {
		cfg, faults := conf.Load(source("global_defs {\n"+text+"\n}\n"), "keepalived.conf", conf.Options{})
		if faults.HasErrors() {
			t.Fatal(faults.Error())
		}
		return &cfg.Global
	}
	for _, none := range []string{"", "smtp_server 192.0.2.1", "notification_email {\n a@b\n}"} {
		if s := alert.Of(load(none)); s != nil {
			t.Errorf("%q mails by %+v", none, s)
		}
	}
	s := alert.Of(load("smtp_server 192.0.2.1\nnotification_email {\n a@b c@d\n}\nsmtp_tls off"))
	want := &alert.Settings{Server: "192.0.2.1", Port: 25, Timeout: 30 * time.Second, To: []string{"a@b", "c@d"}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	signed := s.Signed("root", "lb1.example.org")
	if signed.HELO != "lb1.example.org" || signed.From != "root@lb1.example.org" || signed.RouterID != "lb1.example.org" {
		t.Errorf("signed %+v", signed)
	}
	s = alert.Of(load("smtp_server m 465\nnotification_email {\n a@b\n}\nsmtp_tls implicit\nsmtp_ca /ca\nsmtp_auth me /secret\n" +
		"notification_email_from x@y\nrouter_id r\nsmtp_helo_name h\nsmtp_connect_timeout 7"))
	want = &alert.Settings{
		Server: "m", Port: 465, Timeout: 7 * time.Second, To: []string{"a@b"}, TLS: alert.Implicit, CA: "/ca", User: "me", Pass: "/secret",
		From: "x@y", RouterID: "r", HELO: "h",
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	if signed := s.Signed("root", ""); !cmp.Equal(&signed, want) {
		t.Errorf("signed %+v", signed)
	}
}

func TestMailbox(t *testing.T) {
	for in, want := range map[string]string{
		"a@b": "a@b", "<a@b>": "a@b", "Some Body <a@b>": "a@b", "a@b\r\nDATA": "a@bDATA", "": "", "<": "",
	} {
		if got := alert.Mailbox(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("a@b", "c@d", "r", "s", "b")
	f.Add("\r\n.\r\n", strings.Repeat("x@y ", 500), "ä", "\xff", "\n.")
	f.Fuzz(func(t *testing.T, from, to, id, subject, body string) {
		s := alert.Settings{From: from, To: []string{to, to}, RouterID: id}
		text := string(s.Compose(alert.Letter{At: when, Subject: subject, Body: body}))
		head, rest, ok := strings.Cut(text, "\r\n\r\n")
		if !ok || strings.Count(rest, "\r\n") != 2 || !strings.HasPrefix(rest, "=> ") {
			t.Fatalf("%q", text)
		}
		fields := slices.DeleteFunc(strings.Split(head, "\r\n"), func(l string) bool { return strings.HasPrefix(l, " ") })
		if len(fields) != 5 || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
			t.Fatalf("%q", text)
		}
	})
}
