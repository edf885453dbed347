package talk_test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"holdfast/conf"
	"holdfast/internal/core/talk"
)

// What keepalived 2.2.7 asks, byte for byte but for the identifier.
func TestDNSQuery(t *testing.T) {
	for _, c := range []struct{ kind, name, want string }{
		{"MX", "www.example.com", "0100000100000000000003777777076578616d706c6503636f6d00000f0001"},
		{"TXT", ".", "01000001000000000000" + "0000100001"},
		{"RRSIG", "a.", "01000001000000000000" + "016100002e0001"},
		{"DNSKEY", strings.Repeat("a", 70) + ".example", "01000001000000000000" + "0000300001"}, // no name: the root
	} {
		q, done := talk.NewDNS(c.kind, c.name).Open(0x7_1234)
		if got := hex.EncodeToString(q); done || got != "1234"+c.want {
			t.Errorf("%s %s: %s, want 1234%s", c.kind, c.name, got, c.want)
		}
	}
}

func TestDNSVerdicts(t *testing.T) {
	const id = 0xdef0 // of converse's chance
	answer := func(id uint16, flags uint16) []byte {
		b := binary.BigEndian.AppendUint16(nil, id)
		b = binary.BigEndian.AppendUint16(b, flags)
		return append(b, make([]byte, 8)...)
	}
	for name, c := range map[string]struct {
		heard [][]byte
		end   talk.End
		why   talk.Why
		code  int
	}{
		"good":                   {[][]byte{answer(id, 0x8180)}, silence, talk.Success, 0},
		"truncated":              {[][]byte{answer(id, 0x8380)}, silence, talk.Success, 0},
		"no such name":           {[][]byte{answer(id, 0x8183)}, silence, talk.BadRcode, 3},
		"server failure":         {[][]byte{answer(id, 0x8182)}, silence, talk.BadRcode, 2},
		"refused":                {[][]byte{answer(id, 0x8185)}, silence, talk.BadRcode, 5},
		"another identifier":     {[][]byte{answer(1, 0x8180)}, silence, talk.NoAnswer, -1},
		"another one, then ours": {[][]byte{answer(1, 0x8183), answer(id, 0x8180)}, silence, talk.Success, 0},
		"a question":             {[][]byte{answer(id, 0x0100)}, silence, talk.NoAnswer, -1},
		"three bytes":            {[][]byte{answer(id, 0x8180)[:3]}, silence, talk.NoAnswer, -1},
		"empty":                  {[][]byte{{}}, silence, talk.NoAnswer, -1},
		"nobody listens":         {nil, talk.End{Kind: talk.Failed, Errno: 111}, talk.ReadFailed, -1},
	} {
		_, v := converse(talk.NewDNS("SOA", "."), c.end, c.heard...)
		if v.Why != c.why || v.OK != (c.why == talk.Success) || v.Code != c.code {
			t.Errorf("%s: %+v, want why %d, code %d", name, v, c.why, c.code)
		}
	}
}

// Only an answer with our identifier and rcode 0 is good, as another reader of DNS sees it.
func FuzzDNS(f *testing.F) {
	f.Add([]byte("\x12\x34\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := talk.NewDNS("A", "example.com")
		d.Open(0x1234)
		_, done := d.Hear(b, talk.End{})
		ours := len(b) >= 12 && b[0] == 0x12 && b[1] == 0x34 && b[2]&0x80 != 0
		if done != ours || d.Verdict().OK != (ours && dnsmessage.RCode(b[3]&0xf) == dnsmessage.RCodeSuccess) {
			t.Errorf("%x: done %v, %+v", b, done, d.Verdict())
		}
	})
}

func pattern(s string) (p conf.ReplyPattern) {
	for _, c := range []byte(s) {
		p = append(p, conf.ReplyByte{Byte: c, Mask: 0xff})
	}
	return p
}

