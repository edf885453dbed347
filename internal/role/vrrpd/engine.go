package vrrpd

import (
	"net/netip"
	"time"

	"holdfast/internal/core/reason"
	"holdfast/vrrp"
)

// Ports is where the Engine's decisions go. None of its methods may block or allocate; the loop's
// implementation sets flags and pushes into rings, the simulator's acts at once.
type Ports interface {
	// Send puts one IPv4 packet, header included, on the link.
	Send(link int, packet []byte, dst netip.Addr) error
	// Own says whether a router's addresses shall be installed. Only the last word counts.
	Own(router int, own bool)
	// Shout asks for repeat announcements of each of a router's addresses.
	Shout(router int, repeat int)
	// Tell reports something that an operator, a script or a counter wants to know.
	Tell(Report)
}

// Report is one thing that happened to a router.
type Report struct {
	Router  int
	At      time.Time
	Action  vrrp.Action // Became, Observed, or Send when its error is not nil
	Err     error
	Prio    uint8         // effective priority at that moment
	Group   int           // Router is -1: Action is about the group with this number, counted from 1
	Syncing bool          // and the group is on its way there; else it has arrived
	Late    time.Duration // Router is -1: the loop served a deadline so late that an operator should know

	Plan    *Plan           // the router's at that moment: its slot may have another tenant by now
	Grounds *reason.Grounds // what the router's conditions rested on; nil if nobody said
}

// Engine owns the instances and their timers. It has no clock, no socket and no goroutine.
type Engine struct {
	routers []*runner
	byVRID  map[vridKey]*runner
	timers  timerHeap
	ports   Ports

	parties []*party
	queue   []command
	running bool // Start was called

	acts   []vrrp.Action
	advert vrrp.Advert
	packet []byte

	unknown uint64 // adverts for virtual routers that are not ours
}

type vridKey struct {
	link int
	vrid uint8
}

// runner is one instance at work.
type runner struct {
	*vrrp.Instance
	index int
	link  int // ifindex; 0 while the interface is absent
	group netip.Addr
	party *party // nil: in no sync group
	seat  int    // its place among the party's members
	gone  bool   // not in the configuration any more
	ipid  uint16
	told  uint64 // kinds of complaint already made since the last good word from a new master

	complaints uint64 // adverts that were not believed
	peer       netip.Addr

	plan    *Plan // it runs on
	grounds *reason.Grounds

	deadline time.Time
	heapPos  int // -1: no deadline
}

// NewEngine makes an Engine for the given routers and groups, in INIT. Their indexes are those of the plans.
func NewEngine(s *Setup, ports Ports) *Engine {
	e := &Engine{ports: ports, byVRID: make(map[vridKey]*runner, len(s.Plans))}
	for i, p := range s.Plans {
		e.routers = append(e.routers, &runner{Instance: vrrp.New(p.VRRP), plan: p, index: i, group: p.Mcast, heapPos: -1})
	}
	for i, g := range s.Groups {
		e.form(i, g)
	}
	e.timers.grow(len(s.Plans))
	e.acts = make([]vrrp.Action, 0, 16)
	e.packet = make([]byte, 0, 2048)
	e.advert.Addrs = make([]netip.Addr, 0, vrrp.MaxAddrs)
	return e
}

// Instance returns a router's machine for reading.
func (e *Engine) Instance(router int) *vrrp.Instance { return e.routers[router].Instance }

// Unknown counts adverts heard for virtual routers that are not ours.
func (e *Engine) Unknown() uint64 { return e.unknown }

// Deadline returns when Tick is wanted next.
func (e *Engine) Deadline() (at time.Time, armed bool) {
	if r := e.timers.first(); r != nil {
		return r.deadline, true
	}
	return time.Time{}, false
}

// Start starts every router, those that are in adopt as masters: an earlier life of theirs died as such. One that a later Reload
// brings is started when its conditions are known.
func (e *Engine) Start(now time.Time, adopt map[int]bool) {
	e.running = true
	for i, r := range e.routers {
		if adopt[i] {
			e.step(now, r, vrrp.Adopt{})
			if s, _, _ := r.State(); s != vrrp.Master {
				e.ports.Own(i, false) // a fault was stronger
			}
		} else {
			e.step(now, r, vrrp.Start{})
		}
	}
}

// bequeath says farewell for the routers in adopt, and starts none.
func (e *Engine) bequeath(now time.Time, adopt map[int]bool) {
	for i, r := range e.routers {
		if adopt[i] {
			e.step(now, r, vrrp.Adopt{})
			e.step(now, r, vrrp.Stop{})
		}
	}
}

// Stop stops every router: masters say farewell before any address is given up.
func (e *Engine) Stop(now time.Time) {
	e.running = false
	for _, r := range e.routers {
		e.step(now, r, vrrp.Stop{})
	}
}

