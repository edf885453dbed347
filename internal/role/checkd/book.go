package checkd

import (
	"net/netip"

	"holdfast/internal/core/lvs"
)

// book is what the kernel was told to hold.
type book struct {
	services map[lvs.Key]*shelf
	order    []lvs.Key // of services; those that are gone stay until clean
}

// shelf is one service and its destinations.
type shelf struct {
	service lvs.Service
	dests   map[netip.AddrPort]lvs.Dest
	order   []netip.AddrPort // as order of book
}

func newBook() *book { return &book{services: make(map[lvs.Key]*shelf)} }

// write makes entries all that there is.
func (b *book) write(entries []lvs.Entry) {
	*b = *newBook()
	for _, e := range entries {
		p := b.open(e.Service)
		if len(p.dests) == 0 {
			p.dests, p.order = make(map[netip.AddrPort]lvs.Dest, len(e.Dests)), make([]netip.AddrPort, 0, len(e.Dests))
		}
		for _, d := range e.Dests {
			p.put(d)
		}
	}
}

// note takes in what an operation means, whether or not the kernel has carried it out.
func (b *book) note(op lvs.Op) {
	switch op.Kind {
	case lvs.AddService, lvs.EditService:
		b.open(op.Service).service = op.Service
	case lvs.DelService:
		delete(b.services, op.Service.Key)
	case lvs.AddDest, lvs.EditDest:
		if p := b.services[op.Service.Key]; p != nil {
			p.put(op.Dest)
		}
	case lvs.DelDest:
		if p := b.services[op.Service.Key]; p != nil {
			delete(p.dests, op.Dest.Addr)
		}
	}
}

func (b *book) open(s lvs.Service) *shelf {
	p := b.services[s.Key]
	if p == nil {
		p = &shelf{service: s, dests: make(map[netip.AddrPort]lvs.Dest)}
		b.services[s.Key] = p
		b.order = append(b.order, s.Key)
	}
	return p
}

func (p *shelf) put(d lvs.Dest) {
	if _, is := p.dests[d.Addr]; !is {
		if len(p.order) > 2*len(p.dests)+16 { // most of it went and came
			p.clean()
		}
		p.order = append(p.order, d.Addr)
	}
	p.dests[d.Addr] = d
}

func (p *shelf) clean() {
	p.order = tidy(p.order, func(a netip.AddrPort) bool { _, is := p.dests[a]; return is })
}

// keys returns the services, in the order in which they came.
func (b *book) keys() []lvs.Key {
	b.order = tidy(b.order, func(k lvs.Key) bool { return b.services[k] != nil })
	return b.order
}

// entry returns a service as a whole; nil if it is not to be.
func (b *book) entry(k lvs.Key) *lvs.Entry {
	p := b.services[k]
	if p == nil {
		return nil
	}
	p.clean()
	e := &lvs.Entry{Service: p.service, Dests: make([]lvs.Dest, 0, len(p.order))}
	for _, a := range p.order {
		e.Dests = append(e.Dests, p.dests[a])
	}
	return e
}

// tidy keeps of a list what is there, each once. What went and came again counts from its last coming.
func tidy[T comparable](list []T, there func(T) bool) []T {
	seen := make(map[T]bool, len(list))
	at := len(list)
	for i := len(list) - 1; i >= 0; i-- {
		if x := list[i]; there(x) && !seen[x] {
			seen[x] = true
			at--
			list[at] = x
		}
	}
	return list[at:]
}

// holds reports whether what the kernel has of a service is just what the book says.
func (b *book) holds(have *lvs.Entry) bool {
	p := b.services[have.Service.Key]
	if p == nil || len(p.dests) != len(have.Dests) || !have.Service.Same(p.service) {
		return false
	}
	for _, d := range have.Dests {
		if want, is := p.dests[d.Addr]; !is || want != d {
			return false
		}
	}
	return true
}
