package vrrpd

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"holdfast/conf"
	"holdfast/internal/core/table"
)

// What an earlier life held is known by its addresses: all that an instance advertises, and for a group those of any member.
func TestInherited(t *testing.T) {
	var text string
	for i, name := range []string{"A", "B", "C"} {
		text += fmt.Sprintf("vrrp_instance %s {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress {\n 192.0.2.%d/24\n 192.0.2.%d/24\n }\n"+
			"virtual_ipaddress_excluded {\n 192.0.3.%d/24\n }\n}\n", name, i+1, 2*i+1, 2*i+2, i+1)
	}
	text += "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n"
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	for name, c := range map[string]struct {
		there []string
		want  []int
	}{
		"nothing":               {},
		"all of one":            {[]string{"192.0.2.5/24", "192.0.2.6/24"}, []int{2}},
		"half of one":           {[]string{"192.0.2.5/24"}, nil},
		"another prefix length": {[]string{"192.0.2.5/24", "192.0.2.6/32"}, nil},
		"only the excluded":     {[]string{"192.0.3.3/24"}, nil},
		"one member":            {[]string{"192.0.2.1/24", "192.0.2.2/24", "192.0.2.3/24"}, []int{0, 1}},
		"a bit of each member":  {[]string{"192.0.2.1/24", "192.0.2.3/24"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var m table.Mirror
			m.Apply(table.Update{Kind: table.LinkIs, Link: table.Link{Index: 2, Name: "eth0"}})
			for _, a := range c.there {
				m.Apply(table.Update{Kind: table.AddrIs, Addr: table.Addr{Link: 2, Prefix: netip.MustParsePrefix(a)}.Normal()})
			}
			got := slices.Sorted(maps.Keys(NewSetup(cfg).inherited(&m)))
			if !slices.Equal(got, c.want) {
				t.Errorf("inherited %v, want %v", got, c.want)
			}
		})
	}
}
