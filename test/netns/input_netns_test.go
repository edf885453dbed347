package netns

import (
	"encoding/binary"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// spoof is one frame from a station that means no good.
type spoof struct {
	name  string
	frame []byte
	// heeded: a master of priority 100 without or with a password gives way to it.
	heeded, heededWithPass bool
}

// message builds the body of a VRRP packet and changes it afterwards, the checksum being right before and not after.
func message(change func([]byte) []byte) []byte {
	f := lab.Advertisement(addrC, 51, 200, []string{vip})
	return change(append([]byte(nil), f[34:]...))
}

// resum writes the right checksum.
func resum(m []byte) []byte {
	binary.BigEndian.PutUint16(m[6:], 0)
	binary.BigEndian.PutUint16(m[6:], lab.Sum(m))
	return m
}

func from(src string, prio uint8, change ...func([]byte)) []byte {
	return lab.Advertisement(src, 51, prio, []string{vip}, change...)
}

func byteAt(i int, v byte) func([]byte) { return func(m []byte) { m[i] = v } }

func password(p string) func([]byte) {
	return func(m []byte) {
		m[4] = 1
		copy(m[len(m)-8:], append([]byte(p), make([]byte, 8)...)[:8])
	}
}

func packed(m []byte) []byte { return lab.Packet(addrC, "224.0.0.18", 255, m) }

// spoofs are all the packets; what is heeded is what keepalived 2.2.7 heeds.
func spoofs() []spoof {
	return []spoof{
		{"sound", from(addrC, 200), true, false},
		{"sound with password", from(addrC, 200, password("secret")), false, true},
		{"ttl 254", lab.Packet(addrC, "224.0.0.18", 254, message(resum)), false, false},
		{"ttl 1", lab.Packet(addrC, "224.0.0.18", 1, message(resum)), false, false},
		{"checksum", packed(message(func(m []byte) []byte { m[6] ^= 0x55; return m })), false, false},
		{"checksum zero", packed(message(func(m []byte) []byte { m[6], m[7] = 0, 0; return m })), false, false},
		{"other vrid", lab.Advertisement(addrC, 52, 200, []string{vip}), false, false},
		{"version 3", from(addrC, 200, byteAt(0, 0x31)), false, false},
		{"version 0", from(addrC, 200, byteAt(0, 0x01)), false, false},
		{"version 15", from(addrC, 200, byteAt(0, 0xf1)), false, false},
		{"type 0", from(addrC, 200, byteAt(0, 0x20)), false, false},
		{"type 2", from(addrC, 200, byteAt(0, 0x22)), false, false},
		{"other password", from(addrC, 200, password("secreT")), false, false},
		{"password and more", from(addrC, 200, password("secretx")), false, false},
		{"authentication header", from(addrC, 200, byteAt(4, 2)), false, false},
		{"authentication unknown", from(addrC, 200, byteAt(4, 7)), false, false},
		{"interval 2", from(addrC, 200, byteAt(5, 2)), false, false},
		{"interval 0", from(addrC, 200, byteAt(5, 0)), false, false},
		{"empty", packed(nil), false, false},
		{"four bytes", packed([]byte{0x21, 51, 200, 1}), false, false},
		{"header only", packed(resum([]byte{0x21, 51, 200, 0, 0, 1, 0, 0})), false, false},
		{"no password field", packed(message(func(m []byte) []byte { return resum(m[:12]) })), false, false},
		{"cut by one", packed(message(func(m []byte) []byte { return resum(m[:len(m)-1]) })), false, false},
		{"four too long", packed(message(func(m []byte) []byte { return resum(append(m, 0, 0, 0, 0)) })), false, false},
		{"hundred too long", packed(message(func(m []byte) []byte { return resum(append(m, make([]byte, 100)...)) })), false, false},
		{"count too high", from(addrC, 200, byteAt(3, 2)), false, false},
		{"count too low", lab.Advertisement(addrC, 51, 200, []string{vip, "10.9.0.51"}, byteAt(3, 1)), false, false},
		{"count 255", from(addrC, 200, byteAt(3, 255)), false, false},
		{"no address", lab.Advertisement(addrC, 51, 200, nil), false, false},
		{"two addresses", lab.Advertisement(addrC, 51, 200, []string{vip, "10.9.0.51"}), false, false},
		{"another address", lab.Advertisement(addrC, 51, 200, []string{"10.9.0.51"}), false, false},
		{"own source", from(addrA, 200), false, false},
		{"other group", lab.Packet(addrC, "224.0.0.111", 255, message(resum)), false, false},
		{"lower", from(addrC, 50), false, false},
		{"farewell", from(addrC, 0), false, false},
		{"equal and lower address", from("10.9.0.0", 100), false, false},
		{"equal and higher address", from(addrC, 100), true, false},
		{"owner", from(addrC, 255), true, false},
		{"owner with lower address", from("10.9.0.0", 255), true, false},
	}
}

// A master of priority 100 is sent every spoof in turn. Where one is heeded the address goes and comes back.
func TestSpoofs(t *testing.T) {
	for _, secret := range []string{"", "secret"} {
		name := "no_password"
		if secret != "" {
			name = "password"
		}
		t.Run(name, func(t *testing.T) {
			lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
				w, a, x := l.Segment("br0"), l.Node("a").Link("eth0", "br0", addrA+"/24"), l.Node("x").Link("eth0", "br0", addrC+"/24")
				d := a.Start(s, lab.Config(nil, with(backup(100), func(v *lab.VI) { v.Pass = secret })))
				for _, c := range spoofs() {
					l.Until("it is master", 10*time.Second, func() bool { return a.Has(vip) })
					heeded := c.heeded
					if secret != "" {
						heeded = c.heededWithPass
					}
					if got := heed(l, w, a, x, c.frame); got != heeded {
						t.Errorf("%s: heeded %v, want %v", c.name, got, heeded)
					}
				}
				if exited, code := d.Exited(); exited {
					t.Errorf("it ended with status %d", code)
				}
			})
		})
	}
}

