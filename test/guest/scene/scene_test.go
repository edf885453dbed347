package scene

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	s, err := Parse("x", []byte(`# a scene
step one and two
serve a http 10.2.0.11:80
set a body two words
exec web /usr/sbin/nginx -p $W
until up 11
checked a 3
quiet 2s

step three
stop
unordered
noscripts
except ipvs -A
-- k.conf --
text
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{
			Title: "one and two", Until: []string{"up 11"}, Checked: []checked{{"a", 3}}, Quiet: 2 * time.Second, Patience: usualPatience,
			Acts: [][]string{{"serve", "a", "http", "10.2.0.11:80"}, {"set", "a", "body", "two words"}, {"exec", "web", "/usr/sbin/nginx", "-p", "$W"}},
		},
		{Title: "three", Acts: [][]string{{"stop"}}, Quiet: usualQuiet, Patience: usualPatience, Unordered: true, NoScripts: true, Except: []string{"ipvs -A"}},
	}
	if diff := cmp.Diff(want, s.Steps, cmp.AllowUnexported(checked{})); diff != "" {
		t.Error(diff)
	}
	if got := s.Programs(); len(got) != 1 || got[0] != "/usr/sbin/nginx" {
		t.Errorf("programs %q", got)
	}
	for _, bad := range []string{"serve a tcp 1:2\n", "step x\nfrobnicate\n", "step x\nquiet soon\n", "step x\nchecked a\n"} {
		if _, err := Parse("x", []byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		line, want string
		counts     bool
	}{
		{"Fri Nov 20 14:31:24 2026: Removing service [10.2.0.11]:tcp:80 from VS [10.9.0.1]:tcp:80", "Removing service [10.2.0.11]:tcp:80 from VS [10.9.0.1]:tcp:80", true},
		{"Fri Nov  6 14:31:24 2026: Misc script /tmp/x/chk.sh child (PID 950) lost", "Misc script $W/chk.sh child PID lost", true},
		{"Fri Nov 20 14:31:24 2026: Starting Healthcheck child process, pid=1341", "", false},
		{"Fri Nov 20 14:31:24 2026: (/tmp/x/keepalived.conf: Line 3) something", "", false},
		{"", "", false},
	} {
		if got, ok := words(c.line, "/tmp/x"); got != c.want || ok != c.counts {
			t.Errorf("%q is %q, %v", c.line, got, ok)
		}
	}
}

func TestRecord(t *testing.T) {
	var r record
	for _, s := range []said{{"run", "b"}, {"log", "2"}, {"fifo", "z"}, {"run", "a"}, {"log", "1"}} {
		r.add(s.kind, s.text)
	}
	if diff := cmp.Diff("log  2, log  1, fifo  z, run  a, run  b", strings.Join(r.text(Step{}), ", ")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("log  1, log  2, fifo  z", strings.Join(r.text(Step{Unordered: true, NoScripts: true}), ", ")); diff != "" {
		t.Error(diff)
	}
	if !r.has("z") || r.has("y") {
		t.Error("what it has is not what was said")
	}
	if r.begin(); len(r.text(Step{})) > 0 || r.quietFor() > time.Second {
		t.Error("it has not begun anew")
	}
}

// The servers answer as they are told, and count.
func TestServers(t *testing.T) {
	talk := func(v *server, say string) string {
		t.Helper()
		if err := v.open(); err != nil {
			t.Fatal(err)
		}
		defer v.close()
		c, err := net.Dial("tcp", v.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.WriteString(c, say); err != nil {
			t.Fatal(err)
		}
		heard, _ := io.ReadAll(c)
		return string(heard)
	}
	h := &server{kind: "http", addr: "127.0.0.1:18080"}
	if got := talk(h, "GET / HTTP/1.0\r\n\r\n"); got != "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello" {
		t.Errorf("http: %q", got)
	}
	h.set("status/two", "404")
	h.set("body", `a\nb`)
	if got := talk(h, "GET /two HTTP/1.0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.0 404 ") || !strings.HasSuffix(got, "\r\n\r\na\nb") {
		t.Errorf("http: %q", got)
	}
	h.unset()
	h.set("hostile", `bye\r\n`)
	if got := talk(h, ""); got != "bye\r\n" {
		t.Errorf("hostile: %q", got)
	}
	if n := h.seen.Load(); n != 3 {
		t.Errorf("%d conversations, want 3", n)
	}
	m := &server{kind: "smtp", addr: "127.0.0.1:18025"}
	if got := talk(m, "HELO x\r\nQUIT\r\n"); got != "220 mail.example.net ESMTP\r\n250 mail.example.net\r\n221 bye\r\n" {
		t.Errorf("smtp: %q", got)
	}
	d := &server{kind: "dns"}
	query := []byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00")
	if got := d.dns(query); string(got[:4]) != "\x12\x34\x81\x00" || d.dns(query[:5]) != nil {
		t.Errorf("dns: %x", got)
	}
	d.set("rcode", "2")
	d.set("badid", "yes")
	if got := d.dns(query); string(got[:4]) != "\xed\x34\x81\x02" {
		t.Errorf("dns: %x", got)
	}
}
