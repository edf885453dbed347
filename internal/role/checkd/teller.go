package checkd

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/logs"
)

// teller turns what happened into log lines and runs scripts, on a goroutine of its own. Nobody waits for it.
type teller struct {
	log    *slog.Logger
	news   *queue[tiding]
	notify *notifier
	alerts *alerter
	full   bool // details are wanted

	failures []failure // that the kernel had and that have not been told
	stuck    *batch    // the last one that the kernel did not answer in time

	lost   atomic.Uint64
	untold uint64
	quit   chan struct{}
	done   chan struct{}
}

// tiding is one thing to tell or to do. Exactly one of its members is set.
type tiding struct {
	line   *line
	report *check.Report
	cause  *finding // of report, or by itself: what an attempt found
	script *conf.Command
	batch  *batch // what follows is told when the hand is done with this one
	scene  *scene // what follows is of another configuration
	reach  func() // called when everything before it is told
}

// scene is what the teller needs of a configuration.
type scene struct {
	cfg  *conf.Config
	jobs *jobs
}

// line is one log line to be.
type line struct {
	level slog.Level
	text  string
	attrs []any
}

const (
	// maxTidings is how many may wait before complaints about single attempts are left out.
	maxTidings = 64 << 10
	// handPatience is how long a change may take before it is told of all the same: the kernel may have to load a module for it
	handPatience = 20 * time.Second
)

func newTeller(log *slog.Logger, n *notifier, a *alerter) *teller {
	return &teller{
		log: log, news: newQueue[tiding](), notify: n, alerts: a, full: log.Enabled(context.Background(), logs.LevelDetail),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
}

func (t *teller) info(text string, attrs ...any) {
	t.news.put(tiding{line: &line{logs.LevelInfo, text, attrs}})
}

func (t *teller) detail(text string, attrs ...any) {
	if t.full {
		t.news.put(tiding{line: &line{logs.LevelDetail, text, attrs}})
	}
}

// lines tells several at once.
func (t *teller) lines(texts ...string) {
	for _, text := range texts {
		t.info(text)
	}
}

// attempt tells of what a single attempt found, unless there is too much to tell.
func (t *teller) attempt(f *finding) {
	if t.news.len() >= maxTidings {
		t.lost.Add(1)
		return
	}
	t.news.put(tiding{cause: f})
}

// run works until finish is called, and then tells what is left.
func (t *teller) run() {
	defer close(t.done)
	for {
		select {
		case <-t.news.ready:
			t.pass()
		case <-t.quit:
			t.pass()
			t.notify.close()
			return
		}
	}
}

// finish makes run tell what is left and return.
func (t *teller) finish() {
	close(t.quit)
	<-t.done
}

func (t *teller) pass() {
	for list := t.news.take(); len(list) > 0; list = t.news.take() {
		for i := range list {
			t.tellFailures(list[i].report)
			t.tell(&list[i])
		}
	}
	t.tellFailures(nil)
	if lost := t.lost.Load(); lost != t.untold {
		t.log.Warn("what single checks found was left out of the log", "count", lost-t.untold)
		t.untold = lost
	}
}

// tellFailures tells what the kernel refused, before r is told. compat: what it refused of one service stands before that
// service's quorum.
func (t *teller) tellFailures(r *check.Report) {
	n := len(t.failures)
	if r != nil && (r.Kind == check.GainedQuorum || r.Kind == check.StartingQuorumDown) && r.Virtual.Address.Set() {
		own := lvs.AddrKey(uint8(r.Virtual.Protocol.V), r.Virtual.Address.V)
		for n = 0; n < len(t.failures) && t.failures[n].key == own; {
			n++
		}
	}
	for _, f := range t.failures[:n] {
		t.log.Info(f.line)
	}
	t.failures = t.failures[n:]
}

func (t *teller) tell(n *tiding) {
	switch {
	case n.line != nil:
		t.write(*n.line)
	case n.batch != nil:
		t.await(n.batch)
	case n.scene != nil:
		t.notify.change(n.scene)
		t.alerts.configure(&n.scene.cfg.Global)
	case n.script != nil:
		t.notify.run(n.script)
	case n.reach != nil:
		n.reach()
	case n.report != nil:
		for _, l := range describe(n.report, n.cause) {
			t.write(l)
		}
		t.notify.announce(n.report)
		t.alerts.report(n.report, n.cause)
	case n.cause != nil:
		for _, l := range describeFinding(n.cause) {
			t.write(l)
		}
	}
}

func (t *teller) write(l line) { t.log.Log(context.Background(), l.level, l.text, l.attrs...) }

func (t *teller) ending() bool {
	select {
	case <-t.quit:
		return true
	default:
		return false
	}
}

// await waits for the hand and tells what the kernel refused. Of a kernel that does not answer, nobody waits for more than one
// change, and nobody at the end, when the hand has given up too.
func (t *teller) await(b *batch) {
	patience := handPatience
	if t.stuck != nil && !t.stuck.carriedOut() {
		patience = 0
	}
	failures, late := b.await(patience, t.quit)
	switch {
	case !late:
		t.stuck = nil
	case t.stuck == nil && !t.ending():
		t.log.Warn(fmt.Sprintf("IPVS: the kernel has not answered for %s", handPatience))
		fallthrough
	default:
		t.stuck = b
	}
	t.failures = append(t.failures, failures...)
}
