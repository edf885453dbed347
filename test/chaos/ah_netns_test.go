package chaos

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// sealed is an advert with an authentication header (RFC 2402) as it was on the wire.
type sealed struct {
	lab.Frame
	seq        uint32
	vrid, prio uint8
}

// sealedFrom returns those from an address.
func sealedFrom(w *lab.Segment, src string) (all []sealed) {
	for _, f := range w.Frames() {
		if f.IP == nil || f.IP.Proto != 51 || f.IP.Src.String() != src || len(f.IP.Payload) < 32 {
			continue
		}
		p := f.IP.Payload
		all = append(all, sealed{f, binary.BigEndian.Uint32(p[8:]), p[25], p[26]})
	}
	return all
}

// withAH is a configuration whose adverts carry an authentication header.
func withAH(prio int, pass string) string {
	return lab.Config(nil, extra(backup(prio), "authentication {", "auth_type AH", "auth_pass "+pass, "}"))
}

// startSealed makes a master and b backup.
func (d *duo) startSealed(t *testing.T, passA, passB string) {
	t.Helper()
	d.da = d.a.Start(d.p.A, withAH(200, passA))
	d.l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) && len(sealedFrom(d.wire, addrA)) > 1 })
	d.db = d.b.Start(d.p.B, withAH(100, passB))
	d.l.Until("b is backup", 5*time.Second, func() bool { return d.db.Said("Entering BACKUP STATE") })
}

// more waits for n more adverts with a header from an address.
func (d *duo) more(src string, n int) {
	have := len(sealedFrom(d.wire, src))
	d.l.Until("more adverts from "+src, 10*time.Second, func() bool { return len(sealedFrom(d.wire, src)) >= have+n })
}

// The two believe each other's headers in every direction: while one is backup, when it takes over, when it yields.
func TestHeaders(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startSealed(t, "alive-1", "alive-1")
		d.more(addrA, 4)
		if d.b.Has(vip) || len(sealedFrom(d.wire, addrB)) > 0 {
			t.Fatal("b does not believe a")
		}
		if code := d.da.Stop(); code != 0 {
			t.Errorf("a: exit status %d", code)
		}
		l.Until("b takes over at once", 2*time.Second, func() bool { return d.b.Has(vip) })
		d.more(addrB, 3)
		d.da = d.a.Start(p.A, withAH(200, "alive-1"))
		l.Until("a has it back", 15*time.Second, func() bool { return holds(d.a, d.b, vip) })
		before := len(sealedFrom(d.wire, addrB))
		d.more(addrA, 5)
		if !holds(d.a, d.b, vip) || len(sealedFrom(d.wire, addrB)) > before {
			t.Error("they do not agree after a's return")
		}
		d.da.Crash()
		l.Until("b takes over", 6*time.Second, func() bool { return d.b.Has(vip) })
		d.more(addrB, 2)
	})
}

// A wrong password: nobody believes the other, so both are master.
func TestHeadersWrongPassword(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startSealed(t, "alive-1", "alive-2")
		l.Until("both are master", 10*time.Second, func() bool { return d.a.Has(vip) && d.b.Has(vip) })
		l.Until("both tell why", 5*time.Second, func() bool {
			const text = "IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !"
			return d.da.Said(text) && d.db.Said(text)
		})
		until := time.Now().Add(4 * time.Second)
		(&site{duo: d}).stays("both are master", until, func() bool { return d.a.Has(vip) && d.b.Has(vip) })
	})
}

// A packet that was sent once is sent again: it is told, and changes nothing. The backup waits no longer for it, and the
// master does not yield to it.
func TestHeadersReplayed(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		x := l.Node("x").Link("eth0", "br0", addrC+"/24").Sender("eth0")
		d.startSealed(t, "alive-1", "alive-1")
		d.more(addrA, 3)
		old := sealedFrom(d.wire, addrA)[1]
		seen := len(d.db.Lines())
		send := func() {
			if err := x.Send(old.Raw); err != nil {
				t.Fatal(err)
			}
		}
		send()
		d.more(addrA, 2)
		if !holds(d.a, d.b, vip) {
			t.Fatal("a replayed packet changed something")
		}
		text := fmt.Sprintf("(VI) IPSEC-AH : sequence number %d already processed. Packet dropped. Local(", old.seq)
		d.l.Until("b tells of it", 2*time.Second, func() bool { return saidSince(d.db, seen, text) })
		d.da.Crash()
		last := sealedFrom(d.wire, addrA)
		from := last[len(last)-1].At
		for range 30 {
			pause(l, 100*time.Millisecond)
			send()
		}
		l.Until("b takes over", 6*time.Second, func() bool { return d.b.Has(vip) })
		d.more(addrB, 1)
		if took := sealedFrom(d.wire, addrB)[0].At.Sub(from); took > 3610*time.Millisecond+slack {
			t.Errorf("replayed packets kept a dead master alive: b took over after %v", took)
		}
	})
}

// In the case study's passwords the exclamation mark begins a comment, for keepalived too: all four are "k@l".
func TestHeadersCommentInPassword(t *testing.T) {
	lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) {
		d := nodes(l, p)
		d.startSealed(t, "k@l!ve1", "k@l")
		d.more(addrA, 5)
		if !holds(d.a, d.b, vip) {
			t.Error("they do not agree")
		}
	})
}
