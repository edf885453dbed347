package vrrpd

import (
	"errors"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/internal/role/bus"
	"holdfast/vrrp"
)

// instance writes one vrrp_instance.
func instance(name, vrid, prio string, vips ...string) string {
	return "vrrp_instance " + name + " {\n state MASTER\n interface eth0\n virtual_router_id " + vrid + "\n priority " + prio +
		"\n virtual_ipaddress {\n " + strings.Join(vips, "\n ") + "\n }\n notify_master \"/n " + name + " master\"\n}\n"
}

// offer has the parent offer a configuration and returns the answers.
func (r *rig) offer(text string) (answers []bus.Kind) {
	r.t.Helper()
	r.gen++
	r.offered[r.gen] = text
	send := func(k bus.Kind) bus.Kind {
		if err := r.parent.Send(bus.Msg{Kind: k, Gen: r.gen, Text: string(rune(r.gen))}); err != nil {
			r.t.Fatal(err)
		}
		m, err := r.parent.Recv()
		for ; m.Kind == bus.Fact; m, err = r.parent.Recv() {
			r.note("fact %s is %s", m.Subject, m.Text)
		}
		if err != nil || m.Gen != r.gen {
			r.t.Fatalf("answer %v of generation %d: %v", m.Kind, m.Gen, err)
		}
		return m.Kind
	}
	answers = append(answers, send(bus.Prepare))
	if answers[0] == bus.Prepared {
		answers = append(answers, send(bus.Commit))
	}
	return answers
}

func (r *rig) thaw(where string) (*conf.Config, error) {
	text, ok := r.offered[int([]rune(where)[0])]
	if !ok {
		return nil, errors.New("no such generation")
	}
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{Skip: []string{"virtual_server", "virtual_server_group"}})
	return cfg, faults.Err()
}

// mark returns the place behind everything that happened so far.
func (r *rig) mark() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.events)
}

// never fails if something that contains one of the words happened from the mark on.
func (r *rig) never(mark int, words ...string) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events[mark:] {
		for _, w := range words {
			if strings.Contains(e, w) {
				r.t.Errorf("%q happened", e)
			}
		}
	}
}

func TestReloadOfTheSameTouchesNothing(t *testing.T) {
	text := instance("A", "1", "255", "192.0.2.1") + instance("B", "2", "255", "192.0.2.2")
	r := startRig(t, text, nil)
	r.await(0, "run /n A master")
	r.await(0, "run /n B master")
	r.await(0, "add 192.0.2.2/32")
	mark := r.mark()
	for range 20 {
		r.offer(text + "# another comment\n")
	}
	mark = r.await(mark, "send vrid=1 prio=255") // the next advert in turn
	r.never(0, "del ")
	r.never(mark, "add ", "STATE", "open wire", "close wire", "run ")
}

func TestReloadChangesOnlyWhatChanged(t *testing.T) {
	r := startRig(t, instance("A", "1", "255", "192.0.2.1")+instance("B", "2", "255", "192.0.2.2", "192.0.2.3"), nil)
	r.await(0, "run /n B master")
	r.await(0, "add 192.0.2.3/32")
	mark := r.mark()
	// B is renamed and exchanges an address, C is new; A is as it was.
	r.offer(instance("A", "1", "255", "192.0.2.1") + instance("B2", "2", "255", "192.0.2.2", "192.0.2.4") + instance("C", "3", "255", "192.0.2.5"))
	r.await(mark, "send vrid=2 prio=255")
	r.await(mark, "add 192.0.2.4/32")
	r.await(mark, "del 192.0.2.3/32")
	r.await(mark, "arp 192.0.2.4 on eth0")
	r.await(mark, "log (C) Entering MASTER STATE", "run /n C master")
	r.await(mark, "wire on eth0 passes [1 2 3]")
	r.await(mark, "add 192.0.2.5/32")
	r.never(mark, "del 192.0.2.1", "del 192.0.2.2", "add 192.0.2.1", "(A) Entering", "(B2) Entering", "open wire")
	// A and C go; B2 stays.
	mark = r.mark()
	r.offer(instance("B2", "2", "255", "192.0.2.2", "192.0.2.4"))
	r.await(mark, "send vrid=1 prio=0", "del 192.0.2.1/32")
	r.await(mark, "send vrid=3 prio=0", "del 192.0.2.5/32")
	r.never(mark, "send vrid=2 prio=0", "del 192.0.2.2", "(B2) Entering", "stop")
	// What went may come back, into any slot.
	mark = r.mark()
	r.offer(instance("C", "3", "255", "192.0.2.5") + instance("B2", "2", "255", "192.0.2.2", "192.0.2.4"))
	r.await(mark, "log (C) Entering MASTER STATE", "run /n C master")
	r.await(mark, "add 192.0.2.5/32")
	r.never(mark, "(B2) Entering")
}

