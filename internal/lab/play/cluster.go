package play

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/internal/lab/record"
	"holdfast/internal/lab/site"
)

// Cluster is what a pair of directors serves, and where it all stands.
type Cluster struct {
	Site     site.Site
	Services []Service
}

// Service is a virtual server that both directors have.
type Service struct {
	Addr      netip.AddrPort
	Scheduler string
	Servers   []netip.AddrPort // the real servers, ascending
	Sorry     netip.AddrPort   // zero: none
	Pace      map[string]Pace  // by router
}

// Pace is how long a director takes at most to see that a server has died, and that it is back.
type Pace struct{ Out, In time.Duration }

// Sorry is what the directors' page of excuse says.
const Sorry = "sorry"

// host makes a machine with an address on each of some interfaces.
func host(name string, ports ...site.Port) site.Machine {
	return site.Machine{Name: name, Ports: ports}
}

func port(segment int, name, addr string) site.Port {
	return site.Port{Segment: segment, Name: name, Addr: netip.MustParsePrefix(addr)}
}

// routed is a cluster whose clients, virtual address and real servers are in three networks; the real servers answer past the
// directors, and the router joins them.
func routed() *Cluster {
	ip := netip.MustParseAddr
	client, router := host(site.Client, port(0, "eth0", "192.168.10.1/24")),
		host("router", port(0, "eth0", "192.168.10.254/24"), port(1, "eth1", "192.168.11.254/24"), port(2, "eth2", "192.168.12.254/24"))
	client.Gateway, router.Forward = ip("192.168.10.254"), true
	c := &Cluster{Site: site.Site{Machines: []site.Machine{client, router}}}
	for i, name := range Routers {
		d := host(name, port(1, "eth0", fmt.Sprintf("192.168.11.%d/24", 101+i)), port(2, "eth1", fmt.Sprintf("192.168.12.%d/24", 101+i)))
		d.Gateway, d.Director, d.Page = ip("192.168.11.254"), true, Sorry
		c.Site.Machines = append(c.Site.Machines, d)
	}
	for i := range 2 {
		w := host(fmt.Sprintf("web%d", i+1), port(2, "eth0", fmt.Sprintf("192.168.12.%d/24", 121+i)))
		w.Gateway, w.Loopback, w.Page = ip("192.168.12.254"), []netip.Addr{ip("192.168.11.100")}, w.Name
		c.Site.Machines = append(c.Site.Machines, w)
	}
	return c
}

// onOne is a cluster on one network.
func onOne() *Cluster {
	ip := netip.MustParseAddr
	c := &Cluster{Site: site.Site{Machines: []site.Machine{host(site.Client, port(0, "eth1", "10.16.8.200/24"))}}}
	for i, name := range Routers {
		d := host(name, port(0, "eth1", fmt.Sprintf("10.16.8.%d/24", 10+i)))
		d.Director = true
		c.Site.Machines = append(c.Site.Machines, d)
	}
	for i := range 2 {
		w := host(fmt.Sprintf("web%d", i+1), port(0, "eth1", fmt.Sprintf("10.16.8.%d/24", 8+i)))
		w.Loopback, w.Page = []netip.Addr{ip("10.16.8.100"), ip("10.16.8.101")}, w.Name
		c.Site.Machines = append(c.Site.Machines, w)
	}
	return c
}

// read draws the virtual servers from the two configurations, which must have the same.
func (c *Cluster) read(cfgs [2]*conf.Config) error {
	for i, cfg := range cfgs {
		for n, vs := range cfg.VirtualServers {
			if i == 0 {
				c.Services = append(c.Services, service(vs))
			}
			if n >= len(c.Services) || c.Services[n].Addr != vs.Address.V {
				return errors.New("the virtual servers of the two configurations differ")
			}
			c.Services[n].Pace[Routers[i]] = pace(vs)
		}
	}
	return nil
}

func service(vs *conf.VirtualServer) Service {
	s := Service{Addr: vs.Address.V, Scheduler: vs.Scheduler.V, Sorry: vs.SorryServer.V, Pace: map[string]Pace{}}
	for _, rs := range vs.RealServers {
		s.Servers = append(s.Servers, rs.Address.V)
	}
	slices.SortFunc(s.Servers, netip.AddrPort.Compare)
	return s
}

// pace follows from how often a server is looked at: one that has died just after a look is looked at again after the delay loop, and
// then as often as it says. One that is back has to be seen so in two looks.
func pace(vs *conf.VirtualServer) (p Pace) {
	for _, rs := range vs.RealServers {
		for _, c := range rs.Checkers {
			t := c.Timing
			loop, retry := t.DelayLoop.V, t.DelayBeforeRetry.V
			p.Out = max(p.Out, loop+time.Duration(t.Retry.V)*retry)
			p.In = max(p.In, 2*loop+retry)
		}
	}
	return p
}

// machine returns the name of the one that has a real server's address.
func (c *Cluster) machine(addr netip.Addr) string {
	for _, m := range c.Site.Machines {
		for _, p := range m.Ports {
			if p.Addr.Addr() == addr {
				return m.Name
			}
		}
	}
	return ""
}

// wants is what the service's destinations have to be while these servers live.
func (c *Cluster) wants(s *Service, alive []string) (addrs []netip.AddrPort) {
	for _, a := range s.Servers {
		if slices.Contains(alive, c.machine(a.Addr())) {
			addrs = append(addrs, a)
		}
	}
	if len(addrs) == 0 && s.Sorry.IsValid() {
		addrs = []netip.AddrPort{s.Sorry}
	}
	return addrs
}

// has reports whether a table has exactly these destinations for a service.
func has(table []record.Service, s *Service, want []netip.AddrPort) bool {
	found := record.Find(table, s.Addr)
	return found != nil && found.Scheduler == s.Scheduler && slices.Equal(found.Servers(), want)
}
