package play

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/lab/record"
)

// Routers are the names of the two routers, in the order of a pair's configurations.
var Routers = [2]string{"r1", "r2"}

// Other returns the other router.
func Other(node string) string {
	if node == Routers[0] {
		return Routers[1]
	}
	return Routers[0]
}

// Pair is two configurations and what they are about.
type Pair struct {
	Name      string
	Title     string
	Confs     [2]string // text; empty for a pair of the user's own
	Paths     [2]string // files, for a pair of the user's own
	Hosts     [2]string // what each calls itself (router_id)
	Addrs     Addrs
	Instances []Instance
	Groups    []Group
	Scripted  bool     // its notify lines call the lab's script
	Cluster   *Cluster // nil: it serves nobody but the client's probes
}

// Addrs are the two routers' own addresses by interface.
type Addrs map[string][2]netip.Prefix

// Group is a sync group that both configurations have.
type Group struct {
	Name    string
	Members []int // positions in Pair.Instances, ascending
}

// Instance is one virtual router, as both configurations together have it.
type Instance struct {
	Name     string
	Link     string
	VRID     uint8
	Version  uint8
	Interval time.Duration
	VIPs     []netip.Addr
	Seats    map[string]Seat // by router; a router without this instance has none
}

// Seat is one router's part in an instance.
type Seat struct {
	Prio      uint8
	NoPreempt bool
}

// VR is the virtual router as the wire names it.
func (in *Instance) VR() record.VR { return record.VR{Link: in.Link, VRID: in.VRID} }

// Skew is how much longer than three intervals the node waits, and all that it waits after a farewell.
func (in *Instance) Skew(node string) time.Duration {
	unit := time.Second // RFC 3768 §6.1
	if in.Version == 3 {
		unit = in.Interval // RFC 9568 §6.1
	}
	return unit * time.Duration(256-int(in.Seats[node].Prio)) / 256
}

// Down is how long the node waits for a silent master.
func (in *Instance) Down(node string) time.Duration { return 3*in.Interval + in.Skew(node) }

// Heir returns who has to be master once the nodes up are up, if master was it until now ("" if nobody).
func (in *Instance) Heir(master string, up []string) string {
	best := ""
	for _, node := range up {
		if seat, ok := in.Seats[node]; ok && (best == "" || seat.Prio > in.Seats[best].Prio) {
			best = node
		}
	}
	if master == "" || !slices.Contains(up, master) || best == "" {
		return best
	}
	if in.Seats[best].Prio > in.Seats[master].Prio && !in.Seats[best].NoPreempt {
		return best
	}
	return master
}

// Level reports whether neither router outranks the other: who is first stays master.
func (in *Instance) Level() bool {
	return in.Seats[Routers[0]].Prio == in.Seats[Routers[1]].Prio
}

// VIPs returns every virtual address of the pair once, in order.
func (p *Pair) VIPs() []netip.Addr {
	var all []netip.Addr
	for _, in := range p.Instances {
		for _, ip := range in.VIPs {
			if !slices.Contains(all, ip) {
				all = append(all, ip)
			}
		}
	}
	return all
}

// Links returns the names of the interfaces that the pair needs, in order.
func (p *Pair) Links() []string {
	var all []string
	for _, in := range p.Instances {
		if !slices.Contains(all, in.Link) {
			all = append(all, in.Link)
		}
	}
	return all
}

// Own returns the pair that two files of the user's make.
func Own(src syntax.Source, paths [2]string) (Pair, diag.List, error) {
	p := Pair{Name: "own", Title: paths[0] + " and " + paths[1], Paths: paths, Addrs: flat}
	var cfgs [2]*conf.Config
	var all diag.List
	for i, path := range paths {
		if _, err := src.ReadFile(path); err != nil {
			return p, all, fmt.Errorf("lab: pair: %s: %w", path, err)
		}
		cfg, findings := conf.Load(src, path, conf.Options{})
		all.Join(findings)
		cfgs[i] = cfg
	}
	return p, all, p.read(cfgs)
}

// read draws the facts of a pair from its configurations.
func (p *Pair) read(cfgs [2]*conf.Config) error {
	for i, cfg := range cfgs {
		if id := cfg.Global.RouterID.V; id != "" {
			p.Hosts[i] = id
		}
		for _, c := range cfg.Instances {
			in := p.instance(c)
			if slices.ContainsFunc(in.VIPs, netip.Addr.Is6) {
				return fmt.Errorf("lab: pair %s: %s: IPv6 addresses cannot be watched yet", p.Name, c.Name)
			}
			in.Seats[Routers[i]] = Seat{Prio: c.Priority.V, NoPreempt: c.NoPreempt.V}
		}
	}
	if err := p.readGroups(cfgs); err != nil {
		return err
	}
	if len(p.Instances) == 0 {
		return errors.New("lab: pair " + p.Name + ": no vrrp_instance")
	}
	for _, in := range p.Instances {
		if len(in.Seats) != len(Routers) {
			return fmt.Errorf("lab: pair %s: %s (virtual_router_id %d on %s) is in one of the two files only",
				p.Name, in.Name, in.VRID, in.Link)
		}
		if len(in.VIPs) == 0 {
			return fmt.Errorf("lab: pair %s: %s: no virtual_ipaddress to ask", p.Name, in.Name)
		}
	}
	return nil
}

// instance finds or adds the virtual router that c belongs to: same interface, same VRID.
func (p *Pair) instance(c *conf.Instance) *Instance {
	for i := range p.Instances {
		if in := &p.Instances[i]; in.Link == c.Interface.V && in.VRID == c.VRID.V {
			return in
		}
	}
	in := Instance{
		Name: c.Name, Link: c.Interface.V, VRID: c.VRID.V, Version: c.Version.V,
		Interval: c.AdvertInt.V, Seats: map[string]Seat{},
	}
	for _, a := range c.Addresses {
		in.VIPs = append(in.VIPs, a.Prefix.Addr())
	}
	p.Instances = append(p.Instances, in)
	return &p.Instances[len(p.Instances)-1]
}

// readGroups finds the sync groups. What one file groups and the other does not would have no heir that
// follows from the configurations alone.
func (p *Pair) readGroups(cfgs [2]*conf.Config) error {
	var found [2][]Group
	for i, cfg := range cfgs {
		at := map[string]int{}
		for _, c := range cfg.Instances {
			at[c.Name] = slices.IndexFunc(p.Instances, func(in Instance) bool {
				return in.VR() == record.VR{Link: c.Interface.V, VRID: c.VRID.V}
			})
		}
		for _, c := range cfg.Groups {
			g := Group{Name: c.Name}
			for _, m := range c.Members {
				if n, ok := at[m.V]; ok {
					g.Members = append(g.Members, n)
				}
			}
			slices.Sort(g.Members)
			found[i] = append(found[i], g)
		}
		slices.SortFunc(found[i], func(a, b Group) int { return slices.Compare(a.Members, b.Members) })
	}
	same := func(a, b Group) bool { return slices.Equal(a.Members, b.Members) }
	if !slices.EqualFunc(found[0], found[1], same) {
		return fmt.Errorf("lab: pair %s: the sync groups of the two files differ", p.Name)
	}
	p.Groups = found[0]
	return nil
}
