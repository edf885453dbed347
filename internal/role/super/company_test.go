package super

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/conf"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// company is a parent whose children are played by the test, on the clock of its bubble.
type company struct {
	*parent
	t       *testing.T
	file    string
	log     bytes.Buffer
	signals chan os.Signal

	mu    sync.Mutex // the passing of the bubble's time orders nothing in the race detector's eyes
	lives []*part
	ended bool
}

// part is one life of a child as it sees itself.
type part struct {
	t      *testing.T
	last   bool
	gen    int
	legacy string
	conn   bus.Conn
	done   chan end
}

// rehearse plays a scene with a parent of one role, and of a second one while the configuration says "duet".
func rehearse(t *testing.T, scene func(c *company)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "conf")
	synctest.Test(t, func(t *testing.T) {
		o := actOptions([]string{"keepalived", filepath.Dir(file), file})
		o.Roles[0].Bequeaths = true
		second := o.Roles[0]
		second.Name, second.Title = "second", "Second"
		second.Wanted = func(c *conf.Config, _ Flags) bool { return strings.Contains(c.Global.RouterID.V, "duet") }
		o.Roles = append(o.Roles, second)
		o.settle()
		c := &company{t: t, file: file, signals: make(chan os.Signal, 1)}
		c.parent = &parent{opt: o, events: make(chan event, 64), over: make(chan struct{})}
		c.parent.log = slog.New(slog.NewTextHandler(&c.log, nil))
		c.born = c.bear
		c.write("play")
		g, err := c.read(1)
		if err != nil {
			t.Fatal(err)
		}
		c.gen = g
		c.startAll()
		go func() {
			_ = c.loop(c.signals)
			close(c.over)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.ended = true
		}()
		defer c.curtain()
		scene(c)
	})
}

// curtain ends the parent and whatever lives are left.
func (c *company) curtain() {
	if !c.hasEnded() {
		c.signal(syscall.SIGTERM)
	}
	for i := 0; i < len(c.all()); i++ { // a farewell may follow
		c.all()[i].exit(end{})
	}
	if !c.hasEnded() {
		c.t.Error("the parent goes on after its last child's end")
	}
	if c.t.Failed() {
		c.t.Log(c.log.String())
	}
}

func (c *company) bear(of *child, last bool) (*body, error) {
	ours, theirs := bus.Pipe()
	l := &part{t: c.t, last: last, gen: of.gen.number, legacy: of.legacy, conn: theirs, done: make(chan end, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lives = append(c.lives, l)
	return &body{pid: 1000 + len(c.lives), last: last, conn: ours, done: l.done, kill: func() { l.exit(end{}) }}, nil
}

func (c *company) write(text string) {
	c.t.Helper()
	if err := os.WriteFile(c.file, []byte(text+"\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *company) signal(s os.Signal) {
	c.signals <- s
	synctest.Wait()
}

// reload changes the configuration and has it read.
func (c *company) reload(text string) {
	c.t.Helper()
	c.write(text)
	c.signal(syscall.SIGHUP)
}

// pass lets time go by.
func (c *company) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// all returns the lives up to now.
func (c *company) all() []*part {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lives)
}

func (c *company) hasEnded() bool {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// nth returns the newest life, which must be the nth.
func (c *company) nth(n int) *part {
	c.t.Helper()
	lives := c.all()
	if len(lives) != n {
		c.t.Fatalf("%d lives, want %d; the log:\n%s", len(lives), n, c.log.String())
	}
	return lives[n-1]
}

func (c *company) saidTimes(text string, n int) {
	c.t.Helper()
	synctest.Wait()
	if got := strings.Count(c.log.String(), text); got != n {
		c.t.Errorf("%q was said %d times, want %d", text, got, n)
	}
}

func (l *part) say(m bus.Msg) {
	l.t.Helper()
	if err := l.conn.Send(m); err != nil {
		l.t.Fatal(err)
	}
	synctest.Wait()
}

// next has the parent's next message as soon as it is sent.
func (l *part) next() <-chan bus.Msg {
	synctest.Wait()
	got := make(chan bus.Msg, 1)
	go func() {
		if m, err := l.conn.Recv(); err == nil {
			got <- m
		}
	}()
	synctest.Wait()
	return got
}

// hears takes the parent's next message, which must have been sent.
func (l *part) hears(kind bus.Kind) bus.Msg {
	l.t.Helper()
	got := l.next()
	select {
	case m := <-got:
		if m.Kind != kind {
			l.t.Fatalf("heard %v, want %v", m.Kind, kind)
		}
		return m
	default:
		l.t.Fatalf("heard nothing, want %v", kind)
	}
	return bus.Msg{}
}

// exit ends the life, unless it is over already.
func (l *part) exit(e end) {
	select {
	case l.done <- e:
		l.conn.Close()
	default:
	}
}

func (l *part) crash() {
	l.exit(end{Status: proc.Status{Signal: syscall.SIGSEGV}})
	synctest.Wait()
}

// prepares says yes to the generation that it is offered.
func (l *part) prepares() bus.Msg {
	l.t.Helper()
	m := l.hears(bus.Prepare)
	l.say(bus.Msg{Kind: bus.Prepared, Gen: m.Gen})
	return m
}

// silent fails if the parent said anything since.
func (l *part) silent() {
	l.t.Helper()
	synctest.Wait()
	go func() {
		if m, err := l.conn.Recv(); err == nil {
			l.t.Errorf("heard %v, want nothing", m.Kind)
		}
	}()
	synctest.Wait()
}

// atWork is a first life that is ready, and then dies as often as it takes for the nth to be born.
func (c *company) atWork(n int) *part {
	c.t.Helper()
	c.nth(1).say(bus.Msg{Kind: bus.Ready})
	for i := 1; i < n; i++ {
		c.nth(i).crash()
		c.pass(time.Second)
	}
	return c.nth(n)
}
