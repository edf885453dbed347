package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/test/netns/need"
)

// Lab is one private network. Its methods are for the test's goroutine, except where a method says otherwise.
type Lab struct {
	t   testing.TB
	id  string
	dir string

	mu   sync.Mutex
	wake chan struct{} // closed and replaced whenever something happened

	sw       *Node
	nodes    []*Node
	segments []*Segment
	born     time.Time
}

var counter atomic.Int64

// New makes an empty lab, and takes it down when t ends. It skips t without the right to do so.
func New(t testing.TB) *Lab {
	t.Helper()
	need.Root(t)
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	// Scripts run as other users must get here too.
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	l := &Lab{
		t: t, dir: dir, wake: make(chan struct{}), born: time.Now(),
		id: fmt.Sprintf("lab%d-%d", os.Getpid(), counter.Add(1)),
	}
	t.Cleanup(l.close)
	l.sw = l.namespace("sw")
	return l
}

func (l *Lab) close() {
	for _, n := range l.nodes {
		for _, d := range n.daemons {
			d.crash()
			l.reached(5*time.Second, func() bool { e, _ := d.Exited(); return e })
		}
	}
	if l.t.Failed() || os.Getenv("LAB_REPORT") != "" {
		l.report()
	}
	for _, s := range l.segments {
		s.close()
	}
	for _, n := range append(l.nodes, l.sw) {
		if n != nil {
			n.close()
		}
	}
	_ = os.RemoveAll(l.dir)
}

// Segment returns the bridge of that name, which it makes if there is none yet.
func (l *Lab) Segment(name string) *Segment {
	for _, s := range l.segments {
		if s.Name == name {
			return s
		}
	}
	l.t.Helper()
	l.sw.ip(
		"link add "+name+" type bridge mcast_snooping 0 stp_state 0 forward_delay 0",
		"link set "+name+" promisc on",
		"link set "+name+" up",
	)
	s := &Segment{Name: name, lab: l}
	s.listen()
	l.segments = append(l.segments, s)
	return s
}

// happened wakes whoever waits. It may be called from any goroutine.
func (l *Lab) happened() {
	l.mu.Lock()
	close(l.wake)
	l.wake = make(chan struct{})
	l.mu.Unlock()
}

// locked runs f while nothing is recorded; every record of the lab is guarded by it.
func (l *Lab) locked(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

// reached waits until cond holds, and says whether it came to hold in time.
func (l *Lab) reached(within time.Duration, cond func() bool) bool {
	end := time.NewTimer(within)
	defer end.Stop()
	for {
		l.mu.Lock()
		wake := l.wake
		l.mu.Unlock()
		if cond() {
			return true
		}
		select {
		case <-wake:
		case <-end.C:
			return cond()
		}
	}
}

// Until waits for cond, which is looked at again after every event, and fails the test if it does not hold
// within that time.
func (l *Lab) Until(what string, within time.Duration, cond func() bool) {
	l.t.Helper()
	if !l.reached(within, cond) {
		l.t.Fatalf("not within %v: %s", within, what)
	}
}

// Never fails the test if cond comes to hold before done does; done must hold within that time.
func (l *Lab) Never(what string, done func() bool, within time.Duration, cond func() bool) {
	l.t.Helper()
	bad := false
	ok := l.reached(within, func() bool {
		bad = bad || cond()
		return bad || done()
	})
	if bad {
		l.t.Fatalf("must not happen: %s", what)
	}
	if !ok {
		l.t.Fatalf("the end of the wait did not come within %v (waiting that it never happens: %s)", within, what)
	}
}

// report prints what was recorded: the logs of all daemons and the frames of all segments in the order of time.
func (l *Lab) report() {
	var b strings.Builder
	since := func(at time.Time) float64 { return at.Sub(l.born).Seconds() }
	for _, n := range l.nodes {
		for _, d := range n.daemons {
			fmt.Fprintf(&b, "--- %s: %s\n", n.Name, d.Seat.Name)
			for _, line := range d.Lines() {
				fmt.Fprintf(&b, "%8.3f %s\n", since(line.At), line.Text)
			}
		}
		for _, e := range n.Changes() {
			fmt.Fprintf(&b, "%8.3f %s: %s\n", since(e.At), n.Name, e)
		}
		for _, e := range n.Runs() {
			fmt.Fprintf(&b, "%8.3f %s: run %s\n", since(e.At), n.Name, e)
		}
	}
	for _, s := range l.segments {
		fmt.Fprintf(&b, "--- wire %s\n", s.Name)
		for _, f := range s.Frames() {
			fmt.Fprintf(&b, "%8.3f %s\n", since(f.At), f)
		}
	}
	l.t.Log("\n" + b.String())
}

// file writes a file into the lab's directory and returns its path.
func (l *Lab) file(name, content string, mode os.FileMode) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// At waits for a moment at which the test itself has to act: to send a packet in the middle of an interval.
func (l *Lab) At(moment time.Time) {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	<-timer.C
}
