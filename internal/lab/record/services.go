package record

import (
	"net/netip"
	"slices"
)

// Service is a virtual service in a director's kernel.
type Service struct {
	Addr         netip.AddrPort
	Scheduler    string
	Destinations []Destination `json:",omitempty"`
}

// Destination is one of its servers.
type Destination struct {
	Addr     netip.AddrPort
	Forward  string // as ipvsadm writes it
	Weight   int
	Active   int `json:",omitempty"` // established connections
	Inactive int `json:",omitempty"` // others
}

// Find returns the service of that address, or nil.
func Find(table []Service, addr netip.AddrPort) *Service {
	i := slices.IndexFunc(table, func(s Service) bool { return s.Addr == addr })
	if i < 0 {
		return nil
	}
	return &table[i]
}

// Servers returns the addresses of a service's destinations, ascending.
func (s *Service) Servers() (addrs []netip.AddrPort) {
	for _, d := range s.Destinations {
		addrs = append(addrs, d.Addr)
	}
	slices.SortFunc(addrs, netip.AddrPort.Compare)
	return addrs
}

// SameTable reports whether two tables differ in nothing but counts.
func SameTable(a, b []Service) bool {
	return slices.EqualFunc(a, b, func(a, b Service) bool {
		return a.Addr == b.Addr && a.Scheduler == b.Scheduler && slices.EqualFunc(a.Destinations, b.Destinations, func(a, b Destination) bool {
			return a.Addr == b.Addr && a.Forward == b.Forward && a.Weight == b.Weight
		})
	})
}
