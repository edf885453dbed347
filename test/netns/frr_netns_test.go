package netns

import (
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// A third implementation as peer: it is listened to while it is better, and it yields to a better one; after a
// farewell it takes over.
func TestFRR(t *testing.T) {
	lab.EachSeat(t, func(t *testing.T, l *lab.Lab, s lab.Seat) {
		w := l.Segment("br0")
		a, b := l.Node("a").Link("eth0", "br0", addrA+"/24"), l.Node("b").Link("eth0", "br0", addrB+"/24")
		b.FRR(150, vip)
		l.Until("FRR is master", 15*time.Second, func() bool { return len(w.Adverts(addrB)) > 0 })
		worse := a.Start(s, lab.Config(nil, backup(100)))
		have := len(w.Adverts(addrB))
		l.Never("a becomes master", func() bool { return len(w.Adverts(addrB)) >= have+5 }, 10*time.Second,
			func() bool { return a.Has(vip) || len(w.Adverts(addrA)) > 0 })
		if code := worse.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}

		better := a.Start(s, lab.Config(nil, backup(200)))
		l.Until("a takes over", 10*time.Second, func() bool { return a.Has(vip) && len(w.Adverts(addrA)) > 1 })
		if late := between(w.Adverts(addrB), w.Adverts(addrA)[0].At, time.Now()); len(late) > 0 {
			t.Errorf("FRR goes on: %s", late[0])
		}
		if code := better.Stop(); code != 0 {
			t.Errorf("exit status %d", code)
		}
		farewell := last(w.Adverts(addrA))
		if farewell.Advert.Priority != 0 {
			t.Fatalf("a's last advert: %s", farewell)
		}
		l.Until("FRR takes over", 5*time.Second, func() bool { return last(w.Adverts(addrB)).At.After(farewell.At) })
		took(t, "the takeover", last(w.Adverts(addrB)).At.Sub(farewell.At), skew(150))
	})
}
