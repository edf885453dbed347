package script

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A tail keeps the last bytes that a program wrote. It reads as long as the program lives, so that a
// talkative one never waits for us.
type tail struct {
	r    *os.File
	keep []byte // ring
	at   int    // where the next byte goes
	full bool
	done chan struct{}
}

func newTail(r *os.File, size int) *tail {
	t := &tail{r: r, keep: make([]byte, size), done: make(chan struct{})}
	go t.read()
	return t
}

func (t *tail) read() {
	defer close(t.done)
	buf := make([]byte, 4096)
	for {
		n, err := t.r.Read(buf)
		t.add(buf[:n])
		if err != nil {
			return
		}
	}
}

func (t *tail) add(b []byte) {
	if len(b) >= len(t.keep) {
		copy(t.keep, b[len(b)-len(t.keep):])
		t.at, t.full = 0, true
		return
	}
	n := copy(t.keep[t.at:], b)
	if n < len(b) {
		copy(t.keep, b[n:])
	}
	if t.at+len(b) >= len(t.keep) {
		t.full = true
	}
	t.at = (t.at + len(b)) % len(t.keep)
}

// words ends the reading and returns what was kept. What the program wrote before its end is in the
// pipe already; a grandchild that keeps the pipe open is not waited for, and gets SIGPIPE if it writes.
func (t *tail) words() string {
	_ = t.r.SetReadDeadline(time.Unix(1, 0))
	<-t.done
	_ = t.r.SetReadDeadline(time.Time{})
	t.rest()
	_ = t.r.Close()
	return t.kept()
}

func (t *tail) kept() string {
	if !t.full {
		return string(t.keep[:t.at])
	}
	return string(t.keep[t.at:]) + string(t.keep[:t.at])
}

// rest reads what is in the pipe now, but no more than a pipe can hold (a grandchild may write on).
func (t *tail) rest() {
	raw, err := t.r.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, 4096)
	_ = raw.Read(func(fd uintptr) bool {
		for got := 0; got < 1<<20; {
			n, err := unix.Read(int(fd), buf)
			if n <= 0 || err != nil {
				break
			}
			t.add(buf[:n])
			got += n
		}
		return true
	})
}

func (t *tail) discard() {
	_ = t.r.Close()
	<-t.done
}