func TestAnAddressMovesBetweenInstances(t *testing.T) {
	r := startRig(t, instance("A", "1", "255", "192.0.2.1", "192.0.2.9")+instance("B", "2", "255", "192.0.2.2"), nil)
	r.await(0, "run /n B master")
	r.await(0, "add 192.0.2.9/32")
	r.await(0, "add 192.0.2.2/32")
	mark := r.mark()
	r.offer(instance("A", "1", "255", "192.0.2.1") + instance("B", "2", "255", "192.0.2.2", "192.0.2.9"))
	r.await(mark, "arp 192.0.2.9 on eth0")
	r.offer(instance("B", "2", "255", "192.0.2.2", "192.0.2.9"))
	r.await(mark, "del 192.0.2.1/32")
	r.never(mark, "del 192.0.2.9")
}

func TestARejectedReloadChangesNothing(t *testing.T) {
	r := startRig(t, instance("A", "1", "255", "192.0.2.1"), nil)
	r.await(0, "run /n A master")
	r.await(0, "add 192.0.2.1/32")
	mark := r.mark()
	r.mu.Lock()
	r.vetoed = errors.New("the machine cannot do that")
	r.mu.Unlock()
	if got := r.offer(instance("B", "9", "255", "192.0.2.9")); len(got) != 1 || got[0] != bus.Rejected {
		t.Errorf("answers %v, want a rejection", got)
	}
	// The parent may forget it, and a commit of what was never prepared is not followed.
	for _, k := range []bus.Kind{bus.Abort, bus.Commit} {
		if err := r.parent.Send(bus.Msg{Kind: k, Gen: r.gen}); err != nil {
			t.Fatal(err)
		}
	}
	r.await(mark, "send vrid=1 prio=255")
	r.never(mark, "del ", "vrid=9", "Reloading")
}

func TestARespawnedRoleGoesOn(t *testing.T) {
	text := instance("A", "1", "100", "192.0.2.1") + instance("B", "2", "100", "192.0.2.2", "192.0.2.3")
	r := startRigWith(t, text, func(r *rig) {
		r.addr("192.0.2.1/32")
		r.addr("192.0.2.2/32") // only one of B's: somebody else's doing, or an old one
	}, Options{Respawn: true})
	r.await(0, "send vrid=1 prio=100", "log (A) Entering MASTER STATE")
	r.await(0, "del 192.0.2.2/32", "log (B) Entering BACKUP STATE (init)")
	r.never(0, "del 192.0.2.1/32", "add 192.0.2.1/32")
	mark := r.mark()
	a := vrrp.Advert{Version: 2, VRID: 1, Priority: 200, Interval: 1e9}
	a.Addrs = r.role.gen.setup.Plans[0].VRRP.Addrs
	r.hear(a, "10.0.0.9")
	r.await(mark, "log (A) Master received advert from 10.0.0.9 with higher priority 200, ours 100", "log (A) Entering BACKUP STATE")
	r.await(mark, "del 192.0.2.1/32")
}

func TestTheLastLifeGivesUpWhatWasHeld(t *testing.T) {
	text := instance("A", "1", "100", "192.0.2.1") + instance("B", "2", "100", "192.0.2.2")
	r := startRigWith(t, text, func(r *rig) { r.addr("192.0.2.1/32") }, Options{Farewell: true})
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
	r.done <- nil
	r.await(0, "send vrid=1 prio=0")
	r.await(0, "del 192.0.2.1/32")
	r.never(0, "vrid=2", "run /n")
	addrs, _ := r.host.Addrs()
	for _, a := range addrs {
		if a.Link == r.eth0.Index && a.Key() != (table.Key{Link: r.eth0.Index, Prefix: a.Prefix}) || a.Prefix.String() == "192.0.2.1/32" {
			t.Errorf("left behind: %s", a.Prefix)
		}
	}
}
