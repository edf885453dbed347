package main

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // the digest is MD5
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"holdfast/test/netns/need"
)

// theirGenhash is keepalived's own, to be compared with where it is installed.
const theirGenhash = "/usr/bin/genhash"

// A server takes what a client asks and answers. One that only returns closes in good order.
type server func(c net.Conn)

// says answers with pieces, each as a read of its own, and closes.
func says(pieces ...string) server {
	return func(c net.Conn) {
		for i, p := range pieces {
			if i > 0 {
				// That the client's kernel has a piece could be seen from here, not that the client has read it. For one that is slower than
				// this the pieces are one.
				time.Sleep(100 * time.Millisecond)
			}
			_, _ = io.WriteString(c, p)
		}
	}
}

// hangs answers and keeps the connection until the client gives up.
func hangs(answer string) server {
	return func(c net.Conn) {
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c)
	}
}

// resets answers, and lets the connection break off once the answer may be read.
func resets(answer string) server {
	return func(c net.Conn) {
		says(answer, "")(c)
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

const good = "HTTP/1.1 200 OK\r\n"

// TestGenhashLikeTheirs lets both programs ask the same servers: the request, both outputs and the exit status are the same byte
// for byte, but for the time that it took.
func TestGenhashLikeTheirs(t *testing.T) {
	need.Command(t, theirGenhash, "keepalived's, which ours must answer like")
	// As much as one write brings over the loopback in one go: the dump shows where reads end.
	long := strings.Repeat("0123456789abcdef\n", 1500)
	header := func(n int) string { return good + "X: " + strings.Repeat("a", n-len(good)-7) + "\r\n\r\n" }
	for name, c := range map[string]struct {
		args  string
		serve server
	}{
		"plain":                  {"", says(good + "Content-Length: 5\r\n\r\nhello")},
		"HTTP/1.0":               {"-P 1.0", says("HTTP/1.0 200 OK\r\n\r\nhello")},
		"HTTP/1.0 and close":     {"-P 1.0c -v", says("HTTP/1.0 200 OK\r\n\r\nhello")},
		"chunks":                 {"-P 1.1 -v", says(good + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")},
		"virtual host":           {"-P 1.1 -V www.example", says(good + "\r\nhello")},
		"url without slash":      {"-u x?y=%20z -v", says(good + "\r\nhello")},
		"prefix behind address":  {"-s 127.0.0.1/24", says(good + "\r\nhello")},
		"mark":                   {"-m 5", says(good + "\r\nhello")},
		"verbose":                {"-v", says(good + "Content-Length: 5\r\n\r\nhello")},
		"all bytes":              {"-v", says(good + "X: \x1b[1m\xe4\r\n\r\n\x00\x1f ~\x7f\x80\xff")},
		"NUL in the header":      {"-v", says(good + "X: a\x00b\r\n\r\nhello")},
		"8 bytes":                {"-v", says(good + "\r\n12345678")},
		"9 bytes":                {"-v", says(good + "\r\n123456789")},
		"empty body":             {"-v", says(good + "Content-Length: 0\r\n\r\n")},
		"length 0 and a body":    {"-v", says(good+"Content-Length: 0\r\n\r\nhello", "more")},
		"too short":              {"-v", says(good + "Content-Length: 10\r\n\r\nhello")},
		"too long":               {"-v", says(good + "Content-Length: 5\r\n\r\nhelloworld")},
		"too long, in pieces":    {"-v", says(good+"Content-Length: 5\r\n\r\nhel", "lowor", "ld")},
		"two lengths":            {"", says(good + "Content-Length: 5\r\nContent-Length: 10\r\n\r\nhelloworld")},
		"length with letters":    {"", says(good + "Content-Length: 5abc\r\n\r\nhelloworld")},
		"negative length":        {"", says(good + "Content-Length: -1\r\n\r\nhelloworld")},
		"redirect":               {"-v", says("HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\nover there")},
		"not found":              {"-v", says("HTTP/1.1 404 Not Found\r\n\r\nhello")},
		"garbage with an end":    {"-v", says("foo\r\n\r\nhello")},
		"header in pieces":       {"-v", says("HTTP/1.1 20", "0 OK\r\nX: y\r", "\n\r\nhello", "world")},
		"header, then body":      {"-v", says(good+"\r\n", "hello", "world")},
		"big body":               {"-v", says(good + "\r\n" + long)},
		"big body with a length": {"-v", says(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", good, len(long)-7, long))},
		"bigger body":            {"", says(good + "\r\n" + strings.Repeat(long, 40))},
		"header of 4095 bytes":   {"-v", says(header(4095), "hello")},
		"header of 4096 bytes":   {"", says(header(4096))},
		"header without end":     {"-v", says(good)},
		"bare line feeds":        {"", says("HTTP/1.1 200 OK\n\nhello")},
		"nothing":                {"", says()},
		"nothing, verbose":       {"-v", says()},
		"reset":                  {"-v", resets("")},
		"reset in the header":    {"-v", resets(good)},
		"reset in the body":      {"-v", resets(good + "\r\nhello")},
		"no answer":              {"-t 1 -v", hangs("")},
		"half an answer":         {"-t 1 -v", hangs(good)},
		"open after all":         {"-t 1 -v", hangs(good + "Content-Length: 5\r\n\r\nhello")},
		"TLS":                    {"-S", says(good + "Content-Length: 5\r\n\r\nhello")},
		"TLS, verbose":           {"-S -v", says(good+"\r\n", "hello")},
		"TLS, big body":          {"-S -v", says(good+"\r\n", long[:16000])},
		"TLS, name":              {"-S -I -V www.example -P 1.1", says(good + "\r\nhello")},
		"TLS, name not told":     {"-S -V www.example", says(good + "\r\nhello")},
		"TLS, no name to tell":   {"-S -I", says(good + "\r\nhello")},
		"TLS, nothing":           {"-S -v", says()},
		"TLS, open after all":    {"-S -t 1 -v", hangs(good + "\r\nhello")},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "mark" && os.Geteuid() != 0 {
				t.Skip("needs root: to mark a socket")
			}
			t.Parallel()
			for _, address := range []string{"127.0.0.1", "::1"} {
				if address == "::1" && strings.Contains(c.args, "-s ") {
					continue
				}
				l := listen(t, address, strings.Contains(c.args, "-S"))
				args := append(target(l.Addr()), strings.Fields(c.args)...)
				want, got := converse(t, l, c.serve, theirGenhash, args), converse(t, l, c.serve, ourGenhash(t), args)
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("genhash %q (-theirs +ours):\n%s", args, d)
				}
			}
		})
	}
}

// Where there is nobody, or nobody who speaks TLS.
func TestGenhashWithoutServerLikeTheirs(t *testing.T) {
	need.Command(t, theirGenhash, "keepalived's, which ours must answer like")
	for name, c := range map[string]struct {
		args  string
		serve server
	}{
		"refused": {"-v", nil}, "refused, TLS": {"-S", nil},
		"plain for TLS": {"-S -v", says("HTTP/1.1 400 Bad Request\r\n\r\n")}, "closed for TLS": {"-S", says()}, "silent for TLS": {"-S -t 1 -v", hangs("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := listen(t, "127.0.0.1", false)
			args := append(target(l.Addr()), strings.Fields(c.args)...)
			if c.serve == nil {
				_ = l.Close()
			}
			want, got := converse(t, l, c.serve, theirGenhash, args), converse(t, l, c.serve, ourGenhash(t), args)
			want.Request, got.Request = "", "" // a hello is each program's own
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("genhash %q (-theirs +ours):\n%s", args, d)
			}
		})
	}
}

func TestGenhashCommandLineLikeTheirs(t *testing.T) {
	need.Command(t, theirGenhash, "keepalived's, which ours must answer like")
	const to = "-s 127.0.0.1 -p 1 -u / "
	for _, line := range []string{
		"", "-h", "--help", "x", "-x", "--bogus", "-s", "-x -y", "--bogus x", "-s x", "-s 1 --bogus", "-h -x", "-h -P 9", "-h a", "-x a b",
		"-s 127.0.0.1", "-s 127.0.0.1 -p 1", "-s 127.0.0.1 -u /", "-p 1 -u / -v", "-s localhost -p 1 -u /", "-s [::1] -p 1 -u /", "-s fe80::1%lo -p 1 -u /",
		"-s 127.1 -p 1 -u /", "-s 127.0.0.1:80 -p 1 -u /", "-s 127.0.0.01 -p 1 -u /", "-s 127.0.0.1-5 -p 1 -u /", "-s 127.0.0.1/x -p 1 -u /",
		"-s ::ffff:127.0.0.1 -p 1 -u /", "-s bogus -s 127.0.0.1 -p 1 -u /", "-s bogus -p q -m q",
		to, to + "-P", to + "--bogus", to + "--use", to + "--help=3", to + "-xh", to + "--ver", to + "--serv=127.0.0.1", to + "-x -y -P 8 -t q", to + "a b", to + "-- x",
		to + "-p x", to + "-p 0", to + "-p 65536", to + "-p +1", to + "-p 01", to + "-p 1x", to + "-m x", to + "-m -1", to + "-m 0x10", to + "-m 4294967295",
		to + "-t x", to + "-t -1", to + "-t 1.5", to + "-t 99999999999", to + "-P 1.0C", to + "-P 1.1", to + "-P 1.1c", to + "-P 2", to + "-vI", to + "-S",
	} {
		t.Run(line, func(t *testing.T) {
			args := strings.Fields(line)
			if strings.Contains(line, "-m 4") && os.Geteuid() != 0 {
				t.Skip("needs root: to mark a socket")
			}
			want, got := converse(t, nil, nil, theirGenhash, args), converse(t, nil, nil, ourGenhash(t), args)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("genhash %q (-theirs +ours):\n%s", args, d)
			}
		})
	}
}

// Go's own server, and a page that does not fit into any buffer.
func TestGenhashOfServers(t *testing.T) {
	page := bytes.Repeat([]byte("a line of a long page\n"), 200_000)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(page) })
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()

	for _, c := range []struct {
		l    net.Listener
		args string
	}{{plain.Listener, "-P 1.0"}, {secure.Listener, "-S -P 1.0"}} {
		args := append(target(c.l.Addr()), strings.Fields(c.args)...)
		got := converse(t, nil, nil, ourGenhash(t), args)
		if d := cmp.Diff(said{Out: fmt.Sprintf("%x\n", md5.Sum(page))}, got); d != "" {
			t.Errorf("genhash %q (-want +got):\n%s", args, d)
		}
	}
}