// heed sends a frame to a master and reports whether it gave way. It has not when it sends two more adverts: each
// packet puts the first of them off by an interval, the second comes in any case.
func heed(l *lab.Lab, w *lab.Segment, a, x *lab.Node, frame []byte) bool {
	mine := func(f lab.Frame) bool {
		return f.Advert != nil && f.IP.Src.String() == addrA && f.Src.String() != lab.Station(addrA).String()
	}
	have := len(w.Where(mine))
	x.Send("eth0", frame)
	l.Until("it goes on or gives way", 10*time.Second, func() bool { return !a.Has(vip) || len(w.Where(mine)) >= have+2 })
	return !a.Has(vip)
}

// A backup's timer goes on running when a packet is rejected, and starts again when one is heeded.
func TestSpoofsToBackup(t *testing.T) {
	for _, c := range spoofs() {
		switch c.name {
		case "sound", "checksum", "ttl 254", "other vrid", "version 3", "other password", "interval 2", "four too long", "count too high":
		default:
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
				w, a, x := l.Segment("br0"), l.Node("a").Link("eth0", "br0", addrA+"/24"), l.Node("x").Link("eth0", "br0", addrC+"/24")
				a.Start(s, lab.Config(nil, backup(100)))
				l.Until("it listens", 5*time.Second, joined(w, addrA, 1))
				from := reports(w, addrA, 4)[0].At
				l.At(from.Add(2 * time.Second))
				if len(w.Adverts(addrA)) > 0 {
					t.Fatal("it is master too early")
				}
				sent := time.Now()
				x.Send("eth0", c.frame)
				l.Until("it is master", 10*time.Second, func() bool { return len(w.Adverts(addrA)) > 0 })
				if c.heeded {
					from = sent
				}
				waited(t, "the wait", w.Adverts(addrA)[0].At.Sub(from), 3*time.Second+skew(100))
			})
		})
	}
}

// There cannot be two owners: one that hears another gives way, whichever address is the higher one, and is
// content with 254 from then on.
func TestTwoOwners(t *testing.T) {
	for name, src := range map[string]string{"lower": "10.9.0.0", "higher": addrC} {
		t.Run(name, func(t *testing.T) {
			lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
				w, a, x := l.Segment("br0"), l.Node("a").Link("eth0", "br0", addrA+"/24"), l.Node("x").Link("eth0", "br0", addrC+"/24")
				a.Start(s, lab.Config(nil, with(backup(255), func(v *lab.VI) { v.State = "MASTER" })))
				l.Until("it is master", 5*time.Second, func() bool { return a.Has(vip) && len(w.Adverts(addrA)) > 1 })
				if !heed(l, w, a, x, from(src, 255)) {
					t.Fatal("it stays master")
				}
				have := len(w.Adverts(addrA))
				l.Until("it is master again", 5*time.Second, func() bool { return a.Has(vip) && len(w.Adverts(addrA)) > have })
				if f := w.Adverts(addrA)[have]; f.Advert.Priority != 254 {
					t.Errorf("it returns with %s, want priority 254", f)
				}
			})
		})
	}
}
