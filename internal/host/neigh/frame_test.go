package neigh_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
	"holdfast/internal/host/neigh"
)

func ethernet(hw ...byte) table.Link {
	l := table.Link{Index: 3, Name: "va", HWType: unix.ARPHRD_ETHER, HWLen: len(hw), Flags: unix.IFF_UP | unix.IFF_RUNNING}
	copy(l.HWAddr[:], hw)
	return l
}

var (
	here = ethernet(0x0e, 0x24, 0x17, 0xd8, 0x17, 0x9d)
	vip4 = netip.MustParseAddr("10.9.0.50")
	vip6 = netip.MustParseAddr("fd09::51")
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Both frames are what keepalived 2.2.7 sent, captured on the other end of a veth pair.
func TestFramesAreKeepaliveds(t *testing.T) {
	t.Parallel()
	arp := unhex(t, `
		ff ff ff ff ff ff 0e 24 17 d8 17 9d 08 06 00 01
		08 00 06 04 00 01 0e 24 17 d8 17 9d 0a 09 00 32
		ff ff ff ff ff ff 0a 09 00 32`)
	na := unhex(t, `
		33 33 00 00 00 01 0e 24 17 d8 17 9d 86 dd 60 00
		00 00 00 20 3a ff fd 09 00 00 00 00 00 00 00 00
		00 00 00 00 00 51 ff 02 00 00 00 00 00 00 00 00
		00 00 00 00 00 01 88 00 1e 51 20 00 00 00 fd 09
		00 00 00 00 00 00 00 00 00 00 00 00 00 51 02 01
		0e 24 17 d8 17 9d`)
	prefix := []byte("before")
	if got := neigh.AppendGratuitousARP(prefix, here, vip4); !bytes.Equal(got[len(prefix):], arp) || len(arp) != neigh.ARPLen {
		t.Errorf("ARP\n%s", hex.Dump(got))
	}
	if got := neigh.AppendNeighbourAdvert(prefix, here, vip6, false); !bytes.Equal(got[len(prefix):], na) || len(na) != neigh.NALen {
		t.Errorf("neighbour advertisement\n%s", hex.Dump(got))
	}
}

func TestARPDecodes(t *testing.T) {
	t.Parallel()
	p := gopacket.NewPacket(neigh.AppendGratuitousARP(nil, here, vip4), layers.LayerTypeEthernet, gopacket.Default)
	if e := p.ErrorLayer(); e != nil {
		t.Fatal(e.Error())
	}
	hw, ones := here.HWAddr[:6], bytes.Repeat([]byte{0xff}, 6)
	eth, _ := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
	if !bytes.Equal(eth.SrcMAC, hw) || !bytes.Equal(eth.DstMAC, ones) || eth.EthernetType != layers.EthernetTypeARP {
		t.Errorf("ethernet %+v", eth)
	}
	arp, _ := p.Layer(layers.LayerTypeARP).(*layers.ARP)
	ip := vip4.AsSlice()
	if arp == nil || arp.Operation != layers.ARPRequest || arp.AddrType != layers.LinkTypeEthernet || arp.Protocol != layers.EthernetTypeIPv4 ||
		!bytes.Equal(arp.SourceHwAddress, hw) || !bytes.Equal(arp.DstHwAddress, ones) ||
		!bytes.Equal(arp.SourceProtAddress, ip) || !bytes.Equal(arp.DstProtAddress, ip) {
		t.Errorf("arp %+v", arp)
	}
}

func TestNeighbourAdvertDecodes(t *testing.T) {
	t.Parallel()
	for _, router := range []bool{false, true} {
		frame := neigh.AppendNeighbourAdvert(nil, here, vip6, router)
		p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
		if e := p.ErrorLayer(); e != nil {
			t.Fatal(e.Error())
		}
		eth, _ := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
		if eth.DstMAC.String() != "33:33:00:00:00:01" || !bytes.Equal(eth.SrcMAC, here.HWAddr[:6]) {
			t.Errorf("ethernet %+v", eth)
		}
		ip, _ := p.Layer(layers.LayerTypeIPv6).(*layers.IPv6)
		if ip == nil || ip.HopLimit != 255 || !ip.SrcIP.Equal(vip6.AsSlice()) || !ip.DstIP.Equal(net.ParseIP("ff02::1")) {
			t.Fatalf("ipv6 %+v", ip)
		}
		na, _ := p.Layer(layers.LayerTypeICMPv6NeighborAdvertisement).(*layers.ICMPv6NeighborAdvertisement)
		if na == nil || na.Router() != router || na.Solicited() || !na.Override() || !na.TargetAddress.Equal(vip6.AsSlice()) ||
			len(na.Options) != 1 || na.Options[0].Type != layers.ICMPv6OptTargetAddress || !bytes.Equal(na.Options[0].Data, here.HWAddr[:6]) {
			t.Errorf("advertisement %+v", na)
		}
		icmp, _ := p.Layer(layers.LayerTypeICMPv6).(*layers.ICMPv6)
		if err := icmp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		// Serialized anew with a checksum of gopacket's own making, it must come out the same.
		buf := gopacket.NewSerializeBuffer()
		err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{ComputeChecksums: true, FixLengths: true}, eth, ip, icmp, na)
		if err != nil || !bytes.Equal(buf.Bytes(), frame) {
			t.Errorf("gopacket makes (%v)\n%shere\n%s", err, hex.Dump(buf.Bytes()), hex.Dump(frame))
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	noARP := here
	noARP.Flags |= unix.IFF_NOARP
	for _, tt := range []struct {
		link table.Link
		addr netip.Addr
		want error
	}{
		{here, vip4, nil},
		{here, vip6, nil},
		{here, netip.Addr{}, neigh.ErrAddress},
		{here, netip.IPv4Unspecified(), neigh.ErrAddress},
		{here, netip.MustParseAddr("::ffff:10.9.0.50"), neigh.ErrAddress},
		{noARP, vip4, neigh.ErrNoARP},
		{noARP, vip6, neigh.ErrNoARP},
		{ethernet(), vip4, neigh.ErrNotEthernet},
		{ethernet(make([]byte, 20)...), vip4, neigh.ErrNotEthernet},
	} {
		if err := neigh.Check(tt.link, tt.addr); !errors.Is(err, tt.want) {
			t.Errorf("%v, hardware address of %d bytes, flags %#x: %v, want %v", tt.addr, tt.link.HWLen, tt.link.Flags, err, tt.want)
		}
	}
}

func TestFramesAllocateNothing(t *testing.T) {
	buf := make([]byte, 0, neigh.NALen)
	if n := testing.AllocsPerRun(100, func() {
		buf = neigh.AppendGratuitousARP(buf[:0], here, vip4)
		buf = neigh.AppendNeighbourAdvert(buf[:0], here, vip6, true)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
