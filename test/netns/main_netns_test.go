package netns

import (
	"fmt"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

const (
	addrA, addrB, addrC = "10.9.0.1", "10.9.0.2", "10.9.0.3"
	vip                 = "10.9.0.50"
	slack               = 600 * time.Millisecond // the machine may be busy
	early               = 20 * time.Millisecond  // the wire is stamped by the kernel, the timers are not
)

// duo is two daemons on a segment.
type duo struct {
	l      *lab.Lab
	p      lab.Pair
	wire   *lab.Segment
	a, b   *lab.Node
	da, db *lab.Daemon
}

// nodes makes the two nodes, and starts nothing.
func nodes(l *lab.Lab, p lab.Pair) *duo {
	return &duo{
		l: l, p: p, wire: l.Segment("br0"),
		a: l.Node("a").Link("eth0", "br0", addrA+"/24"),
		b: l.Node("b").Link("eth0", "br0", addrB+"/24"),
	}
}

// start runs a, and b once a listens: so a's timers are the older ones.
func start(t *testing.T, l *lab.Lab, p lab.Pair, a, b lab.VI) *duo {
	t.Helper()
	d := nodes(l, p)
	d.startA(lab.Config(nil, a))
	d.startB(lab.Config(nil, b))
	return d
}

func (d *duo) startA(config string) {
	d.da = d.a.Start(d.p.A, config)
	d.l.Until("a listens", 5*time.Second, joined(d.wire, addrA, 1))
}

func (d *duo) startB(config string) {
	d.db = d.b.Start(d.p.B, config)
	d.l.Until("b listens", 5*time.Second, joined(d.wire, addrB, 1))
}

// joined holds when the node has told the network n times or more that it listens to a VRRP group.
func joined(s *lab.Segment, src string, n int) func() bool {
	return func() bool { return len(reports(s, src, 4)) >= n }
}

// reports returns the IGMP reports from src with a record of that kind for a group other than the kernel's own.
func reports(s *lab.Segment, src string, kind uint8) []lab.Frame {
	return s.Where(func(f lab.Frame) bool {
		if f.IP == nil || f.IP.Src.String() != src {
			return false
		}
		for _, g := range f.Report {
			if g.Kind == kind {
				return true
			}
		}
		return false
	})
}

// rules waits until the first node has the address and the second has not, and until it has said so once more.
func (d *duo) rules(t *testing.T, who, other *lab.Node, src string) {
	t.Helper()
	d.l.Until(who.Name+" is master", 10*time.Second, func() bool { return who.Has(vip) && !other.Has(vip) })
	d.adverts(t, src, 1)
}

// adverts waits for n more adverts from an address.
func (d *duo) adverts(t *testing.T, src string, n int) {
	t.Helper()
	have := len(d.wire.Adverts(src))
	d.l.Until(fmt.Sprintf("%d more adverts from %s", n, src), time.Duration(n)*5*time.Second, func() bool {
		return len(d.wire.Adverts(src)) >= have+n
	})
}

// first waits for the first advert from an address. An address may be seen to move before the recorder of the
// wire has got to the advert that came before.
func (d *duo) first(src string) lab.Frame {
	d.l.Until("an advert from "+src, 5*time.Second, func() bool { return len(d.wire.Adverts(src)) > 0 })
	return d.wire.Adverts(src)[0]
}

// holds fails the test if a does not stay the only master for the next n adverts.
func (d *duo) holds(t *testing.T, n int) {
	t.Helper()
	have, others := len(d.wire.Adverts(addrA)), len(d.wire.Adverts(addrB))
	d.l.Never("a loses the address or b wants it",
		func() bool { return len(d.wire.Adverts(addrA)) >= have+n }, time.Duration(n)*5*time.Second,
		func() bool { return !d.a.Has(vip) || d.b.Has(vip) || len(d.wire.Adverts(addrB)) > others })
}

// since returns the first of the frames after at.
func since(frames []lab.Frame, at time.Time) (lab.Frame, bool) {
	for _, f := range frames {
		if f.At.After(at) {
			return f, true
		}
	}
	return lab.Frame{}, false
}

// between returns the frames after from and before to.
func between(frames []lab.Frame, from, to time.Time) (some []lab.Frame) {
	for _, f := range frames {
		if f.At.After(from) && f.At.Before(to) {
			some = append(some, f)
		}
	}
	return some
}

func last(frames []lab.Frame) lab.Frame { return frames[len(frames)-1] }

// took checks a duration against the protocol's value: not before it, and not much later.
func took(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got < want-early || got > want+slack {
		t.Errorf("%s took %v, want %v", what, got.Round(time.Millisecond), want)
	}
}

// waited is took for a time that is counted from a node's IGMP report: the kernel sends that some time after the
// daemon has begun to listen, so the wait may look shorter than it was.
func waited(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got < want-150*time.Millisecond || got > want+slack {
		t.Errorf("%s took %v, want %v", what, got.Round(time.Millisecond), want)
	}
}

// skew is the time by which a backup of version 2 waits longer than its intervals (RFC 3768 §6.1).
func skew(prio int) time.Duration { return time.Duration(256-prio) * time.Second / 256 }

func backup(prio int) lab.VI {
	return lab.VI{State: "BACKUP", Prio: prio, Interval: "1", VIPs: []string{vip + "/24"}}
}

func with(v lab.VI, change func(*lab.VI)) lab.VI {
	change(&v)
	return v
}

func extra(v lab.VI, lines ...string) lab.VI {
	v.Extra = append(v.Extra[:len(v.Extra):len(v.Extra)], lines...)
	return v
}