// said is what a program asked a server, what it printed and how it ended.
type said struct {
	Request, Name string // Name: of TLS
	Out, Err      string
	Status        int
}

var usecs = regexp.MustCompile(`= \d+ usecs`)

// converse runs a program, against a server if there is one.
func converse(t *testing.T, l net.Listener, serve server, program string, args []string) (s said) {
	t.Helper()
	served := make(chan struct{})
	go func() {
		defer close(served)
		if serve == nil {
			return
		}
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = c.Close() }()
		b := make([]byte, 4096)
		n, _ := c.Read(b)
		s.Request = string(b[:n])
		if secure, ok := c.(*tls.Conn); ok {
			s.Name = secure.ConnectionState().ServerName
		}
		serve(c)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Args[0] = "genhash"
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GORACE=atexit_sleep_ms=0")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %q: %v", program, args, err)
	}
	select {
	case <-served:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s %q did not ask the server: %s%s", program, args, &out, &complaints)
	}
	s.Out, s.Err, s.Status = usecs.ReplaceAllString(out.String(), "= N usecs"), complaints.String(), cmd.ProcessState.ExitCode()
	return s
}

func ourGenhash(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("genhash") // testscript.Main puts ours first
	if err != nil || path == theirGenhash {
		t.Fatalf("genhash is %q: %v", path, err)
	}
	return path
}

// listen gives a listener, with TLS if secure.
func listen(t *testing.T, address string, secure bool) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if errors.Is(err, unix.EADDRNOTAVAIL) || errors.Is(err, unix.EAFNOSUPPORT) {
		t.Skip("needs IPv6 on the loopback")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if !secure {
		return l
	}
	s := httptest.NewUnstartedServer(nil) // it has a certificate
	s.StartTLS()
	defer s.Close()
	return tls.NewListener(l, &tls.Config{Certificates: s.TLS.Certificates})
}

func target(a net.Addr) []string {
	host, port, _ := net.SplitHostPort(a.String())
	return []string{"-s", host, "-p", port, "-u", "/page"}
}
