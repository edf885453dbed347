package play

import (
	"embed"
	"fmt"
	"net/netip"
	"strings"

	"holdfast/conf"
)

//go:embed conf
var published embed.FS

// Networks of the published pairs: one for the two that have a single network, two for the others.
var (
	flat = Addrs{"eth0": both("172.16.8.10/24", "172.16.8.11/24")}
	edge = Addrs{"eth1": both("10.16.8.10/24", "10.16.8.11/24"), "eth2": both("172.16.8.10/24", "172.16.8.11/24")}
	lvs  = Addrs{"eth0": both("192.168.200.5/24", "192.168.200.6/24"), "eth1": both("192.168.100.5/24", "192.168.100.6/24")}
)

func both(a, b string) [2]netip.Prefix {
	return [2]netip.Prefix{netip.MustParsePrefix(a), netip.MustParsePrefix(b)}
}

// Tour are the pairs that are played if nobody chooses, in less than three minutes.
var Tour = []string{"single", "dr", "active"}

// Published returns the pairs that come with the lab, first those whose client only asks who is there, then those that serve it.
func Published() ([]Pair, error) {
	ka := [2]string{"ka67", "ka68"}
	pairs := []Pair{
		{Name: "single", Title: "one address, one preferred router", Hosts: ka, Addrs: flat},
		{Name: "dual", Title: "two addresses, equal priorities: who comes first keeps both", Hosts: ka, Addrs: flat},
		{Name: "sync", Title: "two networks, one sync group: both addresses move or none", Hosts: ka, Addrs: edge},
		{Name: "dual-sync", Title: "two networks, two sync groups, equal priorities", Hosts: ka, Addrs: edge},
		{
			Name: "case", Title: "two active directors, two sync groups, IPsec AH",
			Hosts: [2]string{"lvs1", "lvs2"}, Addrs: lvs,
		},
		{
			Name: "dr", Title: "direct routing behind a router, with a page of excuse",
			Hosts: [2]string{"vs-node1", "vs-node2"}, Cluster: routed(),
		},
		{
			Name: "active", Title: "direct routing, two active directors",
			Hosts: ka, Cluster: onOne(),
		},
	}
	for i := range pairs {
		if err := pairs[i].load(); err != nil {
			return nil, fmt.Errorf("lab: pair %s: %w", pairs[i].Name, err)
		}
	}
	return pairs, nil
}

// load reads a published pair's configurations.
func (p *Pair) load() error {
	var cfgs [2]*conf.Config
	for i, host := range p.Hosts {
		path := "conf/" + host + "-" + p.Name + ".conf"
		text, err := published.ReadFile(path)
		if err != nil {
			return err
		}
		cfg, findings := conf.Load(embedded{}, path, conf.Options{})
		if err := findings.Err(); err != nil {
			return err
		}
		p.Confs[i], cfgs[i] = string(text), cfg
	}
	p.Scripted = strings.Contains(p.Confs[0], "NOTIFY_SCRIPT")
	if p.Cluster != nil {
		if err := p.Cluster.read(cfgs); err != nil {
			return err
		}
	}
	return p.read(cfgs)
}

// embedded reads the published configurations; they include nothing.
type embedded struct{}

func (embedded) ReadFile(path string) ([]byte, error)  { return published.ReadFile(path) }
func (embedded) Glob(pattern string) ([]string, error) { return nil, nil }
func (embedded) Getenv(string) string                  { return "" }
