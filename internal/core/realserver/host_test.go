package realserver

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"holdfast/internal/core/table"
)

const (
	flagLoopback = 0x8
	flagNoARP    = 0x80
	hwLoopback   = 772
)

// host is a picture that steps can be carried out on.
type host struct{ Picture }

func newHost() *host {
	h := &host{Picture{Ports: map[Port]bool{}, Settings: map[string]int{}}}
	h.Links = []table.Link{
		{Index: 1, Name: "lo", Flags: flagUp | flagLoopback, HWType: hwLoopback},
		{Index: 2, Name: "eth0", Flags: flagUp, HWType: hwEther},
		{Index: 3, Name: "eth1.7", Flags: flagUp, HWType: hwEther},
		{Index: 4, Name: "br0", Kind: "bridge", Flags: flagUp, HWType: hwEther},
		{Index: 5, Name: "port", Master: 4, Flags: flagUp, HWType: hwEther},
		{Index: 6, Name: "dummy0", Flags: flagUp | flagNoARP, HWType: hwEther},
	}
	for _, p := range Needed(h.Links) {
		h.Settings[p] = 0
	}
	return h
}

func (h *host) have(link, prefix string) {
	l, ok := h.named(link)
	if !ok {
		panic(link)
	}
	h.Addrs = append(h.Addrs, table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix(prefix)})
}

func (h *host) clone() *host {
	return &host{Picture{slices.Clone(h.Links), slices.Clone(h.Addrs), maps.Clone(h.Ports), maps.Clone(h.Settings)}}
}

// add makes a link for a tunnel, with the settings of links to come.
func (h *host) add(t Tunnel, flags uint32) {
	index := 0
	for _, l := range h.Links {
		index = max(index, l.Index)
	}
	h.Links = append(h.Links, table.Link{Index: index + 1, Name: t.Name, Kind: t.Type, Flags: flags | flagNoARP, HWType: 768})
	for _, k := range keys {
		h.Settings[path(t.Name, k)] = h.Settings[path("default", k)]
	}
}

// take carries steps out, and says which cannot be.
func (h *host) take(steps []Step) error {
	for _, s := range steps {
		if s.Kind == AddLink {
			if _, ok := h.named(s.Link); ok {
				return fmt.Errorf("%v: it is there", s)
			}
			h.add(Tunnel{s.Link, s.Type}, 0)
			continue
		}
		if s.Kind == OpenPort || s.Kind == ClosePort {
			if _, open := h.Ports[s.Port]; open == (s.Kind == OpenPort) {
				return fmt.Errorf("%v: it is so", s)
			}
			if h.Ports[s.Port] = true; s.Kind == ClosePort {
				delete(h.Ports, s.Port)
			}
			continue
		}
		at := slices.IndexFunc(h.Links, func(l table.Link) bool { return l.Name == s.Link })
		if s.Kind != Set && at < 0 {
			return fmt.Errorf("%v: no such link", s)
		}
		switch s.Kind {
		case Set:
			if now, ok := h.Settings[s.Path]; !ok || now != s.Before || now == s.Value {
				return fmt.Errorf("%v: it is %d, %v", s, now, ok)
			}
			h.Settings[s.Path] = s.Value
		case Raise, Lower:
			if (h.Links[at].Flags&flagUp != 0) == (s.Kind == Raise) {
				return fmt.Errorf("%v: it is so", s)
			}
			h.Links[at].Flags ^= flagUp
		case AddLink, OpenPort, ClosePort: // above
		case DelLink:
			name := s.Link
			h.Addrs = slices.DeleteFunc(h.Addrs, func(a table.Addr) bool { return a.Link == h.Links[at].Index })
			h.Links = slices.Delete(h.Links, at, at+1)
			maps.DeleteFunc(h.Settings, func(p string, _ int) bool { return strings.Contains(p, "/"+name+"/") })
		case AddAddr:
			if h.has(Address{Prefix: s.Prefix, Link: s.Link}) {
				return fmt.Errorf("%v: it is there", s)
			}
			h.have(s.Link, s.Prefix.String())
		case DelAddr:
			n := len(h.Addrs)
			h.Addrs = slices.DeleteFunc(h.Addrs, func(a table.Addr) bool { return a.Link == h.Links[at].Index && a.Prefix == s.Prefix })
			if len(h.Addrs) != n-1 {
				return fmt.Errorf("%v: %d addresses went", s, n-len(h.Addrs))
			}
		}
	}
	return nil
}

func vip(words ...string) (all []VIP) {
	for _, w := range words {
		all = append(all, VIP{Addr: netip.MustParseAddr(w), Method: Direct})
	}
	return all
}

func codes(found []Finding) (all []string) {
	for _, f := range found {
		all = append(all, f.Code)
	}
	return all
}