// SetConditions tells a router of the world around it. link is its interface's index, 0 if absent.
func (e *Engine) SetConditions(now time.Time, router, link int, c vrrp.Conditions) {
	r := e.routers[router]
	if r.link != 0 && link != 0 && r.link != link {
		// Deleted and created again between two looks: nobody listened on the new link so far, so that the silence
		// there proves nothing.
		e.step(now, r, vrrp.Relinked{})
	}
	if r.link != link {
		delete(e.byVRID, vridKey{r.link, r.VRID()})
		r.link = link
		if link != 0 {
			e.byVRID[vridKey{link, r.VRID()}] = r
		}
	}
	e.step(now, r, c)
	if state, _, _ := r.State(); e.running && state == vrrp.Init && !r.gone {
		e.step(now, r, vrrp.Start{})
	}
}

// Bereft tells a router that somebody else removed an address of its, and that it is to step down for that.
func (e *Engine) Bereft(now time.Time, router int, addr netip.Addr) {
	e.step(now, e.routers[router], vrrp.Bereft{Addr: addr})
}

// SetGrounds says what the next conditions of a router rest on, for its reports.
func (e *Engine) SetGrounds(router int, g *reason.Grounds) { e.routers[router].grounds = g }

// Receive handles one packet that arrived on link: its IP header and what follows.
func (e *Engine) Receive(now time.Time, link int, src netip.Addr, header, payload []byte) {
	h := vrrp.Heard{From: src, TTL: header[8], Advert: &e.advert}
	ok := true
	if header[9] == vrrp.ProtocolAH {
		h.IP = header
		h.AH, payload, ok = vrrp.SplitAH(payload)
		h.Message = payload
	}
	vrid, long := vrrp.PeekVRID(payload)
	r := e.byVRID[vridKey{link, vrid}]
	if !ok || !long || r == nil {
		e.unknown++
		return
	}
	if err := e.advert.Parse(payload); err != nil {
		h.Err = err.(*vrrp.PacketError)
	}
	before := r.complaints
	e.step(now, r, h)
	if src != r.peer && r.complaints == before {
		r.peer, r.told = src, r.told&sendFailed
	}
}

// Tick serves every router whose deadline has come.
func (e *Engine) Tick(now time.Time) {
	for {
		r := e.timers.first()
		if r == nil || now.Before(r.deadline) {
			return
		}
		e.step(now, r, vrrp.Tick{})
	}
}

func (e *Engine) step(now time.Time, r *runner, ev vrrp.Event) {
	e.one(now, r, ev)
	if len(e.queue) > 0 {
		e.serveQueue(now)
	}
}

// one steps one router; what its group says about it waits in the queue.
func (e *Engine) one(now time.Time, r *runner, ev vrrp.Event) {
	e.acts = r.Step(now, ev, e.acts[:0])
	for i := range e.acts {
		e.do(now, r, &e.acts[i])
	}
	at, armed := r.Deadline()
	e.timers.set(r, at, armed)
}

func (e *Engine) do(now time.Time, r *runner, a *vrrp.Action) {
	switch a.Kind {
	case vrrp.Send:
		e.send(now, r, a)
	case vrrp.Own:
		e.ports.Own(r.index, true)
	case vrrp.Yield:
		e.ports.Own(r.index, false)
	case vrrp.Shout:
		e.ports.Shout(r.index, a.Repeat)
	case vrrp.Became:
		r.told = 0
		e.tell(now, r, a, nil)
	case vrrp.Observed:
		if e.worth(r, &a.Note) {
			e.tell(now, r, a, nil)
		}
	}
	if r.party != nil {
		e.consult(now, r, a)
	}
}

func (e *Engine) tell(now time.Time, r *runner, a *vrrp.Action, err error) {
	e.ports.Tell(Report{Router: r.index, At: now, Action: *a, Err: err, Prio: r.Conditions().Priority, Plan: r.plan, Grounds: r.grounds})
}

func (e *Engine) send(now time.Time, r *runner, a *vrrp.Action) {
	src := r.Conditions().Source
	if r.link == 0 || !src.IsValid() {
		return
	}
	if r.ipid++; r.ipid == 0 {
		r.ipid = 1
	}
	e.packet = r.AppendPacket(e.packet[:0], src, r.group, r.ipid, a.Priority)
	if err := e.ports.Send(r.link, e.packet, r.group); err != nil && r.told&sendFailed == 0 {
		r.told |= sendFailed
		e.tell(now, r, a, err)
	}
}

// Bits of runner.told above those of the vrrp.Reasons.
const (
	sendFailed   = 1 << 63
	ownAddrHeard = 1 << 62
)

// worth limits complaints about adverts to one line of each kind until the state changes or another master is heard that
// says what it should, so that a flood of bad packets, from whatever sources, cannot become a flood of log lines.
func (e *Engine) worth(r *runner, n *vrrp.Note) bool {
	var bit uint64
	switch n.Kind {
	case vrrp.Rejected:
		r.complaints++
		bit = 1 << n.Reason
	case vrrp.HeardOwnAddr:
		bit = ownAddrHeard
	default:
		return true
	}
	if r.told&bit != 0 {
		return false
	}
	r.told |= bit
	return true
}
