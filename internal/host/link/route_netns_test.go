package link

import (
	"net/netip"
	"strings"
	"testing"

	"holdfast/internal/core/table"
)

func TestRoutesAreAdded(t *testing.T) {
	ns := newNS(t)
	c := open(t, ns)
	l := pair(t, c, ns, "va", "vb")
	addr := table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix("192.0.2.1/24"), Valid: table.Forever, Preferred: table.Forever}
	far, err := c.ByName("vb")
	must(t, err, c.Apply([]table.Op{{Kind: table.AddAddr, Addr: addr}})[0], c.SetUp(l.Index, true), c.SetUp(far.Index, true))
	via := netip.MustParseAddr("192.0.2.254")
	must(t, c.AddRoute(netip.MustParsePrefix("0.0.0.0/0"), via), c.AddRoute(netip.MustParsePrefix("198.51.100.7/24"), via))
	out, err := inNS(ns, "ip", "route", "show", "proto", "static").CombinedOutput()
	must(t, err)
	want := []string{"default via 192.0.2.254 dev va", "198.51.100.0/24 via 192.0.2.254 dev va"}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("the routes are %q, want %q", got, want)
	}
	if err := c.AddRoute(netip.MustParsePrefix("0.0.0.0/0"), via); err == nil || !strings.Contains(err.Error(), "add route to 0.0.0.0/0 via 192.0.2.254") {
		t.Errorf("the same once more: %v", err)
	}
	if err := c.AddRoute(netip.MustParsePrefix("2001:db8::/32"), via); err == nil {
		t.Error("a way of the other family")
	}
}
