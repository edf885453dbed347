package vrrp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"pgregory.net/rapid"

	"holdfast/vrrp"
)

// captured is an advert of keepalived 2.2.7 for VRID 103, priority 100, address 172.16.8.100, password "renwole0".
const captured = "2167640101010fa8" + "ac100864" + "72656e776f6c6530"

func sample() vrrp.Advert {
	return vrrp.Advert{
		Version: 2, VRID: 103, Priority: 100, AuthType: vrrp.AuthPass, Interval: time.Second,
		Auth: [8]byte([]byte("renwole0")), Addrs: []netip.Addr{netip.MustParseAddr("172.16.8.100")},
	}
}

func TestAppendToMatchesCapture(t *testing.T) {
	a := sample()
	if got := hex.EncodeToString(a.AppendTo(nil)); got != captured {
		t.Errorf("advert is\n%s, keepalived sent\n%s", got, captured)
	}
	if a.Len() != len(captured)/2 {
		t.Errorf("Len is %d, the message has %d bytes", a.Len(), len(captured)/2)
	}
}

func TestParseReadsCapture(t *testing.T) {
	b, _ := hex.DecodeString(captured)
	var a vrrp.Advert
	if err := a.Parse(b); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), a, cmpopts.IgnoreUnexported(vrrp.Advert{}), cmp.Comparer(func(x, y netip.Addr) bool { return x == y })); d != "" {
		t.Error(d)
	}
}

func TestParseRejects(t *testing.T) {
	a := sample()
	good := a.AppendTo(nil)
	// fix mends the checksum after a change, so that only the change is wrong.
	fix := func(b []byte) []byte {
		b[6], b[7] = 0, 0
		var s uint32
		for i := 0; i+1 < len(b); i += 2 {
			s += uint32(b[i])<<8 | uint32(b[i+1])
		}
		s = s>>16 + s&0xffff
		s += s >> 16
		b[6], b[7] = byte(^s>>8), byte(^s)
		return b
	}
	for name, c := range map[string]struct {
		packet []byte
		want   vrrp.PacketError
	}{
		"empty":             {nil, vrrp.PacketError{Reason: vrrp.BadLength, Got: 0, Want: 16}},
		"header only":       {good[:8], vrrp.PacketError{Reason: vrrp.BadLength, Got: 8, Want: 20}},
		"truncated":         {good[:12], vrrp.PacketError{Reason: vrrp.BadLength, Got: 12, Want: 20}},
		"trailing bytes":    {append(bytes.Clone(good), 0, 0, 0, 0), vrrp.PacketError{Reason: vrrp.BadLength, Got: 24, Want: 20}},
		"count lies":        {fix(patch(good, 3, 5)), vrrp.PacketError{Reason: vrrp.BadLength, Got: 20, Want: 36}},
		"version 3":         {fix(patch(good[:12], 0, 0x31)), vrrp.PacketError{Reason: vrrp.BadVersion, Got: 3, Want: 2}},
		"version 0":         {fix(patch(good[:12], 0, 0x01)), vrrp.PacketError{Reason: vrrp.BadVersion, Got: 0, Want: 2}},
		"type 2":            {fix(patch(good, 0, 0x22)), vrrp.PacketError{Reason: vrrp.BadType, Got: 2, Want: 1}},
		"checksum":          {patch(good, 7, good[7]^1), vrrp.PacketError{Reason: vrrp.BadChecksum}},
		"password changed":  {patch(good, 19, 'x'), vrrp.PacketError{Reason: vrrp.BadChecksum}},
		"checksum of zeros": {patch(patch(good, 6, 0), 7, 0), vrrp.PacketError{Reason: vrrp.BadChecksum}},
	} {
		t.Run(name, func(t *testing.T) {
			var a vrrp.Advert
			err := a.Parse(c.packet)
			var pe *vrrp.PacketError
			if !errors.As(err, &pe) || *pe != c.want {
				t.Errorf("Parse gives %v %+v, want %+v", err, pe, c.want)
			}
		})
	}
}

func patch(b []byte, at int, v byte) []byte {
	b = bytes.Clone(b)
	b[at] = v
	return b
}

func genAdvert(t *rapid.T) vrrp.Advert {
	a := vrrp.Advert{
		Version:  2,
		VRID:     rapid.Byte().Draw(t, "vrid"),
		Priority: rapid.Byte().Draw(t, "priority"),
		AuthType: vrrp.AuthType(rapid.IntRange(0, 2).Draw(t, "auth")),
		Interval: time.Duration(rapid.IntRange(1, 255).Draw(t, "interval")) * time.Second,
		Auth:     [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "pass")),
	}
	for range rapid.IntRange(1, vrrp.MaxAddrs).Draw(t, "count") {
		a.Addrs = append(a.Addrs, netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "addr"))))
	}
	return a
}

func TestParseUndoesAppendTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genAdvert(t)
		var got vrrp.Advert
		if err := got.Parse(want.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.AppendTo(nil), want.AppendTo(nil)) || got.VRID != want.VRID || got.Interval != want.Interval {
			t.Fatalf("%+v came back as %+v", want, got)
		}
	})
}

// TestAnIndependentDecoderAgrees has gopacket read what we write.
func TestAnIndependentDecoderAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := genAdvert(t)
		p := gopacket.NewPacket(a.AppendTo(nil), layers.LayerTypeVRRP, gopacket.Default)
		v, ok := p.Layer(layers.LayerTypeVRRP).(*layers.VRRPv2)
		if !ok {
			t.Fatalf("not VRRP: %v", p.ErrorLayer())
		}
		if v.VirtualRtrID != a.VRID || v.Priority != a.Priority || int(v.CountIPAddr) != len(a.Addrs) ||
			time.Duration(v.AdverInt)*time.Second != a.Interval || uint8(v.AuthType) != uint8(a.AuthType) {
			t.Fatalf("sent %+v, read %+v", a, v)
		}
		for i, ip := range v.IPAddress {
			if ip.String() != a.Addrs[i].String() {
				t.Fatalf("address %d: sent %s, read %s", i, a.Addrs[i], ip)
			}
		}
	})
}

func TestIPv4Header(t *testing.T) {
	b := vrrp.AppendIPv4(nil, netip.MustParseAddr("172.16.8.10"), netip.MustParseAddr("224.0.0.111"), vrrp.Protocol, 7, 20)
	p := gopacket.NewPacket(append(b, make([]byte, 20)...), layers.LayerTypeIPv4, gopacket.Default)
	ip, ok := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
	if !ok {
		t.Fatal(p.ErrorLayer())
	}
	if ip.TOS != 0xc0 || ip.TTL != 255 || ip.Id != 7 || ip.Flags != 0 || ip.Protocol != 112 || ip.Length != 40 ||
		ip.SrcIP.String() != "172.16.8.10" || ip.DstIP.String() != "224.0.0.111" {
		t.Errorf("header is %+v", ip)
	}
}

func FuzzParse(f *testing.F) {
	a := sample()
	f.Add(a.AppendTo(nil))
	f.Add([]byte{})
	f.Add([]byte{0x31, 1, 100, 1, 0, 100, 0, 0, 10, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var a vrrp.Advert
		if err := a.Parse(b); err != nil {
			var pe *vrrp.PacketError
			if !errors.As(err, &pe) || pe.Reason == vrrp.Accepted {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		if out := a.AppendTo(nil); !bytes.Equal(out, b) {
			t.Fatalf("accepted %x, which we would write as %x", b, out)
		}
	})
}
