package lab

import (
	"net/netip"
	"strings"
	"testing"

	"holdfast/internal/lab/play"
)

func TestParseAddr(t *testing.T) {
	iface, addrs, err := ParseAddr("eth0=192.0.2.1/24,192.0.2.2/24")
	if err != nil || iface != "eth0" || addrs[1] != netip.MustParsePrefix("192.0.2.2/24") {
		t.Errorf("%q %v %v", iface, addrs, err)
	}
	for _, bad := range []string{
		"", "eth0", "eth0=", "=192.0.2.1/24,192.0.2.2/24", "eth0=192.0.2.1/24", "eth0=192.0.2.1,192.0.2.2",
		"eth0=2001:db8::1/64,2001:db8::2/64", "eth0=192.0.2.1/24,192.0.2.2/24,192.0.2.3/24",
	} {
		if _, _, err := ParseAddr(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzParseAddr(f *testing.F) {
	f.Add("eth0=192.0.2.1/24,192.0.2.2/24")
	f.Add("=,")
	f.Fuzz(func(t *testing.T, s string) {
		iface, addrs, err := ParseAddr(s)
		if err != nil {
			return
		}
		again := iface + "=" + addrs[0].String() + "," + addrs[1].String()
		if i, a, err := ParseAddr(again); err != nil || i != iface || a != addrs {
			t.Errorf("%q, written back as %q, is %q %v %v", s, again, i, a, err)
		}
	})
}

func TestTheClientGetsAnAddressOfItsOwn(t *testing.T) {
	p, a := netip.MustParsePrefix, netip.MustParseAddr
	got, err := spare([2]netip.Prefix{p("192.0.2.1/24"), p("192.0.2.3/24")}, []netip.Addr{a("192.0.2.2")})
	if err != nil || got != p("192.0.2.4/24") {
		t.Errorf("%v %v", got, err)
	}
}

func TestPlanRefusesWhatCannotBeAsked(t *testing.T) {
	pairs, err := play.Published()
	if err != nil {
		t.Fatal(err)
	}
	p := netip.MustParsePrefix
	for want, addrs := range map[string]play.Addrs{
		"no addresses for eth0":    {"eth1": {p("172.16.8.10/24"), p("172.16.8.11/24")}},
		"is not in 192.0.2.0/24":   {"eth0": {p("192.0.2.1/24"), p("192.0.2.2/24")}},
		"no address left for the ": {"eth0": {p("172.16.8.101/30"), p("172.16.8.102/30")}},
	} {
		one := pairs[0]
		one.Addrs = addrs
		if _, err := plan(&one, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestPlanRefusesTwoInterfacesOnOneNetwork(t *testing.T) {
	pairs, err := play.Published()
	if err != nil {
		t.Fatal(err)
	}
	p := netip.MustParsePrefix
	for i := range pairs {
		if _, err := plan(&pairs[i], "x"); err != nil {
			t.Errorf("%s: %v", pairs[i].Name, err)
		}
		if pairs[i].Name != "sync" {
			continue
		}
		pairs[i].Addrs = play.Addrs{
			"eth1": {p("10.16.0.1/16"), p("10.16.0.2/16")}, "eth2": {p("10.16.8.1/24"), p("10.16.8.2/24")},
		}
		if _, err := plan(&pairs[i], "x"); err == nil || !strings.Contains(err.Error(), "eth1 and eth2 are on one network") {
			t.Errorf("error %v", err)
		}
	}
}
