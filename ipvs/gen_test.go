package ipvs_test

import (
	"net/netip"
	"time"

	"pgregory.net/rapid"

	"holdfast/ipvs"
)

// Generators of what a kernel accepts, from a space so small that things meet.

func genAddr(t *rapid.T, f ipvs.Family, what string) netip.Addr {
	n := rapid.IntRange(1, 4).Draw(t, what)
	if f == ipvs.IPv4 {
		return netip.AddrFrom4([4]byte{10, 0, byte(n), 255})
	}
	return netip.AddrFrom16([16]byte{0: 0xfd, 7: 1, 15: byte(n)})
}

func genFamily(t *rapid.T, what string) ipvs.Family {
	return rapid.SampledFrom([]ipvs.Family{ipvs.IPv4, ipvs.IPv6}).Draw(t, what)
}

func genKey(t *rapid.T) ipvs.ServiceKey {
	f := genFamily(t, "family")
	if rapid.IntRange(0, 3).Draw(t, "by mark") == 0 {
		return ipvs.MarkKey(f, rapid.SampledFrom([]uint32{1, 256, 0xffffffff}).Draw(t, "mark"))
	}
	p := rapid.SampledFrom([]ipvs.Protocol{ipvs.TCP, ipvs.UDP, ipvs.SCTP}).Draw(t, "protocol")
	port := rapid.SampledFrom([]uint16{1, 80, 256, 65535}).Draw(t, "port")
	return ipvs.AddrKey(p, netip.AddrPortFrom(genAddr(t, f, "address"), port))
}

func genService(t *rapid.T, k ipvs.ServiceKey) ipvs.Service {
	s := ipvs.Service{
		ServiceKey: k,
		Scheduler:  rapid.SampledFrom([]string{"rr", "wrr", "lc", "wlc", "lblc", "dh", "sh", "sed", "nq", "fo", "ovf", "mh"}).Draw(t, "scheduler"),
		Timeout:    time.Duration(rapid.Uint32Range(0, 1<<24).Draw(t, "timeout")) * time.Second,
	}
	for _, f := range []ipvs.Flags{ipvs.Persistent, ipvs.OnePacket, ipvs.Sched1, ipvs.Sched2, ipvs.Sched3} {
		if rapid.Bool().Draw(t, f.String()) {
			s.Flags |= f
		}
	}
	// A service for any port must be persistent, and an engine finds its clients itself.
	if k.Protocol == ipvs.UDP && rapid.Bool().Draw(t, "engine") {
		s.Engine = "sip"
	}
	switch {
	case rapid.Bool().Draw(t, "whole address"):
	case k.Family == ipvs.IPv4:
		s.Mask = netip.AddrFrom4([4]byte{rapid.Byte().Draw(t, "mask"), 0, 255, rapid.ByteMax(254).Draw(t, "mask")})
	default:
		s.Mask = ipvs.PrefixMask(ipvs.IPv6, rapid.IntRange(1, 127).Draw(t, "prefix"))
	}
	return s
}

func genDest(t *rapid.T, k ipvs.ServiceKey) ipvs.Destination {
	d := ipvs.Destination{
		Forward: rapid.SampledFrom([]ipvs.Forward{ipvs.Masquerade, ipvs.DirectRoute, ipvs.Tunnel, ipvs.Local, ipvs.Bypass}).Draw(t, "forward"),
		Weight:  rapid.SampledFrom([]int32{0, 1, 2, 256, 0x7fffffff}).Draw(t, "weight"),
	}
	f := k.Family
	if d.Forward == ipvs.Tunnel {
		f = genFamily(t, "destination's family")
		d.Encap.Type = rapid.SampledFrom([]ipvs.EncapType{ipvs.IPIP, ipvs.GUE, ipvs.GRE}).Draw(t, "encapsulation")
		if d.Encap.Type != ipvs.IPIP {
			d.Encap.Flags = rapid.SampledFrom([]ipvs.EncapFlags{0, ipvs.Checksum, ipvs.RemoteChecksum}).Draw(t, "checksum")
		}
		if d.Encap.Type == ipvs.GUE {
			d.Encap.Port = rapid.SampledFrom([]uint16{1, 256, 6080, 65535}).Draw(t, "tunnel port")
		}
	}
	d.Addr = netip.AddrPortFrom(genAddr(t, f, "destination"), rapid.SampledFrom([]uint16{0, 80, 256}).Draw(t, "destination port"))
	if rapid.Bool().Draw(t, "thresholds") {
		d.Upper = rapid.Uint32().Draw(t, "upper")
		d.Lower = rapid.Uint32Range(0, d.Upper).Draw(t, "lower")
	}
	return d
}

// genOp draws any operation, also such as the kernel refuses.
func genOp(t *rapid.T) ipvs.Op {
	op := ipvs.Op{Kind: ipvs.OpKind(rapid.IntRange(int(ipvs.AddService), int(ipvs.ZeroService)).Draw(t, "operation"))}
	op.Service = genService(t, genKey(t))
	op.Destination = genDest(t, op.Service.ServiceKey)
	switch rapid.IntRange(0, 19).Draw(t, "fault") {
	case 0:
		op.Service.Scheduler = "nosuch"
	case 1:
		op.Service.Engine = "nosuch"
	case 2:
		op.Destination.Weight = -1
	case 3:
		op.Destination.Upper, op.Destination.Lower = 1, 2
	case 4:
		op.Destination.Forward, op.Destination.Encap = ipvs.Tunnel, ipvs.Encap{Type: ipvs.GUE}
	case 5:
		op.Destination.Forward, op.Destination.Encap = ipvs.Masquerade, ipvs.Encap{}
		op.Destination.Addr = netip.AddrPortFrom(genAddr(t, genFamily(t, "another family"), "destination"), 80)
	case 6:
		op.Destination.Addr = netip.MustParseAddrPort("224.0.0.1:80")
	case 7:
		op.Service.FlagMask = rapid.SampledFrom([]ipvs.Flags{ipvs.Persistent, ipvs.Sched1 | ipvs.Sched3}).Draw(t, "flag mask")
	}
	return op
}

// table is everything in a kernel, without counters.
type table map[ipvs.ServiceKey]content

type content struct {
	Service ipvs.Service
	Dests   []ipvs.Destination // the last added first
}

func read(t interface{ Fatal(...any) }, c *ipvs.Client) table {
	services, err := c.Services()
	if err != nil {
		t.Fatal(err)
	}
	all := table{}
	for _, s := range services {
		dests, err := c.Destinations(s.ServiceKey)
		if err != nil {
			t.Fatal(err)
		}
		x := content{Service: s.Service}
		for _, d := range dests {
			x.Dests = append(x.Dests, d.Destination)
		}
		all[s.ServiceKey] = x
	}
	return all
}
