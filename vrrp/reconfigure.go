package vrrp

import (
	"reflect"
	"slices"
	"time"
)

// Config returns what the Instance runs on.
func (in *Instance) Config() Config { return in.cfg }

// Equal reports whether two configurations are the same.
func (c Config) Equal(o Config) bool { return reflect.DeepEqual(c, o) }

// reconfigure goes on with another configuration. A timer is moved by what the change makes of it, never started anew: a
// reload neither hides a dead master nor invents one. compat: a MASTER speaks at once, so that the others hear what is new.
func (in *Instance) reconfigure(now time.Time, c Config, acts []Action) []Action {
	old, before := in.cfg, in.cond.Priority
	if old.Equal(c) {
		return acts
	}
	in.cfg = c
	if old.Priority != c.Priority {
		// What tracked items add stays the same until the next Conditions say otherwise.
		in.cond.Priority = uint8(min(max(int(in.cond.Priority)+int(c.Priority)-int(old.Priority), 1), PriorityOwner-1))
		if c.Priority == PriorityOwner {
			in.cond.Priority = PriorityOwner
		}
	}
	if old.AuthType != c.AuthType || old.Auth != c.Auth {
		in.sealer = nil
		if c.AuthType == AuthAH {
			in.sealer = newSealer(c.Auth)
		}
	}
	switch in.state {
	case Backup:
		in.down = in.down.Add(c.down(in.cond.Priority) - old.down(before))
		in.wants = in.wants && c.Grouped
		if c.NoPreempt || c.PreemptDelay == 0 {
			in.preempt, in.preemptDue = time.Time{}, false
		}
	case Master:
		acts = in.answer(now, acts)
		if !slices.Equal(old.Addrs, c.Addrs) {
			acts = append(acts, Action{Kind: Shout, Repeat: c.Announce.Repeat})
			if c.Announce.Delay > 0 {
				in.bursts.add(now.Add(c.Announce.Delay), c.Announce.Repeat)
			}
		}
		in.rearmRefresh(now, old.Announce.Refresh)
	}
	return acts
}

// rearmRefresh follows a change of the period of announcements.
func (in *Instance) rearmRefresh(now time.Time, old time.Duration) {
	switch r := in.cfg.Announce.Refresh; {
	case r == old:
	case r == 0:
		in.refresh = time.Time{}
	default:
		in.refresh = now.Add(r)
	}
}
