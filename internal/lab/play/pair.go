package play

import (
	"embed"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

//go:embed conf
var published embed.FS

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
	Instances []Instance
	Scripted  bool // its notify lines call the lab's script
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

// Published returns the pairs that come with the lab.
func Published() ([]Pair, error) {
	var pairs []Pair
	for _, p := range []Pair{
		{Name: "single", Title: "one address, one preferred router"},
		{Name: "dual", Title: "two addresses, equal priorities: who comes first keeps both"},
	} {
		var cfgs [2]*conf.Config
		for i, host := range []string{"ka67", "ka68"} {
			path := "conf/" + host + "-" + p.Name + ".conf"
			text, err := published.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("lab: pair %s: %w", p.Name, err)
			}
			cfg, findings := conf.Load(embedded{}, path, conf.Options{})
			if err := findings.Err(); err != nil {
				return nil, fmt.Errorf("lab: pair %s: %w", p.Name, err)
			}
			p.Confs[i], cfgs[i] = string(text), cfg
		}
		p.Scripted = true
		if err := p.read(cfgs); err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// Own returns the pair that two files of the user's make.
func Own(src syntax.Source, paths [2]string) (Pair, diag.List, error) {
	p := Pair{Name: "own", Title: paths[0] + " and " + paths[1], Paths: paths}
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
		p.Hosts[i] = cfg.Global.RouterID.V
		for _, c := range cfg.Instances {
			in := p.instance(c)
			if slices.ContainsFunc(in.VIPs, netip.Addr.Is6) {
				return fmt.Errorf("lab: pair %s: %s: IPv6 addresses cannot be watched yet", p.Name, c.Name)
			}
			in.Seats[Routers[i]] = Seat{Prio: c.Priority.V, NoPreempt: c.NoPreempt.V}
		}
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

// embedded reads the published configurations; they include nothing.
type embedded struct{}

func (embedded) ReadFile(path string) ([]byte, error)  { return published.ReadFile(path) }
func (embedded) Glob(pattern string) ([]string, error) { return nil, nil }
func (embedded) Getenv(string) string                  { return "" }
