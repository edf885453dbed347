package vrrp

import (
	"net/netip"
	"time"
)

// Instance is one virtual router. It decides; it never waits, reads a clock or logs. The zero Instance is not
// usable: see New. An Instance is not safe for concurrent use.
type Instance struct {
	cfg  Config
	cond Conditions

	state State
	at    time.Time // when state was entered
	why   Why
	stats Stats

	// Timers; the zero Time means not armed.
	advert  time.Time // MASTER: the next advert
	down    time.Time // BACKUP: when the master counts as lost
	preempt time.Time // BACKUP: when the preemption delay ends
	refresh time.Time // MASTER: the next periodic announcement
	bursts  bursts    // MASTER: announcements still to come

	sealer *sealer // AuthAH only
	seq    uint32  // AuthAH: the number sent or believed last

	held       bool // FAULT that nobody was told of: Start came while tracked items were undecided
	lowered    bool // an address owner that met another one: 254 from then on
	wants      bool // a Group's member would be MASTER if it were alone
	wish       Why  // and why
	preemptDue bool // the preemption delay has run out: lower adverts are now discarded

	heard  time.Time  // last advert that counted
	peer   netip.Addr // its source
	prio   uint8      // and its priority, before a farewell if it was one
	zeroed bool       // it was a farewell
}

// New returns an Instance in INIT. Until Conditions are given it is at its base priority, without a source and
// without faults.
func New(cfg Config) *Instance {
	in := &Instance{cfg: cfg, cond: Conditions{Priority: cfg.Priority}}
	if cfg.AuthType == AuthAH {
		in.sealer = newSealer(cfg.Auth)
	}
	return in
}

// Name returns the name it was configured with.
func (in *Instance) Name() string { return in.cfg.Name }

// VRID returns the virtual router identifier.
func (in *Instance) VRID() uint8 { return in.cfg.VRID }

// State returns the present state, since when, and why.
func (in *Instance) State() (State, time.Time, Why) { return in.state, in.at, in.why }

// Conditions returns what was last given.
func (in *Instance) Conditions() Conditions { return in.cond }

// Stats returns the counters.
func (in *Instance) Stats() Stats { return in.stats }

// AppendPacket appends the IPv4 packet that a Send action means: header, authentication header if there is one, message.
// Every call with AuthAH uses up a sequence number.
func (in *Instance) AppendPacket(b []byte, src, dst netip.Addr, id uint16, priority uint8) []byte {
	start := len(b)
	message := headerLen + addrLen4*min(len(in.cfg.Addrs), MaxAddrs) + authLen
	if in.sealer == nil {
		return in.AppendAdvert(AppendIPv4(b, src, dst, Protocol, id, message), priority)
	}
	b = AppendIPv4(b, src, dst, ProtocolAH, id, ahLen+message)
	b = appendAH(b, src, in.nextSeq())
	b = in.AppendAdvert(b, priority)
	ip, ah := b[start:start+IPv4HeaderLen], b[start+IPv4HeaderLen:start+IPv4HeaderLen+ahLen]
	copy(ah[icvAt:], in.sealer.icv(ip, ah, b[start+IPv4HeaderLen+ahLen:]))
	return b
}

// AppendAdvert appends the VRRP message of a Send action.
func (in *Instance) AppendAdvert(b []byte, priority uint8) []byte {
	a := Advert{
		Version: 2, VRID: in.cfg.VRID, Priority: priority, AuthType: in.cfg.AuthType,
		Interval: in.cfg.Interval, Addrs: in.cfg.Addrs,
	}
	if a.AuthType == AuthPass {
		a.Auth = in.cfg.Auth
	}
	return a.AppendTo(b)
}

// Deadline returns when Step wants a Tick; armed is false if it waits for events only.
func (in *Instance) Deadline() (at time.Time, armed bool) {
	for _, t := range [...]time.Time{in.advert, in.down, in.preempt, in.bursts.next(), in.refresh} {
		if !t.IsZero() && (!armed || t.Before(at)) {
			at, armed = t, true
		}
	}
	return at, armed
}

// Step tells the Instance what happened and appends what is to be done about it, in order. Time may run
// backwards between calls by no more than the moment it takes to read an advert that has arrived.
func (in *Instance) Step(now time.Time, ev Event, acts []Action) []Action {
	switch ev := ev.(type) {
	case Start:
		return in.start(now, acts)
	case Adopt:
		return in.adopt(now, acts)
	case Stop:
		return in.stop(now, acts)
	case Relinked:
		in.relinked(now)
		return acts
	case Bereft:
		return in.stepDown(now, Why{Cause: AddrRemoved, Addr: ev.Addr, Ours: in.cond.Priority}, acts)
	case Reconfigure:
		return in.reconfigure(now, ev.Config, acts)
	case Tick:
		return in.tick(now, acts)
	case Heard:
		return in.hear(now, ev, acts)
	case Conditions:
		return in.conditions(now, ev, acts)
	case Released:
		return in.released(now, acts)
	case Follow:
		return in.follow(now, ev, acts)
	case Echo:
		return in.echo(now, acts)
	}
	panic("vrrp: unhandled event")
}

func (in *Instance) start(now time.Time, acts []Action) []Action {
	if in.state != Init {
		return acts
	}
	switch in.cond.Faults {
	case 0:
		return in.begin(now, Why{Cause: Started, Ours: in.cond.Priority}, acts)
	case Undecided:
		// compat: FAULT, which neither the log nor a script hears of until it is decided.
		in.state, in.at, in.why, in.held = Fault, now, Why{Cause: Faulted, Faults: Undecided}, true
		return acts
	}
	return in.become(now, Fault, Why{Cause: Faulted, Faults: in.cond.Faults}, acts)
}

