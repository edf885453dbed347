package rig

import (
	"fmt"
	"net/netip"
	"slices"

	"holdfast/internal/core/table"
	"holdfast/internal/host/link"
	"holdfast/internal/host/netns"
	"holdfast/internal/lab/site"
)

// port is where a port of the switch leads to.
type port struct{ node, link string }

// ports remembers which switch port leads where. Those by index are the directors' only.
type ports struct {
	byIndex map[int]port
	of      map[string]map[string]int // machine, interface to port
}

// wire builds the segments, a bridge of the switch each, and joins the machines to them.
func wire(sw *netns.Space, machines []*machine, segments int) (ports, error) {
	p := ports{map[int]port{}, map[string]map[string]int{}}
	r, err := openLink(sw)
	if err != nil {
		return p, err
	}
	defer r.Close() //nolint:errcheck // nothing is pending
	bridges := make([]int, segments)
	for i := range bridges {
		if bridges[i], err = addBridge(r, fmt.Sprintf("br%d", i)); err != nil {
			return p, fmt.Errorf("lab: switch: %w", err)
		}
	}
	for _, m := range machines {
		p.of[m.site.Name] = map[string]int{}
		for i, end := range m.site.Ports {
			index, err := plugIn(r, m.space, fmt.Sprintf("p-%s-%d", m.site.Name, i), bridges[end.Segment], end)
			if err != nil {
				return p, fmt.Errorf("lab: %s: %w", m.site.Name, err)
			}
			p.of[m.site.Name][end.Name] = index
			if m.site.Director {
				p.byIndex[index] = port{m.site.Name, end.Name}
			}
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

// plugIn joins a namespace to the bridge by a cable from port to the machine's end, gives that its address and returns the port's
// index.
func plugIn(sw *link.Conn, s *netns.Space, port string, bridge int, end site.Port) (int, error) {
	if err := sw.AddVeth(port, end.Name, s.FD()); err != nil {
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
	inside, err := raise(c, end.Name)
	if err != nil || !end.Addr.IsValid() {
		return index, err
	}
	return index, addAddr(c, inside, end.Addr)
}

func addAddr(c *link.Conn, index int, addr netip.Prefix) error {
	return c.Apply([]table.Op{{Kind: table.AddAddr, Addr: table.Addr{
		Link: index, Prefix: addr, Valid: table.Forever, Preferred: table.Forever,
	}}})[0]
}

// strangers returns the addresses of a machine that are neither its own nor of its loopback.
func strangers(c *link.Conn, m *site.Machine) ([]table.Op, error) {
	lo, err := c.ByName("lo")
	if err != nil {
		return nil, err
	}
	all, err := c.Addrs()
	if err != nil {
		return nil, err
	}
	var ops []table.Op
	for _, a := range all {
		own := func(p site.Port) bool { return p.Addr == a.Prefix }
		if a.Prefix.Addr().Is4() && a.Link != lo.Index && !slices.ContainsFunc(m.Ports, own) {
			ops = append(ops, table.Op{Kind: table.DelAddr, Addr: a})
		}
	}
	return ops, nil
}
