package lvs

import "net/netip"

// Owned is what of the kernel's table is ours: what we have put there, or what an earlier life of ours has. The zero Owned is
// empty, a nil *Owned holds everything. Services of others, and destinations that others have added to a service of ours, are not in it.
type Owned struct {
	services map[Key]*holding
}

type holding struct {
	service bool // the service itself is ours, and goes when it is no longer wanted
	dests   map[netip.AddrPort]bool
}

// Done notes an Op that was carried out: what was added or edited is ours, what was deleted is not any more.
func (o *Owned) Done(op Op) {
	switch key := op.Service.Key; op.Kind {
	case AddService, EditService:
		o.at(key).service = true
	case AddDest, EditDest:
		o.at(key).dests[op.Dest.Addr] = true
	case DelDest:
		if h := o.services[key]; h != nil {
			delete(h.dests, op.Dest.Addr)
		}
	case DelService:
		delete(o.services, key)
	}
}

// Claim makes what e names ours, without an Op: it was there when we came, and is wanted.
func (o *Owned) Claim(e Entry) {
	h := o.at(e.Service.Key)
	h.service = true
	for _, d := range e.Dests {
		h.dests[d.Addr] = true
	}
}

// Service reports whether a service is ours.
func (o *Owned) Service(k Key) bool {
	if o == nil {
		return true
	}
	h := o.services[k]
	return h != nil && h.service
}

// Dest reports whether a destination is ours.
func (o *Owned) Dest(k Key, a netip.AddrPort) bool {
	if o == nil {
		return true
	}
	h := o.services[k]
	return h != nil && h.dests[a]
}

// Keys gives the services of which something is ours, in no order.
func (o *Owned) Keys() []Key {
	keys := make([]Key, 0, len(o.services))
	for k := range o.services {
		keys = append(keys, k)
	}
	return keys
}

func (o *Owned) at(k Key) *holding {
	h := o.services[k]
	if h == nil {
		if o.services == nil {
			o.services = make(map[Key]*holding)
		}
		h = &holding{dests: make(map[netip.AddrPort]bool)}
		o.services[k] = h
	}
	return h
}