// begin enters the first state of an Instance that has no fault.
func (in *Instance) begin(now time.Time, why Why, acts []Action) []Action {
	switch {
	case in.cfg.Eager && in.cfg.Priority == PriorityOwner && !in.cfg.Grouped:
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: TimedOut}})
		return in.becomeMaster(now, Why{Cause: Owner, Ours: PriorityOwner}, acts)
	case in.cfg.Eager && in.cfg.Priority == PriorityOwner:
		acts = in.becomeBackup(now, why, acts)
		return in.ask(Why{Cause: Owner, Ours: PriorityOwner}, acts)
	}
	return in.becomeBackup(now, why, acts)
}

// adopt goes on where an earlier life ended. A fault, should there be one by now, is stronger.
func (in *Instance) adopt(now time.Time, acts []Action) []Action {
	if in.state != Init || in.cond.Faults&^Undecided != 0 {
		return in.start(now, acts)
	}
	if in.sealer != nil {
		// The number that the others believed last died with our earlier life. One adverts a second at most, so that the
		// seconds of the epoch are ahead of any count of adverts that began at 0 or in the same way.
		in.seq = uint32(now.Unix())
	}
	return in.becomeMaster(now, Why{Cause: Adopted, Ours: in.cond.Priority}, acts)
}

func (in *Instance) stop(now time.Time, acts []Action) []Action {
	if in.state == Init {
		return acts
	}
	if in.state == Master {
		acts = in.farewell(acts)
	}
	return in.become(now, Init, Why{Cause: Stopped}, acts)
}

// conditions compares the world with what it was. A fault takes precedence over everything; a fault that
// goes leads to BACKUP, also for an address owner (compat), unless it was only held. What is undecided keeps nobody from
// going on: it holds those that start, and those in FAULT.
func (in *Instance) conditions(now time.Time, c Conditions, acts []Action) []Action {
	old := in.cond
	if in.lowered {
		c.Priority = min(c.Priority, PriorityOwner-1)
	}
	in.cond = c
	if old.Priority != c.Priority {
		acts = append(acts, Action{Kind: Observed, Note: Note{Kind: PriorityChanged, Prio: old.Priority, Ours: c.Priority}})
	}
	switch {
	case in.state == Init:
		return acts
	case c.Faults&^Undecided != 0 && in.state != Fault:
		return in.fail(now, c, acts)
	case in.held && c.Faults&^(Undecided|MemberFaulted) != 0: // compat: another member's fault is told by that one only
		return in.become(now, Fault, Why{Cause: Faulted, Faults: c.Faults, Ours: c.Priority}, acts)
	case c.Faults != 0 && in.state == Fault:
		in.why.Faults = c.Faults
	case in.held:
		return in.begin(now, Why{Cause: Recovered, Faults: old.Faults, Ours: c.Priority}, acts)
	case in.state == Fault:
		return in.becomeBackup(now, Why{Cause: Recovered, Faults: old.Faults, Ours: c.Priority}, acts)
	case in.state == Backup && old.Priority != c.Priority:
		in.down = in.down.Add(in.cfg.down(c.Priority) - in.cfg.down(old.Priority))
	}
	return acts
}

// fail enters FAULT.
func (in *Instance) fail(now time.Time, c Conditions, acts []Action) []Action {
	why := Why{Cause: Faulted, Faults: c.Faults, Ours: c.Priority}
	if in.state != Master {
		return in.become(now, Fault, why, acts)
	}
	return in.depart(now, Fault, why, acts)
}

// depart leaves MASTER with a farewell. compat: that goes out first and is told of after the state.
func (in *Instance) depart(now time.Time, s State, why Why, acts []Action) []Action {
	acts = in.farewell(acts)
	last := len(acts) - 1
	note := acts[last]
	acts = in.become(now, s, why, acts[:last])
	yield := acts[len(acts)-1]
	acts[len(acts)-1] = note
	return append(acts, yield)
}

func (in *Instance) tick(now time.Time, acts []Action) []Action {
	switch in.state {
	case Backup:
		return in.tickBackup(now, acts)
	case Master:
		return in.tickMaster(now, acts)
	}
	return acts
}

// become enters a state: every timer is disarmed first, and the addresses go whenever MASTER is left.
func (in *Instance) become(now time.Time, s State, why Why, acts []Action) []Action {
	from := in.state
	in.advert, in.down, in.preempt = time.Time{}, time.Time{}, time.Time{}
	in.refresh, in.preemptDue, in.wants, in.held = time.Time{}, false, false, false
	in.bursts.clear()
	in.state, in.at, in.why = s, now, why
	acts = append(acts, Action{Kind: Became, State: s, From: from, Why: why})
	if from == Master {
		in.stats.ReleasedMaster++
		acts = append(acts, Action{Kind: Yield})
	}
	return acts
}

// send appends an advert and keeps count.
func (in *Instance) send(priority uint8, acts []Action) []Action {
	in.stats.Sent++
	return append(acts, Action{Kind: Send, Priority: priority})
}

// farewell tells the backups not to wait (RFC 3768 §6.4.3): priority 0.
func (in *Instance) farewell(acts []Action) []Action {
	in.stats.ZeroSent++
	return append(in.send(0, acts), Action{Kind: Observed, Note: Note{Kind: SentZero}})
}
