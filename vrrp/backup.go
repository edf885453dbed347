package vrrp

import "time"

func (in *Instance) becomeBackup(now time.Time, why Why, acts []Action) []Action {
	acts = in.become(now, Backup, why, acts)
	in.down = now.Add(in.cfg.down(in.cond.Priority))
	in.zeroed = false // a farewell heard in an earlier state is no reason for what comes now
	return acts
}

// tickBackup takes over when the master has been silent for too long (RFC 3768 §6.4.2, Master_Down_Timer).
func (in *Instance) tickBackup(now time.Time, acts []Action) []Action {
	if due(in.preempt, now) {
		in.preempt, in.preemptDue = time.Time{}, true
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: PreemptDue}})
	}
	if !due(in.down, now) {
		return acts
	}
	why := Why{Cause: Silence, Peer: in.peer, Priority: in.prio, Ours: in.cond.Priority}
	if !in.heard.IsZero() {
		why.Silent = now.Sub(in.heard)
	}
	if in.zeroed {
		why.Cause = Farewell
	}
	acts = append(acts, Action{Kind: Observed, Note: Note{Kind: TimedOut}})
	if in.cfg.Grouped {
		in.down = now.Add(in.cfg.down(in.cond.Priority))
		return in.ask(why, acts)
	}
	return in.becomeMaster(now, why, acts)
}

// ask puts the wish to be MASTER before the Group. It is remembered until a master is obeyed again.
func (in *Instance) ask(why Why, acts []Action) []Action {
	in.wants, in.wish = true, why
	return append(acts, Action{Kind: Ask})
}

// released becomes MASTER because the whole Group can.
func (in *Instance) released(now time.Time, acts []Action) []Action {
	if in.state != Backup || !in.wants {
		return acts
	}
	return in.becomeMaster(now, in.wish, acts)
}

// hearBackup handles an advert that passed every check (RFC 3768 §6.4.2).
func (in *Instance) hearBackup(now time.Time, h Heard, acts []Action) []Action {
	a := h.Advert
	if a.Priority == 0 {
		in.note(now, h)
		in.down = now.Add(in.cfg.skew(in.cond.Priority))
		return append(acts, Action{Kind: Observed, Note: Note{Kind: HeardZero, Peer: h.From}})
	}
	lower := a.Priority < in.cond.Priority
	switch {
	case !lower:
		if !in.preempt.IsZero() || in.preemptDue {
			in.preempt, in.preemptDue = time.Time{}, false
			acts = append(acts, Action{Kind: Observed, Note: Note{Kind: PreemptCancelled, Peer: h.From, Prio: a.Priority}})
		}
	case in.cfg.NoPreempt:
	case in.cfg.PreemptDelay > 0 && !in.preemptDue:
		if in.preempt.IsZero() {
			in.preempt = now.Add(in.cfg.PreemptDelay)
			acts = append(acts, Action{Kind: Observed, Note: Note{Kind: PreemptDelayed, Peer: h.From, Prio: a.Priority, Delay: in.cfg.PreemptDelay}})
		}
	default:
		// The timer runs on, so that we take over when it would have expired anyway. compat: the master-down
		// time is waited out in full before preempting.
		return append(acts, Action{Kind: Observed, Note: Note{Kind: DiscardedLower, Peer: h.From, Prio: a.Priority, Ours: in.cond.Priority}})
	}
	in.note(now, h)
	in.wants = false
	in.down = now.Add(in.cfg.down(in.cond.Priority))
	return acts
}

// note remembers the advert that counted last.
func (in *Instance) note(now time.Time, h Heard) {
	in.heard, in.peer, in.zeroed = now, h.From, h.Advert.Priority == 0
	if !in.zeroed {
		in.prio = h.Advert.Priority
	}
}

func due(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }

// relinked begins the wait anew: the silence so far was that of an interface on which nobody listened.
func (in *Instance) relinked(now time.Time) {
	if in.state == Backup {
		in.down, in.wants = now.Add(in.cfg.down(in.cond.Priority)), false
	}
}
