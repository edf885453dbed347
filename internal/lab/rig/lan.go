package rig

import (
	"fmt"
	"net/netip"

	"holdfast/internal/core/table"
	"holdfast/internal/host/link"
	"holdfast/internal/host/netns"
)

// Link is one segment: an interface of the same name in the client and in every router, on a bridge of
// its own. A router without a prefix on the segment is on it without an address.
type Link struct {
	Name    string
	Routers map[string]netip.Prefix
	Client  netip.Prefix
}

// port is where a port of the switch leads to.
type port struct{ node, link string }

// ports remembers which switch port leads where.
type ports struct {
	byIndex map[int]port
	of      map[string]map[string]int // router, link name to port
}

// wire builds the segments in the namespaces: sw holds the bridges.
func wire(sw, client *netns.Space, routers map[string]*netns.Space, links []Link) (ports, error) {
	p := ports{map[int]port{}, map[string]map[string]int{}}
	r, err := openLink(sw)
	if err != nil {
		return p, err
	}
	defer r.Close() //nolint:errcheck // nothing is pending
	for i, l := range links {
		bridge, err := addBridge(r, fmt.Sprintf("br%d", i))
		if err != nil {
			return p, fmt.Errorf("lab: switch: %w", err)
		}
		if _, err := plugIn(r, client, fmt.Sprintf("p-client-%d", i), bridge, l.Name, l.Client); err != nil {
			return p, fmt.Errorf("lab: client: %w", err)
		}
		for name, s := range routers {
			index, err := plugIn(r, s, fmt.Sprintf("p-%s-%d", name, i), bridge, l.Name, l.Routers[name])
			if err != nil {
				return p, fmt.Errorf("lab: %s: %w", name, err)
			}
			p.byIndex[index] = port{name, l.Name}
			if p.of[name] == nil {
				p.of[name] = map[string]int{}
			}
			p.of[name][l.Name] = index
		}
	}
	return p, nil
}

// openLink speaks to a namespace's rtnetlink.
func openLink(s *netns.Space) (*link.Conn, error) {
	c, err := link.Open(link.Options{NetNS: s.FD()})
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", s.Name, err)
	}
	return c, nil
}

func addBridge(sw *link.Conn, name string) (index int, err error) {
	if err := sw.AddBridge(name); err != nil {
		return 0, err
	}
	return raise(sw, name)
}

// raise turns a link on and returns its index.
func raise(c *link.Conn, name string) (int, error) {
	l, err := c.ByName(name)
	if err != nil {
		return 0, err
	}
	return l.Index, c.SetUp(l.Index, true)
}

// plugIn joins a namespace to the bridge by a cable from port to ifname, gives its end an address and
// returns the port's index.
func plugIn(sw *link.Conn, s *netns.Space, port string, bridge int, ifname string, addr netip.Prefix) (int, error) {
	if err := sw.AddVeth(port, ifname, s.FD()); err != nil {
		return 0, err
	}
	index, err := raise(sw, port)
	if err != nil {
		return 0, err
	}
	if err := sw.SetMaster(index, bridge); err != nil {
		return 0, err
	}
	c, err := openLink(s)
	if err != nil {
		return 0, err
	}
	defer c.Close() //nolint:errcheck // nothing is pending
	if _, err := raise(c, "lo"); err != nil {
		return 0, err
	}
	inside, err := raise(c, ifname)
	if err != nil || !addr.IsValid() {
		return index, err
	}
	return index, c.Apply([]table.Op{{Kind: table.AddAddr, Addr: table.Addr{
		Link: inside, Prefix: addr, Valid: table.Forever, Preferred: table.Forever,
	}}})[0]
}
