package rig

import (
	"net/netip"
	"reflect"
	"testing"

	"holdfast/internal/lab/record"
)

// Frames as they crossed the bridge: an advertisement of VRID 103 with priority 100 from 172.16.8.10, and
// gratuitous ARP for 172.16.8.100 in its two forms.
var (
	advertFrame = []byte("\x01\x00\x5e\x00\x00\x6f\x02\x00\x00\x00\x00\x01\x08\x00" +
		"\x45\xc0\x00\x28\x00\x01\x00\x00\xff\x70\x00\x00\xac\x10\x08\x0a\xe0\x00\x00\x6f" +
		"\x21\x67\x64\x01\x01\x01\x00\x00\xac\x10\x08\x64renwole0")
	// The same behind an authentication header, from 192.168.200.5: VRID 51, priority 150, two addresses.
	authFrame = []byte("\x01\x00\x5e\x00\x00\x12\x02\x00\x00\x00\x00\x01\x08\x00" +
		"\x45\xc0\x00\x44\x00\x01\x00\x00\xff\x33\x00\x00\xc0\xa8\xc8\x05\xe0\x00\x00\x12" +
		"\x70\x04\x00\x00\xc0\xa8\xc8\x05\x00\x00\x00\x07\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c" +
		"\x21\x33\x96\x02\x02\x01\x00\x00\xc0\xa8\xc8\x0a\xc0\xa8\xc8\x0b\x00\x00\x00\x00\x00\x00\x00\x00")
	garpRequest = []byte("\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06" +
		"\x00\x01\x08\x00\x06\x04\x00\x01\x02\x00\x00\x00\x00\x01\xac\x10\x08\x64\xff\xff\xff\xff\xff\xff\xac\x10\x08\x64")
)

// with returns a copy of b with one byte changed.
func with(b []byte, at int, v byte) []byte {
	c := append([]byte(nil), b...)
	c[at] = v
	return c
}

func TestReadFrame(t *testing.T) {
	advert := record.Event{Kind: record.Advert, VRID: 103, Prio: 100, IP: netip.MustParseAddr("172.16.8.10")}
	farewell := advert
	farewell.Prio = 0
	auth := record.Event{Kind: record.Advert, VRID: 51, Prio: 150, IP: netip.MustParseAddr("192.168.200.5")}
	garp := record.Event{Kind: record.Announced, IP: netip.MustParseAddr("172.16.8.100")}
	for name, c := range map[string]struct {
		frame []byte
		want  record.Event
		ok    bool
	}{
		"advert":           {advertFrame, advert, true},
		"version 3":        {with(advertFrame, 34, 0x31), advert, true},
		"farewell":         {with(advertFrame, 36, 0), farewell, true},
		"other version":    {with(advertFrame, 34, 0x41), record.Event{}, false},
		"other type":       {with(advertFrame, 34, 0x22), record.Event{}, false},
		"other protocol":   {with(advertFrame, 23, 17), record.Event{}, false},
		"header too short": {with(advertFrame, 14, 0x44), record.Event{}, false},
		"header too long":  {with(advertFrame, 14, 0x4f), record.Event{}, false},
		"cut advert":       {advertFrame[:41], record.Event{}, false},
		"authenticated":    {authFrame, auth, true},
		"AH of another":    {with(authFrame, 34, 17), record.Event{}, false},
		"AH in AH":         {with(authFrame, 34, protoAH), record.Event{}, false},
		"AH too short":     {with(authFrame, 35, 0), record.Event{}, false},
		"AH too long":      {with(authFrame, 35, 0xff), record.Event{}, false},
		"AH alone":         {authFrame[:58], record.Event{}, false},
		"cut AH":           {authFrame[:45], record.Event{}, false},
		"request":          {garpRequest, garp, true},
		"reply":            {with(garpRequest, 21, 2), garp, true},
		"plain request":    {with(garpRequest, 41, 0x65), record.Event{}, false},
		"not IPv4":         {with(garpRequest, 17, 6), record.Event{}, false},
		"cut ARP":          {garpRequest[:40], record.Event{}, false},
		"nothing":          {nil, record.Event{}, false},
	} {
		if ev, ok := readFrame(c.frame); ok != c.ok || (ok && !reflect.DeepEqual(ev, c.want)) {
			t.Errorf("%s: %+v %v, want %+v %v", name, ev, ok, c.want, c.ok)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(advertFrame)
	f.Add(garpRequest)
	f.Add(with(advertFrame, 14, 0x4f))
	f.Add(authFrame)
	f.Add(with(authFrame, 35, 0xff))
	f.Fuzz(func(t *testing.T, b []byte) {
		ev, ok := readFrame(b)
		if ok && ((ev.Kind != record.Advert && ev.Kind != record.Announced) || !ev.IP.Is4()) {
			t.Errorf("%x: %+v", b, ev)
		}
	})
}

func FuzzReadAH(f *testing.F) {
	f.Add(authFrame[34:])
	f.Add([]byte{protoVRRP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		next, rest, ok := readAH(b)
		if !ok {
			return
		}
		if head := len(b) - len(rest); next != b[0] || head < 12 || head%4 != 0 || head != (int(b[1])+2)*4 {
			t.Errorf("%x: %d, then %x", b, next, rest)
		}
	})
}

func TestReadReport(t *testing.T) {
	node, pid, text, ok := readReport("r1 4711 VG_1 master")
	if node != "r1" || pid != 4711 || text != "VG_1 master" || !ok {
		t.Errorf("%q %d %q %v", node, pid, text, ok)
	}
	for _, bad := range []string{"", "r1", "r1 4711", "r1 x VG_1 master"} {
		if _, _, _, ok := readReport(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add("r1 4711 VG_1 master")
	f.Add("r1  ")
	f.Fuzz(func(t *testing.T, s string) {
		if node, _, text, ok := readReport(s); ok && len(node)+len(text)+2 >= len(s) {
			t.Errorf("%q gives %q and %q", s, node, text)
		}
	})
}
