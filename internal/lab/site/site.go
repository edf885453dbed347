package site

import (
	"net/netip"
	"slices"
)

// Site is a network with its machines. Segments are numbered from 0.
type Site struct{ Machines []Machine }

// Machine is one of them.
type Machine struct {
	Name     string
	Ports    []Port
	Gateway  netip.Addr   // zero: none
	Forward  bool         // it is a router
	Loopback []netip.Addr // virtual addresses that it takes for its own and tells nobody of: a real server of direct routing
	Page     string       // what its web server says; empty: it has none
	Director bool         // a daemon runs on it
}

// Port is an interface of a machine.
type Port struct {
	Segment int
	Name    string
	Addr    netip.Prefix // zero: none
}

// Client is the name of the machine that asks.
const Client = "client"

// Segments returns how many there are.
func (s *Site) Segments() int {
	n := 0
	for _, m := range s.Machines {
		for _, p := range m.Ports {
			n = max(n, p.Segment+1)
		}
	}
	return n
}

// Machine returns the one of that name, or nil.
func (s *Site) Machine(name string) *Machine {
	i := slices.IndexFunc(s.Machines, func(m Machine) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Machines[i]
}

// Directors returns the names of those with a daemon, in order.
func (s *Site) Directors() (names []string) {
	for _, m := range s.Machines {
		if m.Director {
			names = append(names, m.Name)
		}
	}
	return names
}

// Servers returns the names of the real servers, in order.
func (s *Site) Servers() (names []string) {
	for _, m := range s.Machines {
		if m.Page != "" && !m.Director {
			names = append(names, m.Name)
		}
	}
	return names
}
