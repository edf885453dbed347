package lint

import (
	"net/netip"
	"slices"

	"holdfast/conf"
)

// pair is the two nodes with their instances matched.
type pair struct {
	a, b    *node
	twins   []twin
	lonelyA []*conf.Instance // without a counterpart in b
	lonelyB []*conf.Instance
}

// twin is one virtual router as the two nodes have it.
type twin struct{ a, b *conf.Instance }

// newPair matches what belongs together: first what agrees in VRID and family and in name or an address, then what agrees in
// VRID and family, then in name, then in an address. Each instance is matched once.
func newPair(a, b *node) *pair {
	p := &pair{a: a, b: b}
	taken := map[*conf.Instance]bool{}
	for _, same := range []func(x, y *conf.Instance) bool{
		func(x, y *conf.Instance) bool {
			return sameVRID(x, y) && (shares(x, y) || x.Name == y.Name)
		},
		sameVRID,
		func(x, y *conf.Instance) bool { return x.Name == y.Name && x.IPv6() == y.IPv6() },
		shares,
	} {
		index := newFinder(b)
		for _, x := range a.cfg.Instances {
			if taken[x] {
				continue
			}
			for _, y := range index.candidates(x) {
				if !taken[y] && same(x, y) {
					taken[x], taken[y] = true, true
					p.twins = append(p.twins, twin{x, y})
					break
				}
			}
		}
	}
	// In the order of the second file, which most findings are told about.
	at := map[*conf.Instance]int{}
	for i, y := range b.cfg.Instances {
		at[y] = i
	}
	slices.SortFunc(p.twins, func(s, t twin) int { return at[s.b] - at[t.b] })
	left := func(list []*conf.Instance) (out []*conf.Instance) {
		for _, in := range list {
			if !taken[in] {
				out = append(out, in)
			}
		}
		return out
	}
	p.lonelyA, p.lonelyB = left(a.cfg.Instances), left(b.cfg.Instances)
	return p
}

// finder knows a node's instances by what they can be matched by, so that thousands of instances stay quick.
type finder struct {
	name map[string][]*conf.Instance
	vrid map[uint8][]*conf.Instance
	addr map[netip.Addr][]*conf.Instance
}

func newFinder(n *node) *finder {
	f := &finder{map[string][]*conf.Instance{}, map[uint8][]*conf.Instance{}, map[netip.Addr][]*conf.Instance{}}
	for _, in := range n.cfg.Instances {
		f.name[in.Name] = append(f.name[in.Name], in)
		f.vrid[in.VRID.V] = append(f.vrid[in.VRID.V], in)
		for _, a := range addresses(in.Addresses) {
			f.addr[a] = append(f.addr[a], in)
		}
	}
	return f
}

func (f *finder) candidates(x *conf.Instance) []*conf.Instance {
	out := slices.Clone(f.name[x.Name])
	for _, a := range addresses(x.Addresses) {
		out = append(out, f.addr[a]...)
	}
	return append(out, f.vrid[x.VRID.V]...)
}

func sameVRID(x, y *conf.Instance) bool { return x.VRID.V == y.VRID.V && x.IPv6() == y.IPv6() }

// shares reports whether two instances have a virtual address in common.
func shares(x, y *conf.Instance) bool {
	have := addresses(y.Addresses)
	for _, a := range addresses(x.Addresses) {
		if slices.Contains(have, a) {
			return true
		}
	}
	return false
}

// standing is a twin by who wins while everything is well.
type standing struct {
	high, low           *conf.Instance
	highNode, lowNode   *node
	highItems, lowItems []item
	highScore, lowScore int
}

// stand ranks the two sides; false if they are equal.
func (p *pair) stand(t twin) (standing, bool) {
	ia, ib := p.a.items(t.a), p.b.items(t.b)
	sa, sb := score(t.a, ia, none), score(t.b, ib, none)
	switch {
	case sa > sb:
		return standing{t.a, t.b, p.a, p.b, ia, ib, sa, sb}, true
	case sb > sa:
		return standing{t.b, t.a, p.b, p.a, ib, ia, sb, sa}, true
	}
	return standing{}, false
}
