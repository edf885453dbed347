package logs

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a sink without the environment's say.
func open(t *testing.T, o Options) *Sink {
	t.Helper()
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shut closes a sink that is expected to lose nothing in closing.
func shut(t *testing.T, s *Sink) {
	t.Helper()
	if err := s.Close(10 * time.Second); err != nil {
		t.Error(err)
	}
}

// listen binds a datagram socket, as syslogd and journald do.
func listen(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// hear returns the next datagram.
func hear(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	buf := make([]byte, 64<<10)
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, err := c.Read(buf)
	if err != nil {
		t.Fatalf("nothing heard: %v", err)
	}
	return string(buf[:n])
}

func socketPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "log")
}

// text returns what follows the tag of a syslog datagram or the stamp of a console line.
func text(line string) string {
	_, after, ok := strings.Cut(line, "]: ")
	if !ok {
		_, after, _ = strings.Cut(line, " 2026: ")
	}
	return strings.TrimSuffix(after, "\n")
}

// at returns a record of a fixed time.
func at(tm time.Time, l slog.Level, msg string, attrs ...slog.Attr) slog.Record {
	r := slog.NewRecord(tm, l, msg, 0)
	r.AddAttrs(attrs...)
	return r
}

func handle(t *testing.T, s *Sink, r slog.Record) {
	t.Helper()
	if err := s.Handler().Handle(context.Background(), r); err != nil {
		t.Error(err)
	}
}
