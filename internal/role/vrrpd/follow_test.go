package vrrpd

import (
	"slices"
	"strings"
	"testing"

	"holdfast/internal/role/bus"
)

const joined = `vrrp_instance VI {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 100
  virtual_ipaddress {
    192.0.2.10
  }
  track_virtual_server {
    192.0.2.10 80
    fwmark 7 weight -30
  }
}
virtual_server 192.0.2.10 80 {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  follow_vrrp VI
  real_server 10.0.0.1 80 {
  }
}
virtual_server fwmark 7 {
  lb_algo rr
  lb_kind NAT
  real_server 10.0.0.1 80 {
  }
}
`

// says has the parent pass on what the checkers say.
func (r *rig) says(name, word string) {
	r.t.Helper()
	if err := r.parent.Send(bus.Msg{Kind: bus.Fact, Subject: bus.OfService(name), Text: word}); err != nil {
		r.t.Fatal(err)
	}
}

// tells awaits what the role says of its instance.
func (r *rig) tells(name, state string) {
	r.t.Helper()
	m, err := r.parent.Recv()
	if want := (bus.Msg{Kind: bus.Fact, Subject: bus.OfInstance(name), Text: state}); err != nil || m != want {
		r.t.Fatalf("heard %+v, %v; want %+v", m, err, want)
	}
}

// TestAVirtualServerIsTracked: unknown is not down; a lost quorum is a fault or moves the priority, and its return ends that.
func TestAVirtualServerIsTracked(t *testing.T) {
	r := startRig(t, joined, nil)
	mark := r.await(0, "log (VI) Entering MASTER STATE")
	r.says("fwmark 7", bus.Down)
	mark = r.await(mark, "log Virtual server fwmark 7 has no quorum", "log (VI) Changing effective priority from 100 to 70")
	r.says("192.0.2.10 80", bus.Up)
	r.says("192.0.2.99 80", bus.Down)
	r.says("192.0.2.10 80", bus.Down)
	mark = r.await(mark, "log Virtual server 192.0.2.10 80 has no quorum", "log (VI) Entering FAULT STATE",
		"log (VI) FAULT because virtual_server 192.0.2.10 80 without quorum")
	r.says("fwmark 7", bus.Up)
	r.says("192.0.2.10 80", bus.Up)
	r.await(mark, "log Virtual server 192.0.2.10 80 has its quorum", "log (VI) Entering BACKUP STATE", "log (VI) Entering MASTER STATE")
	r.never(0, "192.0.2.99")
}

// TestAVirtualServerIsTrackedByAGroup: what the group tracks is every member's fault.
func TestAVirtualServerIsTrackedByAGroup(t *testing.T) {
	const track = "  track_virtual_server {\n    192.0.2.10 80\n    fwmark 7 weight -30\n  }\n"
	r := startRig(t, strings.Replace(joined, track, "", 1)+instance("B", "2", "100", "192.0.2.20")+
		"vrrp_sync_group G {\n group {\n VI\n B\n }\n track_virtual_server {\n fwmark 7\n }\n}\n", nil)
	mark := r.await(0, "log (VI) Entering MASTER STATE")
	r.says("fwmark 7", bus.Down)
	mark = r.await(mark, "log (VI) Entering FAULT STATE", "log (B) Entering FAULT STATE")
	r.says("fwmark 7", bus.Up)
	r.await(mark, "log (VI) Entering BACKUP STATE")
}

// TestAnInstanceIsFollowed: other roles hear of every state of an instance that is followed, and of one that a reload has followed.
func TestAnInstanceIsFollowed(t *testing.T) {
	r := startRig(t, joined, nil)
	r.await(0, "log (VI) Entering MASTER STATE")
	r.tells("VI", "BACKUP")
	r.tells("VI", "MASTER")
	r.says("192.0.2.10 80", bus.Down)
	r.tells("VI", "FAULT")
	r.says("192.0.2.10 80", bus.Up)
	r.tells("VI", "BACKUP")
	r.tells("VI", "MASTER")
	r.offer(strings.Replace(joined, "  follow_vrrp VI\n", "", 1))
	r.never(0, "fact")
	r.offer(joined)
	r.mu.Lock()
	told := slices.Contains(r.events, "fact instance VI is MASTER") // before the answer to the offer, or it comes now
	r.mu.Unlock()
	if !told {
		r.tells("VI", "MASTER")
	}
}
