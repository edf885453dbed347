package advert

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
)

// packet4 returns an IPv4 packet as a VRRP router builds it: TOS 0xc0, no flags, checksum left out.
func packet4(src, dst string, ttl uint8, id uint16, proto uint8, payload []byte) []byte {
	b := make([]byte, minHeader, minHeader+len(payload))
	b[0], b[1] = 0x45, 0xc0
	binary.BigEndian.PutUint16(b[2:], uint16(minHeader+len(payload)))
	binary.BigEndian.PutUint16(b[4:], id)
	b[8], b[9] = ttl, proto
	s, d := netip.MustParseAddr(src).As4(), netip.MustParseAddr(dst).As4()
	copy(b[12:], s[:])
	copy(b[16:], d[:])
	return append(b, payload...)
}

// vrrp3 is a VRRPv3 body without addresses; nobody here checks its checksum.
func vrrp3(vrid uint8) []byte { return []byte{0x31, vrid, 100, 0, 0, 100, 0, 0} }

func TestParseIPv4(t *testing.T) {
	body := vrrp3(51)
	good := packet4("10.1.2.3", "224.0.0.18", 255, 0x1234, 112, body)
	options := append([]byte{0x46}, good[1:20]...)
	options = append(options, 0x94, 4, 0, 0) // router alert
	options = append(options, body...)
	binary.BigEndian.PutUint16(options[2:], uint16(len(options)))
	mod := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, c := range []struct {
		name   string
		in     []byte
		err    error
		header int
	}{
		{"plain", good, nil, 20},
		{"options", options, nil, 24},
		{"ethernet padding behind it", append(bytes.Clone(good), make([]byte, 18)...), nil, 20},
		{"don't fragment is no fragment", mod(func(b []byte) []byte { b[6] = 0x40; return b }), nil, 20},
		{"empty", nil, errShort, 0},
		{"19 bytes", good[:19], errShort, 0},
		{"version 6", mod(func(b []byte) []byte { b[0] = 0x65; return b }), errVersion, 0},
		{"header of 16", mod(func(b []byte) []byte { b[0] = 0x44; return b }), errIHL, 0},
		{"header longer than packet", mod(func(b []byte) []byte { b[0] = 0x4f; return b }), errIHL, 0},
		{"total below header", mod(func(b []byte) []byte { b[3] = 19; return b }), errTotal, 0},
		{"cut short", good[:len(good)-1], errTotal, 0},
		{"more fragments", mod(func(b []byte) []byte { b[6] = 0x20; return b }), errFragment, 0},
		{"fragment offset", mod(func(b []byte) []byte { b[7] = 1; return b }), errFragment, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Packet
			err := ParseIPv4(c.in, &p)
			if c.err != nil {
				if !errors.Is(err, c.err) || p.Src.IsValid() || p.Payload != nil {
					t.Fatalf("err %v, packet %v %v", err, p.Src, p.Payload)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Src != netip.MustParseAddr("10.1.2.3") || p.Dst != netip.MustParseAddr("224.0.0.18") ||
				p.TTL != 255 || p.ID != 0x1234 || len(p.Header) != c.header || !bytes.Equal(p.Payload, body) {
				t.Fatalf("got %v %v ttl %d id %#x header %d payload %x", p.Src, p.Dst, p.TTL, p.ID, len(p.Header), p.Payload)
			}
			if cap(p.Payload) != len(p.Payload) || cap(p.Header) != len(p.Header) {
				t.Error("a slice can be appended to over its neighbour")
			}
		})
	}
}

func FuzzParseIPv4(f *testing.F) {
	good := packet4("10.1.2.3", "224.0.0.18", 255, 1, 112, vrrp3(51))
	for _, b := range [][]byte{nil, good, good[:20], append([]byte{0x4f}, make([]byte, 70)...), {0x45}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Packet
		err := ParseIPv4(b, &p)
		var bad *HeaderError
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatalf("not a HeaderError: %v", err)
			}
			return
		}
		if !bytes.HasPrefix(b, p.Header) || !bytes.HasPrefix(b[len(p.Header):], p.Payload) ||
			len(p.Header)+len(p.Payload) != int(binary.BigEndian.Uint16(b[2:])) || !p.Src.Is4() || !p.Dst.Is4() {
			t.Fatalf("header %x payload %x of %x", p.Header, p.Payload, b)
		}
	})
}
