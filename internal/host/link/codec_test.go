package link

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"holdfast/internal/core/table"
)

func genIP(t *rapid.T, four bool) netip.Addr {
	n := 16
	if four {
		n = 4
	}
	ip, _ := netip.AddrFromSlice(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "ip"))
	if ip.Is4In6() {
		return netip.IPv6Loopback()
	}
	return ip
}

func genAddr(t *rapid.T) table.Addr {
	four := rapid.Bool().Draw(t, "four")
	ip := genIP(t, four)
	bits := rapid.IntRange(0, ip.BitLen()).Draw(t, "bits")
	a := table.Addr{
		Link:      rapid.IntRange(1, 1<<31-1).Draw(t, "link"),
		Prefix:    netip.PrefixFrom(ip, bits),
		Scope:     rapid.Uint8().Draw(t, "scope"),
		Flags:     rapid.Uint32().Draw(t, "flags") &^ kernelFlags,
		Proto:     rapid.Uint8().Draw(t, "proto"),
		Valid:     rapid.Uint32().Draw(t, "valid"),
		Preferred: rapid.Uint32().Draw(t, "preferred"),
	}
	if rapid.Bool().Draw(t, "peer") {
		a.Peer = netip.PrefixFrom(genIP(t, four), bits)
	}
	if four {
		a.Label = rapid.StringMatching(`[a-z0-9:]{0,15}`).Draw(t, "label")
		if rapid.Bool().Draw(t, "broadcast") {
			a.Broadcast = genIP(t, true)
		}
	}
	return a.Normal()
}

func TestAddrSurvivesTheWire(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := genAddr(t)
		if err := checkAddr(a); err != nil {
			t.Fatal(err)
		}
		got, ok, err := parseAddr(appendAddr(nil, a, true))
		if err != nil || !ok || got != a {
			t.Fatalf("%+v came back as %+v, %v, %v", a, got, ok, err)
		}
		named, ok, err := parseAddr(appendAddr(nil, a, false))
		if err != nil || !ok || named.Key() != a.Key() {
			t.Fatalf("%+v to delete came back as %+v, %v, %v", a, named, ok, err)
		}
	})
}

func TestParseAddrLeavesOtherFamilies(t *testing.T) {
	t.Parallel()
	b := appendAddr(nil, v4(1), true)
	b[0] = unix.AF_PHONET
	if _, ok, err := parseAddr(b); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func linkBody(family byte, attrs ...[]byte) []byte {
	b := appendInfo(nil, 7, unix.IFF_UP|unix.IFF_RUNNING, 0)
	b[0] = family
	return append(b, bytes.Join(attrs, nil)...)
}

func TestParseLink(t *testing.T) {
	t.Parallel()
	hw := []byte{2, 0, 0, 0, 0, 9}
	full := linkBody(unix.AF_UNSPEC,
		appendString(nil, unix.IFLA_IFNAME, "vrrp.51"),
		appendAttr(nil, unix.IFLA_ADDRESS, hw),
		appendUint32(nil, unix.IFLA_MTU, 1400),
		appendUint32(nil, unix.IFLA_LINK, 3),
		appendUint32(nil, unix.IFLA_MASTER, 4),
		appendNest(nil, unix.IFLA_LINKINFO, func(b []byte) []byte { return appendString(b, unix.IFLA_INFO_KIND, "macvlan") }),
	)
	want := table.Link{
		Index: 7, Name: "vrrp.51", Kind: "macvlan", MTU: 1400, HWLen: 6,
		Flags: unix.IFF_UP | unix.IFF_RUNNING, Parent: 3, Master: 4,
	}
	copy(want.HWAddr[:], hw)
	if got, ok, err := parseLink(full); got != want || !ok || err != nil {
		t.Errorf("got %+v, %v, %v", got, ok, err)
	}
	far := append(bytes.Clone(full), appendUint32(nil, unix.IFLA_LINK_NETNSID, 0)...)
	if got, ok, err := parseLink(far); got.Parent != 0 || !ok || err != nil {
		t.Errorf("a parent in another namespace: %+v, %v, %v", got, ok, err)
	}
	for name, b := range map[string][]byte{
		"a bridge port's":  linkBody(unix.AF_BRIDGE, appendString(nil, unix.IFLA_IFNAME, "p0")),
		"a wireless event": linkBody(unix.AF_UNSPEC, appendString(nil, unix.IFLA_IFNAME, "wlan0"), appendAttr(nil, unix.IFLA_WIRELESS, hw)),
	} {
		if _, ok, err := parseLink(b); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestParseUpdateDoesNotSwallowRubbish(t *testing.T) {
	t.Parallel()
	for _, kind := range []netlink.HeaderType{unix.RTM_NEWLINK, unix.RTM_DELLINK, unix.RTM_NEWADDR, unix.RTM_DELADDR} {
		u, ok := parseUpdate(message{kind: kind, body: []byte{1, 2}})
		if !ok || u.Kind != table.Resync {
			t.Errorf("type %d: %v, %v", kind, u, ok)
		}
	}
	if _, ok := parseUpdate(message{kind: unix.RTM_NEWROUTE}); ok {
		t.Error("a route is an update")
	}
}

func FuzzParseAddr(f *testing.F) {
	f.Add(appendAddr(nil, v4(1), true))
	f.Add(appendAddr(nil, table.Addr{
		Link: 2, Prefix: netip.MustParsePrefix("fd00::1/64"), Peer: netip.MustParsePrefix("fd00::2/64"), Flags: unix.IFA_F_NODAD, Proto: 18,
	}, true))
	f.Add([]byte{unix.AF_INET, 24, 0, 0, 1, 0, 0, 0, 4, 0, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		a, ok, err := parseAddr(b)
		if !ok || err != nil {
			return
		}
		if !a.Prefix.IsValid() {
			t.Fatalf("accepted %+v", a)
		}
		if checkAddr(a) != nil { // an index or a label that no request may carry
			return
		}
		a = a.Normal()
		again, ok, err := parseAddr(appendAddr(nil, a, true))
		a.Flags &^= kernelFlags
		if a.Prefix.Addr().Is6() {
			a.Label, a.Broadcast = "", netip.Addr{}
		}
		if !ok || err != nil || again.Normal() != a {
			t.Fatalf("%+v came back as %+v, %v, %v", a, again, ok, err)
		}
	})
}

func FuzzParseLink(f *testing.F) {
	f.Add(linkBody(unix.AF_UNSPEC, appendString(nil, unix.IFLA_IFNAME, "eth0")))
	f.Add(linkBody(unix.AF_UNSPEC, appendAttr(nil, unix.IFLA_ADDRESS, make([]byte, 40))))
	f.Add(linkBody(unix.AF_UNSPEC, appendNest(nil, unix.IFLA_LINKINFO, func(b []byte) []byte { return append(b, 3) })))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, ok, err := parseLink(b)
		if ok && (err != nil || l.HWLen > len(l.HWAddr)) {
			t.Fatalf("%+v, %v", l, err)
		}
	})
}

func FuzzDatagram(f *testing.F) {
	req := netlink.Message{Header: netlink.Header{Sequence: 7, Length: 40}}
	for _, m := range []netlink.Message{ack(req, 0, ""), ack(req, unix.EINVAL, "Invalid scope value")} {
		m.Header.Length = uint32(headerLen + align(len(m.Data)))
		b, err := m.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(b, b...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			m, rest, err := next(b)
			if err != nil {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("no progress")
			}
			if errno, _, err := verdict(m); err == nil && errno > 1<<31 {
				t.Fatalf("errno %d", errno)
			}
			_ = ending(m)
			b = rest
		}
	})
}
