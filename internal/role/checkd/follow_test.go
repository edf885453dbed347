package checkd

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/role/bus"
)

const instance = `vrrp_instance VI {
  interface eth0
  virtual_router_id 1
  virtual_ipaddress {
    192.0.2.1
  }
  track_virtual_server {
    192.0.2.1 80
  }
}
`

// is has the parent pass on how the instance stands.
func (r *rig) is(state string) {
	r.t.Helper()
	if err := r.parent.Send(bus.Msg{Kind: bus.Fact, Subject: bus.OfInstance("VI"), Text: state}); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

// tells compares what the role has said of its virtual server since the last call.
func (r *rig) tells(want ...string) {
	r.t.Helper()
	for i := 0; ; i++ {
		got := make(chan bus.Msg, 1)
		go func() {
			if m, err := r.parent.Recv(); err == nil {
				got <- m
			}
		}()
		synctest.Wait()
		select {
		case m := <-got:
			if i >= len(want) || m != (bus.Msg{Kind: bus.Fact, Subject: bus.OfService("192.0.2.1 80"), Text: want[i]}) {
				r.t.Errorf("said %+v, not %q", m, want)
			}
			if i+1 == len(want) {
				return // nobody is left behind who takes what comes next
			}
		default:
			r.t.Fatalf("said %d things, not %q", i, want)
		}
	}
}

func TestFollowsAnInstance(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(instance+strings.Replace(web, "delay_loop 2", "delay_loop 2\n follow_vrrp VI", 1), Options{})
		r.after(2 * time.Second)
		r.holds()
		r.events = nil
		r.is("BACKUP")
		r.is("MASTER")
		r.is("MASTER")
		r.happened("VS [192.0.2.1]:tcp:80 follows VI, which is MASTER - added")
		r.holds(whole...)
		r.server("10.0.0.1:80", false)
		r.after(4 * time.Second)
		r.events = nil
		r.is("FAULT")
		r.happened("VS [192.0.2.1]:tcp:80 follows VI, which is not MASTER - removed")
		r.holds()
		r.after(4 * time.Second) // nothing is put right meanwhile
		r.holds()
		r.is("MASTER")
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
		r.holds()
	})
}

// TestTellsOfAServerThatNeverWas: of some first failures nothing else is told.
func TestTellsOfAServerThatNeverWas(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.server("10.0.0.1:80", false)
		r.start(instance+`virtual_server 192.0.2.1 80 {
  delay_loop 2
  lb_algo rr
  lb_kind NAT
  protocol TCP
  alpha
  real_server 10.0.0.1 80 {
    HTTP_GET {
      url {
        path /
        status_code 200
      }
    }
  }
}
`, Options{})
		r.after(4 * time.Second)
		r.tells("down")
		r.end()
	})
}

func TestTellsOfATrackedVirtualServer(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(instance+web, Options{})
		r.tells("up")
		r.server("10.0.0.1:80", false)
		r.server("10.0.0.2:80", false)
		r.after(4 * time.Second)
		r.server("10.0.0.1:80", true)
		r.after(4 * time.Second)
		r.tells("down", "up")
		r.end()
	})
}

// TestTellsNothingThatIsNotKnown: servers that start down may not be so.
func TestTellsNothingThatIsNotKnown(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(instance+strings.Replace(web, "delay_loop 2", "delay_loop 2\n alpha", 1), Options{})
		r.after(4 * time.Second)
		r.tells("up")
		r.end()
	})
}
