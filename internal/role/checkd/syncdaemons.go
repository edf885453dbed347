package checkd

import (
	"errors"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
)

// syncWish is what shall be of the kernel's sync daemons.
type syncWish struct {
	run  []plane.Daemon
	away bool // they follow an instance: the VRRP process sees to them
}

// syncWanted reads the wish from a configuration. compat: what follows no instance runs as master and as backup.
func syncWanted(g *conf.Global) *syncWish {
	line := &g.SyncDaemon.V
	switch {
	case !g.SyncDaemon.Set():
		return &syncWish{}
	case line.Instance.Set():
		return &syncWish{away: true}
	}
	backup := plane.DaemonOf(line, 0)
	master := backup
	master.Master = true
	return &syncWish{run: []plane.Daemon{master, backup}}
}

// syncState is what the hand knows of the sync daemons.
type syncState struct {
	wish  *syncWish // nil: none so far
	ours  bool      // we have had some run
	again time.Time // when to try what failed once more
	told  bool      // what the kernel refuses of the wish
}

// syncAgain is how often daemons are tried that the kernel refuses.
const syncAgain = 10 * time.Second

// syncDaemons makes the sync daemons what a batch wishes.
func (h *hand) syncDaemons(b *batch) {
	h.sync.wish = b.sync
	lines := h.trySync(time.Now())
	h.sync.told = len(lines) > 0
	for _, line := range lines {
		b.fail(lvs.Key{}, line)
	}
}

// trySync carries out the wish and returns what the kernel refused.
func (h *hand) trySync(now time.Time) (lines []string) {
	s := &h.sync
	s.again = time.Time{}
	switch {
	case s.wish.away:
		s.ours = false
		return nil
	case len(s.wish.run) == 0 && !s.ours:
		return nil
	}
	err := h.kernel.SyncDaemons(s.wish.run...)
	if errors.Is(err, errNoIPVS) {
		s.again = now // which costs nothing until it has
		return nil
	}
	s.ours = len(s.wish.run) > 0 || err != nil // what could not be stopped is to be
	if err == nil {
		return nil
	}
	s.again = now.Add(syncAgain)
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) {
		return []string{"IPVS: cannot set the sync daemons: " + err.Error()}
	}
	for _, e := range several.Unwrap() {
		var d *plane.DaemonError
		if errors.As(e, &d) {
			lines = append(lines, d.Line())
		} else {
			lines = append(lines, "IPVS: "+e.Error())
		}
	}
	return lines
}

// retrySync tries again what the kernel has refused, without telling it twice, or what waits for the kernel to have IPVS.
func (h *hand) retrySync(now time.Time) {
	s := &h.sync
	if at := s.again; !at.IsZero() && !now.Before(at) {
		lines := h.trySync(now)
		if !s.told && len(lines) > 0 {
			s.told = true
			h.lines(lines...)
		}
	}
}
