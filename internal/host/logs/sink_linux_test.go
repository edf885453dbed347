package logs

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// blockingPipe is a pipe as a shell makes it for our stderr: neither end non-blocking.
func blockingPipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	r, w = os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	return r, w
}

// fill writes empty lines to a pipe until it takes no more.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	fd := int(w.Fd())
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	for full := []byte(strings.Repeat("\n", 4096)); ; {
		if _, err := unix.Write(fd, full); err == unix.EAGAIN {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		t.Fatal(err)
	}
}

// say writes n numbered lines from several goroutines, each in its own order. Nobody reads meanwhile: a
// call that waited for a reader would wait for ever, and so would the test.
func say(t *testing.T, s *Sink, n int) {
	t.Helper()
	const speakers = 4
	log := s.Logger()
	var wg sync.WaitGroup
	for g := range speakers {
		wg.Go(func() {
			for i := range n / speakers {
				log.Info(fmt.Sprintf("speaker %d line %d", g, i))
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("a caller waits for the reader")
	}
}

// A tally adds up what arrived: lines in order per speaker, and losses as told.
type tally struct {
	lines, lost int
	next        map[int]int
}

func (y *tally) add(t *testing.T, line string) {
	t.Helper()
	var g, i, n int
	switch _, err := fmt.Sscanf(line, "speaker %d line %d", &g, &i); {
	case err == nil:
		if y.next == nil {
			y.next = map[int]int{}
		}
		if i < y.next[g] {
			t.Errorf("speaker %d: line %d after line %d", g, i, y.next[g]-1)
		}
		y.next[g] = i + 1
		y.lines++
	case strings.Contains(line, "were lost") || strings.Contains(line, "was lost"):
		if _, err := fmt.Sscanf(line, "%d message", &n); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		y.lost += n
	default:
		t.Errorf("unexpected line %q", line)
	}
}

func TestConsolePipeNobodyReads(t *testing.T) {
	r, w := blockingPipe(t)
	s := open(t, Options{Console: true, Stderr: w, Queue: 100})
	const n = 20000
	fill(t, w) // so the queue takes 100 lines, and the rest must be lost at once
	say(t, s, n)
	if least := uint64(n - 101); s.Dropped() < least {
		t.Fatalf("only %d lines were lost: the pipe is not full", s.Dropped())
	}
	var y tally
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			if sc.Text() != "" {
				y.add(t, text(sc.Text()))
			}
		}
	}()
	shut(t, s)
	_ = w.Close()
	<-done
	if y.lines+y.lost != n || uint64(y.lost) != s.Dropped() {
		t.Errorf("%d lines arrived and %d were told lost of %d; %d counted", y.lines, y.lost, n, s.Dropped())
	}
}

func TestConsoleStaysBlockedOverClose(t *testing.T) {
	_, w := blockingPipe(t)
	s := open(t, Options{Console: true, Stderr: w, Queue: 100})
	fill(t, w)
	say(t, s, 4000)
	// That Close returns is the point; goleak sees to it that the lane's goroutine ends.
	if err := s.Close(50 * time.Millisecond); err == nil {
		t.Error("Close lost nothing into a full pipe")
	}
}

func TestConsoleOutlivesItsReader(t *testing.T) {
	r, w := blockingPipe(t)
	_ = r.Close()
	s := open(t, Options{Console: true, Stderr: w})
	s.Logger().Info("to nobody")
	_ = s.Close(5 * time.Second) // says that it lost the line, or lost it before
	if n := s.Dropped(); n != 1 {
		t.Errorf("dropped %d", n)
	}
}

func TestConsoleNonBlockingPipe(t *testing.T) {
	r, w := blockingPipe(t)
	s := open(t, Options{Console: true, Stderr: w, Queue: 10000})
	if err := unix.SetNonblock(int(w.Fd()), true); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("y", 200000) // more than the pipe holds, in one line
	s.Logger().Info(long)
	s.Logger().Info("end")
	closed := make(chan error, 1)
	go func() {
		closed <- s.Close(10 * time.Second)
		_ = w.Close()
	}()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) != 3 || text(lines[0]) != long || text(lines[1]) != "end" {
		for _, l := range lines {
			t.Errorf("%d bytes: %.100q", len(l), l)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestSyslogSocketNobodyReads(t *testing.T) {
	path := socketPath(t)
	srv := listen(t, path)
	s := open(t, Options{Syslog: true, SyslogSocket: path, Queue: 100})
	const n = 8000
	say(t, s, n)
	if s.Dropped() == 0 { // it holds a few hundred datagrams at most
		t.Fatal("nothing was lost: the socket did not fill up")
	}
	var y tally
	closed := make(chan error, 1)
	go func() { closed <- s.Close(10 * time.Second) }()
	for y.lines+y.lost < n {
		y.add(t, text(hear(t, srv)))
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if y.lines+y.lost != n || uint64(y.lost) != s.Dropped() {
		t.Errorf("%d lines arrived and %d were told lost of %d; %d counted", y.lines, y.lost, n, s.Dropped())
	}
}

func TestSyslogComesLateGoesAndReturns(t *testing.T) {
	path := socketPath(t)
	s := open(t, Options{Ident: "Keepalived_vrrp", Syslog: true, SyslogSocket: path})
	s.Logger().Info("before syslogd")
	srv := listen(t, path)
	if got := text(hear(t, srv)); got != "before syslogd" {
		t.Errorf("got %q", got)
	}
	s.Logger().Info("while it runs")
	if got := text(hear(t, srv)); got != "while it runs" {
		t.Errorf("got %q", got)
	}
	_ = srv.Close()
	s.Logger().Info("while nobody listens")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.Logger().Info("while it is away")
	s.Logger().Info("and still away")
	srv = listen(t, path)
	for _, want := range []string{"while nobody listens", "while it is away", "and still away"} {
		if got := text(hear(t, srv)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if n := s.Dropped(); n != 0 {
		t.Errorf("dropped %d", n)
	}
	shut(t, s)
}

func TestSyslogRefusesAGiantAndGoesOn(t *testing.T) {
	path := socketPath(t)
	srv := listen(t, path)
	s := open(t, Options{Syslog: true, SyslogSocket: path})
	s.Logger().Info(strings.Repeat("z", 4<<20))
	s.Logger().Info("small")
	if got := text(hear(t, srv)); got != "1 message was lost because syslog did not accept it" {
		t.Errorf("got %.80q", got)
	}
	if got := text(hear(t, srv)); got != "small" {
		t.Errorf("got %.80q", got)
	}
	shut(t, s)
}
