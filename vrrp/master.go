package vrrp

import "time"

// becomeMaster takes the virtual router over (RFC 3768 §6.4.2): the advert first, then the addresses, then
// the announcement. The old master must let go before our gratuitous ARP tells the LAN where to go.
func (in *Instance) becomeMaster(now time.Time, why Why, acts []Action) []Action {
	acts = in.send(in.cond.Priority, acts)
	acts = in.become(now, Master, why, acts)
	in.stats.BecameMaster++
	in.advert = now.Add(in.cfg.Interval)
	acts = append(acts, Action{Kind: Own}, Action{Kind: Shout, Repeat: in.cfg.Announce.Repeat})
	if d := in.cfg.Announce.Delay; d > 0 {
		in.bursts.add(now.Add(d), in.cfg.Announce.Repeat)
	}
	if r := in.cfg.Announce.Refresh; r > 0 {
		in.refresh = now.Add(r)
	}
	return acts
}

func (in *Instance) tickMaster(now time.Time, acts []Action) []Action {
	if due(in.advert, now) {
		acts = in.send(in.cond.Priority, acts)
		// The next advert follows the plan, not this wake-up, so that lateness does not add up; after a
		// freeze the missed ones are not made up for.
		in.advert = in.advert.Add(in.cfg.Interval)
		if due(in.advert, now) {
			in.advert = now.Add(in.cfg.Interval)
		}
	}
	for due(in.bursts.next(), now) {
		acts = append(acts, Action{Kind: Shout, Repeat: in.bursts.pop()})
	}
	if due(in.refresh, now) {
		in.refresh = now.Add(in.cfg.Announce.Refresh)
		acts = append(acts, Action{Kind: Shout, Repeat: in.cfg.Announce.RefreshRepeat})
	}
	return acts
}

// hearMaster handles an advert that passed every check (RFC 3768 §6.4.3).
func (in *Instance) hearMaster(now time.Time, h Heard, acts []Action) []Action {
	a, ours := h.Advert, in.cond.Priority
	switch {
	case a.Priority == PriorityOwner && ours == PriorityOwner:
		// There cannot be two owners. compat: both give way, whatever their addresses, and are content with 254.
		in.lowered, in.cond.Priority = true, PriorityOwner-1
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: TwoOwners, Peer: h.From}})
		return in.outranked(now, h, Outranked, HeardHigher, acts)
	case a.Priority == 0:
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: MasterHeardZero, Peer: h.From}})
		return in.answer(now, acts)
	case a.Priority > ours:
		return in.outranked(now, h, Outranked, HeardHigher, acts)
	case a.Priority == ours && h.From == in.cond.Source:
		return append(acts, Action{Kind: Observed, Note: Note{Kind: HeardOwnAddr, Peer: h.From, Prio: a.Priority}})
	case a.Priority == ours && in.cond.Source.Less(h.From):
		return in.outranked(now, h, OutrankedAddr, HeardHigherAddr, acts)
	case in.cfg.LowerPrioNoAdvert:
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: HeardLower, Peer: h.From, Prio: a.Priority, Ours: ours}})
		return in.announceAgain(now, acts)
	case in.advert.Equal(now.Add(in.cfg.Interval)):
		return acts // answered at this very moment: a pile of adverts after a freeze needs one answer
	}
	acts = append(acts, Action{Kind: Observed, Note: Note{Kind: AnsweredLower, Peer: h.From, Prio: a.Priority, Ours: ours}})
	return in.speakUp(now, acts)
}

// speakUp sends an advert and announces the addresses, now and later: somebody believed itself to be master.
func (in *Instance) speakUp(now time.Time, acts []Action) []Action {
	return in.announceAgain(now, in.answer(now, acts))
}

// announceAgain tells the LAN where the addresses are after somebody else may have said otherwise.
func (in *Instance) announceAgain(now time.Time, acts []Action) []Action {
	if n := in.cfg.Announce.LowerRepeat; n > 0 {
		acts = append(acts, Action{Kind: Shout, Repeat: n})
		if d := in.cfg.Announce.LowerDelay; d > 0 {
			in.bursts.add(now.Add(d), n)
		}
	}
	return acts
}

// echo speaks up with another member of the Group.
func (in *Instance) echo(now time.Time, acts []Action) []Action {
	if in.state != Master {
		return acts
	}
	return in.speakUp(now, acts)
}

// follow goes to BACKUP with another member of the Group.
func (in *Instance) follow(now time.Time, f Follow, acts []Action) []Action {
	if in.state != Master {
		return acts
	}
	why := f.Why
	why.Cause = Synced
	if f.Why.Cause == AddrRemoved {
		return in.stepDown(now, why, acts)
	}
	return in.becomeBackup(now, why, acts)
}

// stepDown gives a better router the chance to take over: a farewell, and BACKUP for the skew only, so that without one we are
// MASTER again and set all addresses anew. compat: what keepalived does when an address of its own is removed.
func (in *Instance) stepDown(now time.Time, why Why, acts []Action) []Action {
	if in.state != Master {
		return acts
	}
	acts = in.depart(now, Backup, why, acts)
	in.down = now.Add(in.cfg.skew(in.cond.Priority))
	in.zeroed = false
	return acts
}

// answer sends an advert out of turn; the next one is a full interval later.
func (in *Instance) answer(now time.Time, acts []Action) []Action {
	in.advert = now.Add(in.cfg.Interval)
	return in.send(in.cond.Priority, acts)
}

func (in *Instance) outranked(now time.Time, h Heard, cause Cause, kind NoteKind, acts []Action) []Action {
	a := h.Advert
	acts = append(acts, Action{Kind: Observed, Note: Note{Kind: kind, Peer: h.From, Prio: a.Priority, Ours: in.cond.Priority}})
	if in.cfg.HigherPrioSendAdvert {
		acts = in.send(in.cond.Priority, acts)
	}
	in.note(now, h)
	return in.becomeBackup(now, Why{Cause: cause, Peer: h.From, Priority: a.Priority, Ours: in.cond.Priority}, acts)
}
