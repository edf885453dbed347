package lab

import (
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"holdfast/conf/syntax"
	"holdfast/internal/lab/play"
	"holdfast/internal/lab/rig"
	"holdfast/internal/lab/site"
)

// Options say what Run does.
type Options struct {
	Program   string        // the daemon; empty: this program
	Pair      []string      // two configurations of the user's; empty: the published pairs
	Source    syntax.Source // how Pair is read
	Addrs     play.Addrs    // instead of the pairs' own
	Scenarios []string      // which published pairs, or "all"; empty: play.Tour
	Hold      bool          // stop after the cold start and stay there until ctx ends
	JSON      bool          // the result as one JSON document on Out
	Began     time.Time     // when the user began to wait; zero: now
	Feed      io.Writer     // not nil: this is a lab in a guest, which writes all it sees there and nothing else

	Out    io.Writer // the result
	Screen *os.File  // a terminal for the live picture, or nil
	Lines  io.Writer // what happens, line by line, when there is no Screen

	clock clock
}

// UsageError is something that the user asked for and the lab cannot do.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// ParseAddr reads IFACE=ADDR/LEN,ADDR/LEN: the two routers' addresses on an interface.
func ParseAddr(s string) (iface string, addrs [2]netip.Prefix, err error) {
	iface, list, ok := strings.Cut(s, "=")
	parts := strings.Split(list, ",")
	if !ok || iface == "" || len(parts) != 2 {
		return "", addrs, fmt.Errorf("lab: address %q: want IFACE=ADDR/LEN,ADDR/LEN", s)
	}
	for i, part := range parts {
		if addrs[i], err = netip.ParsePrefix(part); err != nil {
			return "", addrs, fmt.Errorf("lab: address %q: %w", s, err)
		}
		if !addrs[i].Addr().Is4() {
			return "", addrs, fmt.Errorf("lab: address %q: only IPv4 can be watched yet", s)
		}
	}
	return iface, addrs, nil
}

// pairs returns what is to be played.
func (o *Options) pairs() ([]play.Pair, error) {
	chosen, err := o.choose()
	if len(o.Addrs) > 0 {
		for i := range chosen {
			chosen[i].Addrs = o.Addrs
		}
	}
	return chosen, err
}

func (o *Options) choose() ([]play.Pair, error) {
	switch len(o.Pair) {
	case 0:
	case 2:
		p, findings, err := play.Own(o.Source, [2]string(o.Pair))
		for _, d := range findings.All() {
			fmt.Fprintf(o.Lines, "%s: %s\n", d.At, d.Summary)
		}
		return []play.Pair{p}, err
	default:
		return nil, fmt.Errorf("lab: pair: want two files, got %d", len(o.Pair))
	}
	all, err := play.Published()
	names := o.Scenarios
	switch {
	case err != nil || o.everything():
		return all, err
	case len(names) == 0:
		names = play.Tour
	}
	var chosen []play.Pair
	for _, name := range names {
		i := slices.IndexFunc(all, func(p play.Pair) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("lab: no scenario %q (try: --scenario list)", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// everything reports whether all published pairs are to be played.
func (o *Options) everything() bool { return slices.Equal(o.Scenarios, []string{"all"}) }

// plan says how the lab for a pair is built.
func plan(p *play.Pair, program string) (rig.Plan, error) {
	pl := rig.Plan{VIPs: p.VIPs(), Program: program, Confs: map[string]string{}, Paths: map[string]string{}}
	for i, node := range play.Routers {
		pl.Confs[node], pl.Paths[node] = p.Confs[i], p.Paths[i]
	}
	if p.Cluster != nil {
		pl.Site, pl.Pages = p.Cluster.Site, true
		return pl, nil
	}
	client := site.Machine{Name: site.Client}
	routers := [2]site.Machine{{Name: play.Routers[0], Director: true}, {Name: play.Routers[1], Director: true}}
	for i, name := range p.Links() {
		a, ok := p.Addrs[name]
		if !ok {
			return pl, fmt.Errorf("lab: pair %s: no addresses for %s (--addr %s=ADDR/LEN,ADDR/LEN)", p.Name, name, name)
		}
		for _, l := range client.Ports {
			if l.Addr.Overlaps(a[0]) {
				return pl, fmt.Errorf("lab: pair %s: %s and %s are on one network, %v: the client could not tell them apart",
					p.Name, l.Name, name, a[0].Masked())
			}
		}
		addr, err := spare(a, p.VIPs())
		if err != nil {
			return pl, fmt.Errorf("lab: pair %s: %s: %w", p.Name, name, err)
		}
		client.Ports = append(client.Ports, site.Port{Segment: i, Name: name, Addr: addr})
		for n := range routers {
			routers[n].Ports = append(routers[n].Ports, site.Port{Segment: i, Name: name, Addr: a[n]})
		}
	}
	pl.Site.Machines = []site.Machine{client, routers[0], routers[1]}
	for _, in := range p.Instances {
		for _, ip := range in.VIPs {
			if !p.Addrs[in.Link][0].Contains(ip) {
				return pl, fmt.Errorf("lab: pair %s: %v is not in %v of %s: the client could not ask it directly",
					p.Name, ip, p.Addrs[in.Link][0].Masked(), in.Link)
			}
		}
	}
	return pl, nil
}

// spare returns an address of the routers' network for the client: the lowest one that is taken neither
// by a router nor by a virtual address.
func spare(routers [2]netip.Prefix, vips []netip.Addr) (netip.Prefix, error) {
	network := routers[0].Masked()
	for ip := network.Addr().Next(); network.Contains(ip.Next()); ip = ip.Next() {
		if ip != routers[0].Addr() && ip != routers[1].Addr() && !slices.Contains(vips, ip) {
			return netip.PrefixFrom(ip, network.Bits()), nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("no address left for the client in %v", network)
}
