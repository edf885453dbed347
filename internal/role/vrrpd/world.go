package vrrpd

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/internal/core/track"
	"holdfast/internal/host/advert"
	"holdfast/vrrp"
)

// view is what is known of the host's links and addresses. The world writes it, the hand reads it; the loop has
// nothing to do with it.
type view struct {
	mu     sync.RWMutex
	mirror table.Mirror
}

// world follows the host and tells the loop how each router stands.
type world struct {
	gen   *generation
	setup *Setup // of gen
	host  Host
	view  *view
	hand  *hand
	inbox *inbox
	say   sayer

	byLink   map[string][]int // routers that care for a link, by its name
	names    map[int]string   // of links, also of those that are gone
	told     []verdict
	wires    map[lan]Wire
	deaf     []bool         // routers whose wire could not be opened
	unopened map[lan]string // why a wire could not be opened, said once

	chronicle chronicle
	tracker   *tracker
	quorum    map[string]bool // of the virtual servers of which the checkers have said, by name

	mu      sync.Mutex
	pending []table.Update
	news    chan struct{}
	orders  chan func() // to be carried out between updates
}

func newWorld(g *generation, host Host, v *view, h *hand, b *inbox, say sayer) *world {
	s := g.setup
	w := &world{
		gen: g, setup: s, host: host, view: v, hand: h, inbox: b, say: say,
		names: make(map[int]string),
		told:  make([]verdict, len(s.Plans)), deaf: make([]bool, len(s.Plans)), wires: make(map[lan]Wire), unopened: make(map[lan]string),
		quorum: make(map[string]bool),
		news:   make(chan struct{}, 1), orders: make(chan func()),
	}
	w.index()
	w.tracker = newTracker(host.Scripts, say, w.wake)
	w.chronicle = chronicle{say: say, cares: w.cares, ours: w.isOurs, seen: make(map[string]addresses)}
	return w
}

// index finds the routers that care for a link.
func (w *world) index() {
	w.byLink = make(map[string][]int)
	for i, p := range w.setup.Plans {
		if p.Gone {
			continue
		}
		names := map[string]bool{p.Interface: true}
		for _, t := range p.Track {
			names[t.Name] = true
		}
		for name := range names {
			w.byLink[name] = append(w.byLink[name], i)
		}
	}
}

func (w *world) cares(ifname string) bool { return w.byLink[ifname] != nil }

func (w *world) isOurs(a netip.Addr) bool { return w.setup.has(a) }

// read fills the view from the kernel.
func (w *world) read() error {
	changes, err := w.reread()
	if err != nil {
		return err
	}
	w.follow(changes)
	return nil
}

// reread replaces the mirror by what the kernel lists. Nothing is applied meanwhile: an address that comes after the list
// was made and before the mirror has it would look as if somebody had removed it.
func (w *world) reread() ([]table.Update, error) {
	w.view.mu.Lock()
	defer w.view.mu.Unlock()
	links, err := w.host.Kernel.Links()
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	list, err := w.host.Kernel.Addrs()
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	before := make(map[int]table.Link)
	for _, l := range w.view.mirror.Links() {
		before[l.Index] = l
	}
	changes := w.view.mirror.Replace(links, list)
	for _, u := range changes {
		w.chronicle.update(&w.view.mirror, u, before[u.Link.Index])
	}
	return changes, nil
}

// run follows the kernel until ctx ends.
func (w *world) run(ctx context.Context) error {
	watch := make(chan error, 1)
	go func() { watch <- w.host.Kernel.Watch(ctx, w.hear) }()
	w.tracker.begin()
	defer w.tracker.end()
	for {
		select {
		case <-ctx.Done():
			<-watch
			return nil
		case err := <-watch:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("follow links and addresses: %w", err)
		case order := <-w.orders:
			order()
		case <-w.news:
			if err := w.serve(); err != nil {
				return err
			}
		}
	}
}

// hear collects updates, so that a storm of them is judged once.
func (w *world) hear(u table.Update) {
	w.mu.Lock()
	w.pending = append(w.pending, u)
	w.mu.Unlock()
	w.wake()
}

// wake has serve called. Any goroutine may call it.
func (w *world) wake() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func (w *world) serve() error {
	w.mu.Lock()
	batch := w.pending
	w.pending = nil
	w.mu.Unlock()
	var changes []table.Update
	resync := false
	w.view.mu.Lock()
	for _, u := range batch {
		before, _ := w.view.mirror.Link(u.Link.Index)
		if u.Kind == table.Resync || w.contradicts(u) {
			resync = true
			continue
		}
		if !w.view.mirror.Apply(u) {
			continue
		}
		changes = append(changes, u)
		w.chronicle.update(&w.view.mirror, u, before)
	}
	w.view.mu.Unlock()
	w.follow(changes)
	w.tracker.take(w.followScript)
	if resync {
		return w.read()
	}
	return nil
}

