package checkd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/fifo"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/plane"
	"holdfast/internal/host/probe"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
)

// rig is a role on a table in memory, whose prober finds what the test says, on the clock of a synctest bubble. Everything that
// it does arrives in one list, in order.
type rig struct {
	t     *testing.T
	table *mem.Plane
	role  *Role

	mu     sync.Mutex
	events []string
	down   map[netip.AddrPort]bool // servers that refuse
	kernel Kernel                  // in place of the table
	links  Links
	files  Files
	open   func(string, fifo.Owner) (FIFO, error)
	gate   chan struct{} // of the table: nil: open
	refuse error         // the kernel's answer to every operation
	post   mem.Post

	parent  bus.Conn
	offered map[string]string // configurations, as the parent offers them
	gen     int
	stop    context.CancelFunc
	done    chan error
	spool   spool.Placer
}

// play runs a test of the role in a bubble.
func play(t *testing.T, f func(t *testing.T)) { t.Helper(); synctest.Test(t, f) }

func newRig(t *testing.T) *rig {
	return &rig{
		t: t, table: mem.NewPlane(), down: make(map[netip.AddrPort]bool), offered: make(map[string]string), done: make(chan error, 1),
	}
}

// start begins a life of the role.
func (r *rig) start(text string, opt Options) {
	r.t.Helper()
	r.parent, opt.Bus = bus.Pipe()
	opt.Config, opt.Log = r.parse(text), slog.New(r)
	opt.Thaw = func(where string) (*conf.Config, error) { return r.parse(r.offered[where]), nil }
	opt.random = func(time.Duration) time.Duration { return 0 }
	if r.kernel == nil {
		r.kernel = (*gated)(r)
	}
	opt.Host = Host{
		Kernel: r.kernel, Prober: newFakeProber(r), Scripts: r, Links: r.links, Files: r.files, OpenFIFO: r.open, Post: &r.post, Spool: r.spool,
	}
	r.role = New(opt)
	ctx, stop := context.WithCancel(r.t.Context())
	r.stop = stop
	go func() { r.done <- r.role.Run(ctx) }()
	synctest.Wait()
}

// end ends it.
func (r *rig) end() {
	r.t.Helper()
	r.stop()
	if err := <-r.done; err != nil {
		r.t.Error(err)
	}
	_ = r.parent.Close()
	synctest.Wait()
}

// reload has the parent offer a configuration and waits until it is in force.
func (r *rig) reload(text string) {
	r.t.Helper()
	r.gen++
	where := fmt.Sprint("generation ", r.gen)
	r.offered[where] = text
	for _, kind := range []bus.Kind{bus.Prepare, bus.Commit} {
		if err := r.parent.Send(bus.Msg{Kind: kind, Gen: r.gen, Text: where}); err != nil {
			r.t.Fatal(err)
		}
		m, err := r.parent.Recv()
		for ; err == nil && m.Kind == bus.Fact; m, err = r.parent.Recv() {
		}
		if err != nil || m.Kind != bus.Prepared && m.Kind != bus.Committed {
			r.t.Fatalf("answer to %s: %+v, %v", kind, m, err)
		}
	}
}

func (r *rig) parse(text string) *conf.Config {
	r.t.Helper()
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		r.t.Fatal(faults.Error())
	}
	return cfg
}

type file string

func (f file) ReadFile(string) ([]byte, error)       { return []byte(f), nil }
func (f file) Glob(pattern string) ([]string, error) { return []string{pattern}, nil }
func (f file) Getenv(string) string                  { return "" }

// after lets time pass.
func (r *rig) after(d time.Duration) { time.Sleep(d); synctest.Wait() }

// server says whether a server accepts connections.
func (r *rig) server(addr string, up bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down[netip.MustParseAddrPort(addr)] = !up
}

func (r *rig) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, fmt.Sprintf(format, args...))
}

// happened compares what has happened since the last call.
func (r *rig) happened(want string) {
	r.t.Helper()
	r.mu.Lock()
	got := strings.Join(r.events, "\n")
	r.events = nil
	r.mu.Unlock()
	var lines []string
	for l := range strings.Lines(want) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if want = strings.Join(lines, "\n"); got != want {
		r.t.Errorf("happened:\n%s\nwanted:\n%s", got, want)
	}
}

