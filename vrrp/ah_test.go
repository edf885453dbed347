package vrrp_test

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"
	"time"

	"holdfast/vrrp"
)

// capturedAH is the first packet of keepalived 2.2.7 with auth_type AH and auth_pass k@live1; the IP checksum is as on the wire.
const capturedAH = "45c0004000010000ff33269cac10080be000001270040000ac10080b0000000120f3d8cee3d940ee71533a5c213364010201c455ac1008640000000000000000"

func ahConfig(prio uint8) vrrp.Config {
	return vrrp.Config{
		Name: "VI_1", VRID: 51, Priority: prio, Interval: time.Second, AuthType: vrrp.AuthAH,
		Auth: [8]byte([]byte("k@live1\x00")), Addrs: []netip.Addr{netip.MustParseAddr("172.16.8.100")},
	}
}

func TestAHMatchesCapture(t *testing.T) {
	want, _ := hex.DecodeString(capturedAH)
	in := vrrp.New(ahConfig(100))
	got := in.AppendPacket(nil, netip.MustParseAddr("172.16.8.11"), netip.MustParseAddr("224.0.0.18"), 1, 100)
	want[10], want[11] = 0, 0 // the kernel fills in the header's checksum
	if !bytes.Equal(got, want) {
		t.Errorf("packet is\n%x, keepalived sent\n%x", got, want)
	}
}

// hearPacket lets an Instance hear a whole packet and returns what it said about it.
func hearPacket(in *vrrp.Instance, now time.Time, p []byte) (reason vrrp.Reason) {
	var a vrrp.Advert
	ip, rest := p[:20], p[20:]
	h := vrrp.Heard{From: netip.AddrFrom4([4]byte(ip[12:16])), TTL: ip[8], Advert: &a, IP: ip}
	if ip[9] == vrrp.ProtocolAH {
		h.AH, rest, _ = vrrp.SplitAH(rest)
		h.Message = rest
	}
	if err := a.Parse(rest); err != nil {
		h.Err = err.(*vrrp.PacketError)
	}
	for _, act := range in.Step(now, h, nil) {
		if act.Kind == vrrp.Observed && act.Note.Kind == vrrp.Rejected {
			return act.Note.Reason
		}
	}
	return vrrp.Accepted
}

func TestAHIsJudged(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	src, dst := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("224.0.0.18")
	master := vrrp.New(ahConfig(200))
	send := func() []byte { return master.AppendPacket(nil, src, dst, 7, 200) }
	backup := vrrp.New(ahConfig(100))
	backup.Step(now, vrrp.Start{}, nil)

	old := send()
	expect := func(what string, p []byte, want vrrp.Reason) {
		t.Helper()
		if got := hearPacket(backup, now, p); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	expect("the first", old, vrrp.Accepted)
	expect("the same again", old, vrrp.Replayed)
	expect("the next", send(), vrrp.Accepted)
	expect("an old one", old, vrrp.Replayed)
	for what, at := range map[string]int{"ttl": 8, "identification": 4, "destination": 17, "icv": 40, "sequence": 28} {
		p := send()
		p[at] ^= 1
		want := vrrp.BadICV
		if what == "ttl" {
			want = vrrp.BadTTL
		}
		expect(what+" changed", p, want)
	}
	p := send()
	p[1], p[6], p[10], p[11] = 0, 0x40, 0xab, 0xcd // what routers and the kernel may change
	expect("mutable fields changed", p, vrrp.Accepted)
	p = send()
	p[23] ^= 1
	expect("a reserved byte changed", p, vrrp.BadICV)
	p = send()
	p[27] ^= 1
	expect("another index", p, vrrp.BadSPI)

	thief := vrrp.New(func() vrrp.Config { c := ahConfig(250); c.Auth = [8]byte([]byte("guessed!")); return c }())
	for range 20 {
		p = thief.AppendPacket(nil, src, dst, 9, 250)
	}
	expect("another password", p, vrrp.BadICV)
	plain := vrrp.New(func() vrrp.Config { c := ahConfig(250); c.AuthType = vrrp.AuthNone; return c }())
	expect("no header", plain.AppendPacket(nil, src, dst, 9, 250), vrrp.AuthMismatch)
	if _, _, why := backup.State(); why.Cause != vrrp.Started {
		t.Error("a bad packet moved the state")
	}
}

// TestAHGoesOnWhereTheMasterEnded: the successor's numbers are higher than all that the others have heard.
func TestAHGoesOnWhereTheMasterEnded(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	a, b, c := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("224.0.0.18")
	master, heir, third := vrrp.New(ahConfig(200)), vrrp.New(ahConfig(100)), vrrp.New(ahConfig(50))
	heir.Step(now, vrrp.Start{}, nil)
	third.Step(now, vrrp.Start{}, nil)
	for range 100 {
		p := master.AppendPacket(nil, a, c, 1, 200)
		hearPacket(heir, now, p)
		hearPacket(third, now, p)
	}
	if got := hearPacket(third, now, heir.AppendPacket(nil, b, c, 1, 100)); got != vrrp.Accepted {
		t.Errorf("the heir's first advert: %s", got)
	}
}

func TestAHAllocatesNothing(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	src, dst := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("224.0.0.18")
	master, backup := vrrp.New(ahConfig(200)), vrrp.New(ahConfig(100))
	backup.Step(now, vrrp.Start{}, nil)
	buf := make([]byte, 0, 256)
	acts := make([]vrrp.Action, 0, 16)
	heard := vrrp.Advert{Addrs: make([]netip.Addr, 0, 8)}
	n := testing.AllocsPerRun(50, func() {
		buf = master.AppendPacket(buf[:0], src, dst, 7, 200)
		h := vrrp.Heard{From: src, TTL: buf[8], Advert: &heard, IP: buf[:20]}
		h.AH, h.Message, _ = vrrp.SplitAH(buf[20:])
		if err := heard.Parse(h.Message); err != nil {
			t.Fatal(err)
		}
		acts = backup.Step(now, h, acts[:0])
	})
	if n != 0 || len(acts) != 0 {
		t.Errorf("%.1f allocations, actions %v", n, acts)
	}
}