// contradicts reports whether the kernel says of a virtual address that it is gone although the mirror has it. Either somebody
// removed it, or the word is older than the hand, which has added it since: only what the kernel lists can tell.
func (w *world) contradicts(u table.Update) bool {
	return u.Kind == table.AddrGone && w.isOurs(u.Addr.Prefix.Addr()) && w.view.mirror.Has(u.Addr.Normal().Key())
}

// follow judges the routers that the changes may concern, and has lost addresses put back.
func (w *world) follow(changes []table.Update) {
	concerned := make(map[int]bool)
	for _, u := range changes {
		index := u.Link.Index
		switch u.Kind {
		case table.LinkIs:
			if old := w.names[index]; old != u.Link.Name { // renamed: whoever cared for the old name must hear of it too
				w.concern(concerned, old)
			}
			w.names[index] = u.Link.Name
		case table.AddrIs, table.AddrGone:
			index = u.Addr.Link
			ip := u.Addr.Prefix.Addr()
			if u.Kind == table.AddrGone {
				w.removed(ip, w.names[index])
			}
			if w.isOurs(ip) {
				continue
			}
		}
		name := w.names[index]
		w.concern(concerned, name)
		if u.Kind == table.LinkIs { // addresses may have gone with an earlier link of that name
			for _, r := range w.byLink[name] {
				w.hand.check(w.gen.hand[r], r)
			}
		}
	}
	for _, r := range slices.Sorted(maps.Keys(concerned)) { // as keepalived does, in the order of the file
		w.judge(r)
	}
}

// removed has an address that somebody else removed put back, or its router step down for it.
func (w *world) removed(ip netip.Addr, ifname string) {
	for _, r := range w.setup.holders[ip] {
		if p := w.setup.Plans[r]; !p.stepsDownFor(ip) {
			w.hand.check(w.gen.hand[r], r)
			continue
		}
		w.say.info(nil, "Netlink reflector reports IP "+ip.String()+" removed from "+ifname, "interface", ifname, "address", ip.String())
		w.inbox.bereft(r, ip)
	}
}

func (w *world) concern(routers map[int]bool, ifname string) {
	for _, r := range w.byLink[ifname] {
		for _, member := range w.setup.together(r) {
			routers[member] = true
		}
	}
}

// judge tells the loop how a router stands if that changed.
func (w *world) judge(r int) {
	p := w.setup.Plans[r]
	w.view.mu.RLock()
	defer w.view.mu.RUnlock()
	if l, ok := w.view.mirror.LinkByName(p.Interface); ok {
		w.deaf[r] = w.open(p.lan(l.Index), l) != nil
	}
	link, cond := w.setup.Conditions(r, &w.view.mirror, w.isOurs, w.known)
	if old := w.told[r]; old.link != 0 && old.link != link {
		w.close(p.lan(old.link))
	}
	v := verdict{link, cond, w.grounds(r, cond)}
	if v.equal(&w.told[r]) {
		return
	}
	w.told[r] = v
	w.inbox.judge(r, v)
}

// known is what the world knows of a router beyond the mirror.
func (w *world) known(r int) (k Known) {
	if w.deaf[r] {
		k.Faults |= vrrp.SocketFailed
	}
	scripts, services := w.setup.Plans[r].scripted(w.tracker.status), w.setup.Plans[r].served(w.quorum)
	return Known{Faults: k.Faults | scripts.Faults | services.Faults, Weight: scripts.Weight + services.Weight}
}

// followScript judges the routers that a script's new status concerns.
func (w *world) followScript(sc *conf.Script, now track.Status) {
	for _, r := range w.setup.followers(sc, now == track.OK) {
		w.judge(r)
	}
}

// open gives the loop a wire on the lan, unless it has one.
func (w *world) open(at lan, l table.Link) error {
	if w.wires[at] != nil {
		return nil
	}
	wire, err := w.host.OpenWire(advert.Config{
		Link: l, Family: 4, Group: at.group, VRIDs: w.vrids(l.Name, at), Protocol: int(at.proto),
	})
	if err != nil {
		if w.unopened[at] != err.Error() {
			w.unopened[at] = err.Error()
			w.say.info(nil, "cannot open VRRP socket on "+l.Name+": "+err.Error(), "interface", l.Name)
		}
		return err
	}
	delete(w.unopened, at)
	w.wires[at] = wire
	w.chronicle.pool(fmt.Sprintf("VRRP sockpool: [ifindex(%3d), family(IPv4), proto(%d), fd(%d,%d) multicast, address(%s)]",
		l.Index, at.proto, wire.FD(), wire.FD()+1, at.group))
	w.inbox.attach(at, wire)
	return nil
}

func (w *world) close(at lan) {
	if w.wires[at] != nil {
		delete(w.wires, at)
		w.inbox.attach(at, nil)
	}
}

// vrids lists the virtual routers on a lan, for the kernel's packet filter.
func (w *world) vrids(ifname string, at lan) []uint8 {
	var list []uint8
	for _, p := range w.setup.Plans {
		if !p.Gone && p.Interface == ifname && p.lan(at.link) == at {
			list = append(list, p.VRRP.VRID)
		}
	}
	return list
}