// holds compares the table.
func (r *rig) holds(want ...string) {
	r.t.Helper()
	entries, err := r.table.Read()
	if err != nil {
		r.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Service.Key.String()+" "+e.Service.Scheduler)
		for _, d := range e.Dests {
			got = append(got, fmt.Sprintf("-> %s %d", d.Addr, d.Weight))
		}
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("the table holds\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// meddle is somebody else who changes the table.
func (r *rig) meddle(ops ...lvs.Op) {
	r.t.Helper()
	if err := errors.Join(r.table.Apply(ops)...); err != nil {
		r.t.Fatal(err)
	}
}

// Handle makes the rig the role's log.
func (r *rig) Handle(_ context.Context, rec slog.Record) error { r.note("%s", rec.Message); return nil }

// Enabled implements slog.Handler.
func (r *rig) Enabled(_ context.Context, l slog.Level) bool { return l >= logs.LevelDetail }

// WithAttrs implements slog.Handler.
func (r *rig) WithAttrs([]slog.Attr) slog.Handler { return r }

// WithGroup implements slog.Handler.
func (r *rig) WithGroup(string) slog.Handler { return r }

// Start makes the rig the role's Runner of notify scripts.
func (r *rig) Start(j script.Job) (*script.Proc, error) {
	r.note("run %s", strings.Join(j.Argv, " "))
	return nil, nil
}

// gated is the table as the role has it: it can be made slow, or refuse.
type gated rig

func (g *gated) Read(keys ...lvs.Key) ([]lvs.Entry, error)   { return g.table.Read(keys...) }
func (g *gated) Counts(keys ...lvs.Key) ([]lvs.Count, error) { return g.table.Counts(keys...) }
func (g *gated) Flush() error                                { (*rig)(g).note("flush"); return g.table.Flush() }
func (g *gated) Timeouts() (conf.LVSTimeouts, error)         { return g.table.Timeouts() }
func (g *gated) SetTimeouts(t conf.LVSTimeouts) error        { return g.table.SetTimeouts(t) }
func (g *gated) Setting(name string) (int, error)            { return g.table.Setting(name) }
func (g *gated) SetSetting(name string, v int) error         { return g.table.SetSetting(name, v) }
func (g *gated) Close() error                                { return nil }
func (g *gated) SyncDaemons(want ...plane.Daemon) error {
	err := g.table.SyncDaemons(want...)
	(*rig)(g).note("sync %s", g.daemons())
	return err
}

// daemons tells which sync daemons run.
func (g *gated) daemons() string {
	list, err := g.table.Daemons()
	if err != nil {
		g.t.Error(err)
	}
	words := make([]string, len(list))
	for i, d := range list {
		kind := "backup"
		if d.Master {
			kind = "master"
		}
		words[i] = fmt.Sprintf("%s %s %d", kind, d.Interface, d.ID)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

func (g *gated) Apply(ops []lvs.Op) []error {
	g.mu.Lock()
	gate, refuse := g.gate, g.refuse
	g.mu.Unlock()
	if gate != nil {
		<-gate
	}
	errs := make([]error, len(ops))
	if refuse != nil {
		for i := range errs {
			errs[i] = refuse
		}
		return errs
	}
	return g.table.Apply(ops)
}

// fakeProber answers a millisecond after the question.
type fakeProber struct {
	r    *rig
	base time.Time
	wake chan struct{}
	due  []question
}

type question struct {
	id probe.ID
	at time.Time
	ok bool
}

func newFakeProber(r *rig) *fakeProber {
	return &fakeProber{r: r, base: time.Now(), wake: make(chan struct{}, 1)}
}

func (p *fakeProber) Start(id probe.ID, call *talk.Call, now time.Time) {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	p.due = append(p.due, question{id, now.Add(time.Millisecond), !p.r.down[call.To]})
}

func (p *fakeProber) Cancel(id probe.ID) bool {
	n := len(p.due)
	p.due = slices.DeleteFunc(p.due, func(q question) bool { return q.id == id })
	return len(p.due) < n
}

func (p *fakeProber) Wait(deadline time.Time, armed bool, results []probe.Result) ([]probe.Result, time.Time, bool, error) {
	if len(p.due) > 0 && (!armed || p.due[0].at.Before(deadline)) {
		deadline, armed = p.due[0].at, true
	}
	var c <-chan time.Time
	if armed {
		t := time.NewTimer(time.Until(deadline))
		defer t.Stop()
		c = t.C
	}
	woken := false
	select {
	case <-p.wake:
		woken = true
	case <-c:
	}
	now := time.Now()
	for len(p.due) > 0 && !p.due[0].at.After(now) {
		q := p.due[0]
		p.due = p.due[1:]
		v := talk.Verdict{OK: q.ok, Code: -1, Declared: -1}
		if !q.ok {
			v.Why, v.Errno = talk.ConnectFailed, 111
		}
		results = append(results, probe.Result{ID: q.id, Verdict: v})
	}
	return results, now, woken, nil
}

func (p *fakeProber) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *fakeProber) Show(c *probe.Credentials) { p.r.note("show %v", c != nil) }

func (p *fakeProber) Close() error { return nil }
