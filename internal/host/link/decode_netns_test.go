package link

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	vl "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// handleAt opens the library's handle in a namespace; H is its type for one.
func handleAt[H ~int](open func(H, ...int) (*vl.Handle, error), ns int) (*vl.Handle, error) {
	return open(H(ns), unix.NETLINK_ROUTE)
}

// Links, as another library and as iproute2 see them.
func TestLinksAsOthersSeeThem(t *testing.T) {
	ns := newNS(t)
	c := open(t, ns)
	far := newNS(t)
	_ = pair(t, c, ns, "va", "vb")
	if err := c.AddVeth("away", "far", far); err != nil {
		t.Fatal(err)
	}
	if err := c.AddBridge("br0"); err != nil {
		t.Fatal(err)
	}
	br, err := c.ByName("br0")
	if err != nil {
		t.Fatal(err)
	}
	va, err := c.ByName("va")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetMaster(va.Index, br.Index); err != nil {
		t.Fatal(err)
	}
	if out, err := inNS(ns, "ip", "link", "add", "mv0", "link", "vb", "type", "macvlan").CombinedOutput(); err != nil {
		t.Fatalf("macvlan: %v: %s", err, out)
	}
	links, err := c.Links()
	if err != nil {
		t.Fatal(err)
	}
	if len(links) != 6 { // lo va vb away br0 mv0
		t.Fatalf("links %+v", links)
	}
	names := map[int]string{}
	for _, l := range links {
		names[l.Index] = l.Name
	}
	h, err := handleAt(vl.NewHandleAt, ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	iproute := ipJSON(t, ns, "link")
	for i, l := range links {
		other, err := h.LinkByIndex(l.Index)
		if err != nil {
			t.Fatal(err)
		}
		oa := other.Attrs()
		if oa.Name != l.Name || oa.MTU != l.MTU || oa.RawFlags != l.Flags || oa.MasterIndex != l.Master ||
			!bytes.Equal(oa.HardwareAddr, l.HWAddr[:l.HWLen]) && l.Name != "lo" {
			t.Errorf("netlink library: %+v; here: %+v", oa, l)
		}
		if other.Type() != l.Kind && l.Kind != "" {
			t.Errorf("%s: kind %q, library says %q", l.Name, l.Kind, other.Type())
		}
		ip := iproute[i]
		hw := net.HardwareAddr(l.HWAddr[:l.HWLen]).String()
		if ip.Index != l.Index || ip.Name != l.Name || ip.MTU != l.MTU || ip.HWAddr != hw ||
			ip.LinkInfo.Kind != l.Kind || ip.Master != names[l.Master] || ip.Parent != names[l.Parent] {
			t.Errorf("ip: %+v; here: %+v", ip, l)
		}
		if slices.Contains(ip.Flags, "UP") && !slices.Contains(ip.Flags, "NO-CARRIER") && !l.Up() {
			t.Errorf("%s: not up, but ip says %v", l.Name, ip.Flags)
		}
	}
}

// Addresses, as another library and as iproute2 see them.
func TestAddrsAsOthersSeeThem(t *testing.T) {
	ns := newNS(t)
	c := open(t, ns)
	l := pair(t, c, ns, "va", "vb")
	made := everyAddr(l)
	var ops []table.Op
	for _, a := range made {
		ops = append(ops, table.Op{Kind: table.AddAddr, Addr: a})
	}
	for i, err := range c.Apply(ops) {
		if err != nil {
			t.Fatalf("%+v: %v", ops[i].Addr, err)
		}
	}
	await(t, c, "the end of address detection", nil, func(m *table.Mirror) bool {
		return !slices.ContainsFunc(m.Addrs(l.Index), func(a table.Addr) bool { return a.Flags&unix.IFA_F_TENTATIVE != 0 })
	})
	all, err := c.Addrs()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(a table.Addr) bool { return a.Link != l.Index || a.Proto == 3 })
	if ops := table.Diff(made, all); len(ops) != 0 {
		t.Errorf("yet to do: %+v", ops)
	}
	h, err := handleAt(vl.NewHandleAt, ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	dev, err := h.LinkByIndex(l.Index)
	if err != nil {
		t.Fatal(err)
	}
	others, err := h.AddrList(dev, vl.FAMILY_ALL)
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[table.Key]table.Addr{}
	for _, a := range all {
		byKey[a.Key()] = a
	}
	for _, o := range others {
		got := fromLibrary(l.Index, o)
		if got.Prefix.Addr().IsLinkLocalUnicast() && got.Prefix.Bits() == 64 {
			continue // the kernel's own
		}
		here := byKey[got.Key()]
		delete(byKey, got.Key())
		here.Proto = 0 // the library does not know it
		if d := cmp.Diff(got, here, cmp.Comparer(func(a, b table.Addr) bool { return a == b })); d != "" {
			t.Errorf("%v (-library +here):\n%s", o, d)
		}
	}
	if len(byKey) != 0 {
		t.Errorf("unknown to the library: %+v", byKey)
	}
	compareWithIP(t, ipAddrs(t, ns, "va"), all)
}

func fromLibrary(index int, o vl.Addr) table.Addr {
	prefix := func(n *net.IPNet) netip.Prefix {
		ip, _ := netip.AddrFromSlice(n.IP)
		bits, _ := n.Mask.Size()
		return netip.PrefixFrom(ip.Unmap(), bits)
	}
	lifetime := func(s int) uint32 { return uint32(s) }
	a := table.Addr{
		Link: index, Prefix: prefix(o.IPNet), Label: o.Label, Scope: uint8(o.Scope), Flags: uint32(o.Flags),
		Valid: lifetime(o.ValidLft), Preferred: lifetime(o.PreferedLft),
	}
	if o.Peer != nil && !o.Peer.IP.Equal(o.IP) {
		a.Peer = prefix(o.Peer)
	}
	if o.Broadcast != nil {
		b, _ := netip.AddrFromSlice(o.Broadcast)
		a.Broadcast = b.Unmap()
	}
	return a.Normal()
}

// compareWithIP compares in ip's own words, in order.
func compareWithIP(t *testing.T, shown []map[string]any, here []table.Addr) {
	t.Helper()
	if len(shown) != len(here) {
		t.Fatalf("ip shows %d addresses, here are %d", len(shown), len(here))
	}
	for i, a := range here {
		s := shown[i]
		str := func(k string) string { v, _ := s[k].(string); return v }
		num := func(k string) float64 { v, _ := s[k].(float64); return v }
		flag := func(k string) bool { v, _ := s[k].(bool); return v }
		brd, peer := "", ""
		if a.Broadcast.IsValid() {
			brd = a.Broadcast.String()
		}
		if a.Peer.IsValid() {
			peer = a.Peer.Addr().String()
		}
		if str("local") != a.Prefix.Addr().String() || num("prefixlen") != float64(a.Prefix.Bits()) ||
			str("broadcast") != brd || str("address") != peer || str("label") != a.Label ||
			num("preferred_life_time") != float64(a.Preferred) || num("valid_life_time") != float64(a.Valid) {
			t.Errorf("ip shows %v; here is %+v", s, a)
		}
		for name, bit := range map[string]uint32{
			"secondary": unix.IFA_F_SECONDARY, "noprefixroute": unix.IFA_F_NOPREFIXROUTE, "autojoin": unix.IFA_F_MCAUTOJOIN,
			"deprecated": unix.IFA_F_DEPRECATED,
		} {
			if flag(name) != (a.Flags&bit != 0) {
				t.Errorf("ip shows %v; here is %+v", s, a)
			}
		}
		if a.Prefix.Addr().Is6() && (flag("nodad") != (a.Flags&unix.IFA_F_NODAD != 0) || flag("home") != (a.Flags&unix.IFA_F_HOMEADDRESS != 0)) {
			t.Errorf("ip shows %v; here is %+v", s, a)
		}
	}
}