func TestUDPVerdicts(t *testing.T) {
	long := strings.Repeat("hello", 100)
	wild := pattern("hxl")
	wild[1].Mask = 0xf0
	for name, c := range map[string]struct {
		check conf.UDPCheck
		heard []string
		end   talk.End
		why   talk.Why
	}{
		"no reply":                     {conf.UDPCheck{}, nil, silence, talk.Success},
		"any reply":                    {conf.UDPCheck{}, []string{"x"}, silence, talk.Success},
		"an error":                     {conf.UDPCheck{}, nil, talk.End{Kind: talk.Failed, Errno: 111}, talk.ReadFailed},
		"reply required, none":         {conf.UDPCheck{RequireReply: set(true)}, nil, silence, talk.NoAnswer},
		"reply required, an empty one": {conf.UDPCheck{RequireReply: set(true)}, []string{""}, silence, talk.Success},
		"length without a pattern":     {conf.UDPCheck{RequireReply: set(true), MaxReply: set(uint16(8))}, []string{long}, silence, talk.Success},
		"pattern":                      {conf.UDPCheck{RequireReply: set(true), Reply: pattern("hello"), MaxReply: set(uint16(255))}, []string{"hello you"}, silence, talk.Success},
		"other bytes":                  {conf.UDPCheck{RequireReply: set(true), Reply: pattern("hello"), MaxReply: set(uint16(255))}, []string{"hallo"}, silence, talk.BadReply},
		"shorter than the pattern":     {conf.UDPCheck{RequireReply: set(true), Reply: pattern("hello"), MaxReply: set(uint16(255))}, []string{"he"}, silence, talk.Success},
		"too short":                    {conf.UDPCheck{RequireReply: set(true), Reply: pattern("hello"), MinReply: set(uint16(3)), MaxReply: set(uint16(255))}, []string{"he"}, silence, talk.BadReply},
		"too long":                     {conf.UDPCheck{RequireReply: set(true), Reply: pattern("hello"), MaxReply: set(uint16(255))}, []string{long}, silence, talk.BadReply},
		"wild digits":                  {conf.UDPCheck{RequireReply: set(true), Reply: wild, MaxReply: set(uint16(255))}, []string{"hpl"}, silence, talk.Success},
		"wild digits, others wrong":    {conf.UDPCheck{RequireReply: set(true), Reply: wild, MaxReply: set(uint16(255))}, []string{"hel"}, silence, talk.BadReply},
	} {
		var heard [][]byte
		for _, h := range c.heard {
			heard = append(heard, []byte(h))
		}
		said, v := converse(talk.NewUDP(&c.check), c.end, heard...)
		if said != "keepalived check - keepalived ch" || v.Why != c.why || v.OK != (c.why == talk.Success) {
			t.Errorf("%s: said %q, %+v, want why %d", name, said, v, c.why)
		}
	}
	if said, _ := converse(talk.NewUDP(&conf.UDPCheck{Payload: set([]byte{1, 2, 0xfe})}), silence); said != "\x01\x02\xfe" {
		t.Errorf("payload: said %q", said)
	}
}

func FuzzUDP(f *testing.F) {
	f.Add([]byte("hello"), []byte("hello"), uint16(0), uint16(255))
	f.Fuzz(func(t *testing.T, want, got []byte, least, most uint16) {
		c := conf.UDPCheck{RequireReply: set(true), Reply: pattern(string(want)), MinReply: set(least), MaxReply: set(most)}
		_, v := converse(talk.NewUDP(&c), silence, got)
		n := min(len(want), len(got))
		ok := len(want) == 0 || len(got) >= int(least) && len(got) <= int(most) && string(want[:n]) == string(got[:n])
		if v.OK != ok {
			t.Errorf("%+v, want OK %v", v, ok)
		}
	})
}

func TestPing(t *testing.T) {
	for _, v4 := range []bool{true, false} {
		p := talk.NewPing(v4)
		q, _ := p.Open(0xfedc)
		request := append([]byte(nil), q...)
		if kind := map[bool]byte{true: 8, false: 128}[v4]; len(request) != 136 || request[0] != kind || request[6] != 0xfe || request[7] != 0xdc {
			t.Fatalf("v4 %v: request %x", v4, request[:8])
		}
		reply := append([]byte(nil), request...)
		reply[0] = map[bool]byte{true: 0, false: 129}[v4]
		reply[2], reply[3], reply[4], reply[5] = 1, 2, 3, 4 // checksum and identifier are the kernel's business
		for i, spoil := range []func([]byte) []byte{
			func([]byte) []byte { return request },
			func(b []byte) []byte { b[7]++; return b },
			func(b []byte) []byte { b[100]++; return b },
			func(b []byte) []byte { return b[:135] },
			func([]byte) []byte { return nil },
		} {
			if _, done := p.Hear(spoil(append([]byte(nil), reply...)), talk.End{}); done {
				t.Errorf("v4 %v: taken for the reply: %d", v4, i)
			}
		}
		if _, done := p.Hear(reply, talk.End{}); !done || !p.Verdict().OK {
			t.Errorf("v4 %v: %v, %+v", v4, done, p.Verdict())
		}
		if _, v := converse(p, silence); v.Why != talk.NoAnswer || v.OK {
			t.Errorf("silence: %+v", v)
		}
	}
}

func FuzzPing(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := talk.NewPing(true)
		q, _ := p.Open(7)
		if _, done := p.Hear(b, talk.End{}); done && (b[0] != 0 || string(b[6:]) != string(q[6:])) {
			t.Errorf("%x is taken for a reply", b)
		}
	})
}
