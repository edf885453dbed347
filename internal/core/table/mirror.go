package table

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// Mirror is what we know of the host's links and addresses. The zero Mirror is empty and ready.
// It is not safe for concurrent use.
type Mirror struct {
	links map[int]Link
	addrs map[int][]Addr // by link, in the kernel's order: IPv4 first, primaries before secondaries
	known map[Key]Addr   // the same addresses
}

// Apply takes in one update and reports whether it changed anything. A Resync changes nothing: the
// caller has to read everything again and call Replace.
func (m *Mirror) Apply(u Update) (changed bool) {
	m.init()
	switch u.Kind {
	case LinkIs:
		old, ok := m.links[u.Link.Index]
		m.links[u.Link.Index] = u.Link
		return !ok || old != u.Link
	case LinkGone:
		_, ok := m.links[u.Link.Index]
		_, held := m.addrs[u.Link.Index]
		for _, a := range m.addrs[u.Link.Index] {
			delete(m.known, a.Key())
		}
		delete(m.links, u.Link.Index)
		delete(m.addrs, u.Link.Index)
		return ok || held
	case AddrIs:
		return m.put(u.Addr.Normal())
	case AddrGone:
		return m.drop(u.Addr.Normal().Key())
	case Resync:
	}
	return false
}

func (m *Mirror) init() {
	if m.links == nil {
		m.links = make(map[int]Link)
		m.addrs = make(map[int][]Addr)
		m.known = make(map[Key]Addr)
	}
}

// put inserts or updates a where the kernel would have it.
func (m *Mirror) put(a Addr) bool {
	k := a.Key()
	old, ok := m.known[k]
	if ok && old == a {
		return false
	}
	m.known[k] = a
	list := m.addrs[a.Link]
	if ok {
		i := find(list, k)
		if old.Secondary() == a.Secondary() {
			list[i] = a
			return true
		}
		list = slices.Delete(list, i, i+1)
	}
	m.addrs[a.Link] = Insert(list, a)
	return true
}

func (m *Mirror) drop(k Key) bool {
	if _, ok := m.known[k]; !ok {
		return false
	}
	delete(m.known, k)
	list := m.addrs[k.Link]
	i := find(list, k)
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(m.addrs, k.Link)
	} else {
		m.addrs[k.Link] = list
	}
	return true
}

func find(list []Addr, k Key) int {
	return slices.IndexFunc(list, func(a Addr) bool { return a.Key() == k })
}

// Insert puts a into the addresses of one link where the kernel would: IPv4 secondaries last, an IPv4
// primary after the last primary whose scope number is not smaller than its own, and an IPv6 address
// before the first that does not reach further, so that the newest of a scope comes first.
func Insert(list []Addr, a Addr) []Addr {
	four := len(list) // searched from the end, where the newest of a thousand belongs
	for four > 0 && !list[four-1].Prefix.Addr().Is4() {
		four--
	}
	at := 0
	switch {
	case !a.Prefix.Addr().Is4():
		for at = four; at < len(list) && reach(list[at]) > reach(a); {
			at++
		}
	case a.Secondary():
		at = four
	default:
		for at = four; at > 0; at-- {
			if b := &list[at-1]; !b.Secondary() && a.Scope <= b.Scope {
				break
			}
		}
	}
	return slices.Insert(list, at, a)
}

// reach is the scope by which the kernel sorts IPv6 addresses (RFC 4291 §2.7 values): it tells
// multicast, loopback, link-local and site-local addresses from global ones.
func reach(a Addr) byte {
	switch ip := a.Prefix.Addr(); {
	case ip.IsMulticast():
		return ip.As16()[1] & 0x0f
	case ip.IsLoopback(), ip.IsLinkLocalUnicast():
		return 0x2
	case ip.As16()[0] == 0xfe && ip.As16()[1]&0xc0 == 0xc0:
		return 0x5
	default:
		return 0xe
	}
}

// Replace makes the mirror show exactly links and addrs, given in the kernel's order, and returns what
// that changed: vanished addresses, then vanished links, then new and changed links, then addresses.
func (m *Mirror) Replace(links []Link, addrs []Addr) []Update {
	next := Mirror{}
	next.init()
	for _, l := range links {
		next.links[l.Index] = l
	}
	for _, a := range addrs {
		a = a.Normal()
		if _, twice := next.known[a.Key()]; !twice {
			next.known[a.Key()] = a
			next.addrs[a.Link] = append(next.addrs[a.Link], a)
		}
	}
	var us []Update
	for _, link := range slices.Sorted(maps.Keys(m.addrs)) {
		for _, a := range m.addrs[link] {
			if !next.Has(a.Key()) {
				us = append(us, Update{Kind: AddrGone, Addr: a})
			}
		}
	}
	for _, l := range m.Links() {
		if _, ok := next.links[l.Index]; !ok {
			us = append(us, Update{Kind: LinkGone, Link: l})
		}
	}
	for _, l := range next.Links() {
		if old, ok := m.links[l.Index]; !ok || old != l {
			us = append(us, Update{Kind: LinkIs, Link: l})
		}
	}
	for _, link := range slices.Sorted(maps.Keys(next.addrs)) {
		for _, a := range next.addrs[link] {
			if old, ok := m.known[a.Key()]; !ok || old != a {
				us = append(us, Update{Kind: AddrIs, Addr: a})
			}
		}
	}
	*m = next
	return us
}

// Links returns all links by ascending index.
func (m *Mirror) Links() []Link {
	ls := make([]Link, 0, len(m.links))
	for _, l := range m.links {
		ls = append(ls, l)
	}
	slices.SortFunc(ls, func(a, b Link) int { return cmp.Compare(a.Index, b.Index) })
	return ls
}

// Link returns the link with that index.
func (m *Mirror) Link(index int) (Link, bool) {
	l, ok := m.links[index]
	return l, ok
}

// LinkByName returns the link with that name.
func (m *Mirror) LinkByName(name string) (Link, bool) {
	for _, l := range m.links {
		if l.Name == name {
			return l, true
		}
	}
	return Link{}, false
}

// Addrs returns the addresses on a link in the kernel's order, IPv4 before IPv6. Among IPv6 addresses of
// one scope the order is exact only after Replace: the kernel does not always tell of them in its order.
func (m *Mirror) Addrs(index int) []Addr { return slices.Clone(m.addrs[index]) }

// Find returns the address with that identity; for its key see Has.
func (m *Mirror) Find(k Key) (Addr, bool) {
	a, ok := m.known[k]
	return a, ok
}

// Has reports whether the address is there. Keys of addresses with a peer carry the peer's length, as
// Addr.Normal gives it.
func (m *Mirror) Has(k Key) bool {
	_, ok := m.known[k]
	return ok
}

// Source4 returns the address a VRRP packet leaves from when none is configured: the first IPv4
// address on the link that is not in skip (our own virtual addresses). ok is false if there is none.
func (m *Mirror) Source4(link int, skip func(netip.Addr) bool) (a netip.Addr, ok bool) {
	for _, have := range m.addrs[link] {
		if ip := have.Prefix.Addr(); ip.Is4() && !skip(ip) {
			return ip, true
		}
	}
	return netip.Addr{}, false
}
