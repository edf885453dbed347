package sim

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/internal/role/vrrpd"
	"holdfast/vrrp"
)

// node is one machine: its daemon, its link and its addresses.
type node struct {
	w    *world
	name string
	addr netip.Addr
	text string // keepalived.conf
	conf *conf.Config

	setup  *vrrpd.Setup
	plans  []*vrrpd.Plan // of the setup
	engine *vrrpd.Engine // nil while the daemon is dead
	frozen bool
	linkUp bool
	wait   [][]byte // the socket's queue while frozen
	owned  []bool
	wakeAt time.Time // the appointment that will Tick; zero: none
}

// socketQueue is how many packets wait for a frozen daemon; the kernel drops what comes later.
const socketQueue = 256

const ifindex = 2

func (n *node) mirror() *table.Mirror {
	const up, running, multicast = 0x1, 0x40, 0x1000
	l := table.Link{Index: ifindex, Name: "eth0", Flags: up | multicast}
	if n.linkUp {
		l.Flags |= running
	}
	m := &table.Mirror{}
	m.Replace([]table.Link{l}, []table.Addr{{Link: ifindex, Prefix: netip.PrefixFrom(n.addr, 24)}})
	return m
}

// boot starts the daemon, which first removes what its predecessor left.
func (n *node) boot() {
	if n.engine != nil {
		return
	}
	n.setup = vrrpd.NewSetup(n.conf)
	n.plans = n.setup.Plans
	n.owned = make([]bool, len(n.plans))
	n.wait, n.frozen, n.wakeAt = nil, false, time.Time{}
	n.engine = vrrpd.NewEngine(n.setup, n)
	n.judge()
	n.engine.Start(n.w.now)
	n.schedule()
}

// kill is SIGKILL: no farewell, and the addresses stay in the kernel.
func (n *node) kill() { n.engine = nil }

func (n *node) stop() {
	if n.engine == nil {
		return
	}
	n.thaw()
	n.engine.Stop(n.w.now)
	n.engine = nil
}

func (n *node) freeze() { n.frozen = n.engine != nil }

// thaw does what the urgent loop does after a long sleep: it drains the socket before it believes a timer.
func (n *node) thaw() {
	if !n.frozen || n.engine == nil {
		return
	}
	n.frozen = false
	n.judge()
	for _, p := range n.wait {
		n.receive(p)
	}
	n.wait = nil
	n.engine.Tick(n.w.now)
	n.schedule()
}

func (n *node) setLink(up bool) {
	n.linkUp = up
	if n.engine != nil && !n.frozen {
		n.judge()
		n.schedule()
	}
}

func (n *node) judge() {
	m := n.mirror()
	for i := range n.plans {
		link, c := n.setup.Conditions(i, m, func(a netip.Addr) bool { return a != n.addr }, func(int) vrrpd.Known { return vrrpd.Known{} })
		n.engine.SetConditions(n.w.now, i, link, c)
	}
}

func (n *node) arrive(packet []byte) {
	switch {
	case n.engine == nil || !n.linkUp:
	case n.frozen:
		if len(n.wait) < socketQueue {
			n.wait = append(n.wait, packet)
		}
	default:
		n.receive(packet)
		n.engine.Tick(n.w.now)
		n.schedule()
	}
}

func (n *node) receive(packet []byte) {
	src := netip.AddrFrom4([4]byte(packet[12:16]))
	n.engine.Receive(n.w.now, ifindex, src, packet[:vrrp.IPv4HeaderLen], packet[vrrp.IPv4HeaderLen:])
}

// schedule makes sure that the engine is called at its deadline.
func (n *node) schedule() {
	at, armed := n.engine.Deadline()
	if !armed || n.wakeAt.Equal(at) {
		return
	}
	n.wakeAt = at
	engine := n.engine
	n.w.queue.add(at, func() {
		if n.engine != engine || n.frozen || !n.wakeAt.Equal(at) {
			return
		}
		n.wakeAt = time.Time{}
		n.engine.Tick(n.w.now)
		n.schedule()
	})
}

// Send implements vrrpd.Ports.
func (n *node) Send(_ int, packet []byte, _ netip.Addr) error {
	message := packet[vrrp.IPv4HeaderLen:]
	if packet[9] == vrrp.ProtocolAH {
		_, message, _ = vrrp.SplitAH(message)
	}
	vrid, prio := message[1], message[2]
	n.w.check.sent(n, vrid, prio)
	if prio == 0 {
		n.w.trace("%s vrid %d: send prio=0", n.name, vrid)
	}
	n.w.lan.send(n, packet)
	return nil
}

// Own implements vrrpd.Ports.
func (n *node) Own(router int, own bool) {
	n.owned[router] = own
	word := "yield"
	if own {
		word = "own"
	}
	n.w.trace("%s %s: %s", n.name, n.plans[router].VRRP.Name, word)
}

// Shout implements vrrpd.Ports.
func (n *node) Shout(router, repeat int) {
	n.w.check.shouted(n, router)
	n.w.trace("%s %s: announce x%d", n.name, n.plans[router].VRRP.Name, repeat)
}

// Tell implements vrrpd.Ports.
func (n *node) Tell(r vrrpd.Report) {
	if r.Router < 0 {
		if !r.Syncing {
			n.w.trace("%s group %s: %s", n.name, n.setup.Groups[r.Group-1].Name, r.Action.State)
		}
		return
	}
	if a := &r.Action; a.Kind == vrrp.Became {
		n.w.check.became(n, r.Router, a)
		n.w.trace("%s %s: %s → %s (%s)", n.name, n.plans[r.Router].VRRP.Name, a.From, a.State, vrrpd.Explain(a.Why))
	}
}

// text writes the keepalived.conf of a node: one instance for each virtual router.
func text(routers []router) string {
	s := ""
	for _, r := range routers {
		s += fmt.Sprintf("vrrp_instance VI_%d {\n  interface eth0\n  virtual_router_id %d\n  priority %d\n  advert_int %d\n",
			r.vrid, r.vrid, r.prio, r.interval)
		for _, line := range r.extra {
			s += "  " + line + "\n"
		}
		s += fmt.Sprintf("  virtual_ipaddress {\n    192.0.2.%d\n  }\n}\n", r.vrid)
	}
	return s
}

// router is one virtual router on one node.
type router struct {
	vrid, prio, interval int
	extra                []string
}
