package chaos

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// mutant changes a frame from the wire in a few random places: bits, bytes, lengths, the end. Half of them get sums that
// are right, so that they come further than the first check.
func mutant(r *rand.Rand, frame []byte) []byte {
	const ip = 14
	f := append([]byte(nil), frame...)
	for range 1 + r.IntN(4) {
		at := ip + r.IntN(len(f)-ip)
		switch r.IntN(6) {
		case 0:
			f[at] ^= 1 << r.IntN(8)
		case 1:
			f[at] = byte(r.IntN(256))
		case 2:
			f[at] = []byte{0, 1, 0x7f, 0x80, 0xff}[r.IntN(5)]
		case 3: // shorter
			if n := ip + 20 + r.IntN(len(f)-ip-20+1); n > ip+20 {
				f = f[:n]
			}
		case 4: // longer
			for range 1 + r.IntN(64) {
				f = append(f, byte(r.IntN(256)))
			}
		case 5: // where the messages begin, the bytes matter more
			if at = ip + 20 + r.IntN(min(32, len(f)-ip-20)); at < len(f) {
				f[at] = byte(r.IntN(256))
			}
		}
	}
	if r.IntN(2) == 0 {
		resum(f[ip:])
	}
	return f
}

// resum makes an IPv4 packet's length and sums right, and the sum of the VRRP message in it.
func resum(p []byte) {
	p[0] = 0x45
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	binary.BigEndian.PutUint16(p[10:], 0)
	binary.BigEndian.PutUint16(p[10:], lab.Sum(p[:20]))
	m := p[20:]
	if p[9] == 51 && len(m) > 24 {
		m = m[24:]
	}
	if len(m) >= 8 {
		binary.BigEndian.PutUint16(m[6:], 0)
		binary.BigEndian.PutUint16(m[6:], lab.Sum(m))
	}
}

// guarded has one instance with a password and one with authentication headers.
func guarded(prio int) string {
	pass := extra(backup(prio), "authentication {", "auth_type PASS", "auth_pass secret", "}")
	header := extra(backup(prio), "authentication {", "auth_type AH", "auth_pass secret", "}")
	header.Name, header.VRID, header.VIPs = "AH", 52, []string{"10.9.0.52/24"}
	return lab.Config(nil, pass, header)
}

// A hundred thousand adverts, changed at random, from a station that does not know the passwords but has heard what was
// said: nobody falls over, nobody changes state, and the master's adverts go out on time.
func TestMutants(t *testing.T) {
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			r, d := lots(t), nodes(lab.New(t), p)
			x := d.l.Node("x").Link("eth0", "br0", addrC+"/24").Sender("eth0")
			d.wire.Ignore()
			d.start(t, guarded(200), guarded(100))
			d.l.Until("a is master of both", 5*time.Second, func() bool { return len(sealedFrom(d.wire, addrA)) > 2 })
			corpus := strangers(sealedFrom(d.wire, addrA)[1].Raw)
			pidA, pidB, from := d.da.Child(), d.db.Child(), time.Now()
			logged, said := len(d.da.Lines()), len(d.db.Lines())
			frames := make([][]byte, size(50_000, 500_000))
			for i := range frames {
				frames[i] = mutant(r, corpus[r.IntN(len(corpus))])
			}
			flood(t, x, time.Duration(len(frames))*100*time.Microsecond, frames)
			d.adverts(addrA, 2)
			if p.B == lab.Holdfast { // keepalived has so much to log that the machine has no time for others
				d.onTime(t, from)
			}
			if d.da.Child() != pidA || d.db.Child() != pidB || pidA == 0 || pidB == 0 {
				t.Error("a process ended")
			}
			if got := transitions(d.da, logged); len(got) > 0 {
				t.Errorf("a: %q", got)
			}
			// keepalived reads so slowly that it may miss the good adverts among the bad ones.
			if got := transitions(d.db, said); len(got) > 0 && p.B == lab.Holdfast {
				t.Errorf("b: %q", got)
			}
			d.l.Until("the addresses are where they were", 10*time.Second, func() bool { return holds(d.a, d.b, vip, "10.9.0.52") })
			for _, self := range []*lab.Daemon{d.da, d.db} {
				if code := self.Stop(); code != 0 {
					t.Errorf("exit status %d", code)
				}
			}
		})
	}
}

// strangers are adverts that somebody sends who does not know the passwords, nor one that a few changes make right. Their sender's hardware address is made up.
func strangers(overheard []byte) [][]byte {
	all := [][]byte{
		lab.Advertisement(addrC, 51, 255, []string{vip}),
		lab.Advertisement(addrC, 51, 255, []string{vip}, func(m []byte) { m[4] = 1; copy(m[len(m)-8:], "unknown!") }),
		lab.Advertisement(addrA, 51, 0, []string{vip}, func(m []byte) { m[4] = 1; copy(m[len(m)-8:], "unknown!") }),
		lab.Advertisement(addrB, 52, 255, []string{"10.9.0.52"}),
	}
	replay := append([]byte(nil), overheard...)
	copy(replay[6:12], lab.Station(addrC))
	forged := append([]byte(nil), replay...)
	forged[14+20+24+2] = 255 // the priority
	forged[14+20+8] = 0x7f   // a number that is to come
	return append(all, replay, forged)
}
