package vrrpd

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
	"holdfast/vrrp"
)

// desk is where the files of a rig arrive. It takes one whenever the test lets it.
type desk struct {
	r     *rig
	gate  chan struct{} // nil: at once
	begun chan struct{} // with gate: the first file has come that far
	full  error
	got   chan page
}

type page struct{ name, text string }

func (d *desk) Place(name string, text []byte) error {
	if d.gate != nil {
		select {
		case d.begun <- struct{}{}:
		default:
		}
		<-d.gate
	}
	if d.full != nil {
		return d.full
	}
	d.got <- page{name, string(text)}
	return nil
}

func (d *desk) next(t *testing.T) page {
	t.Helper()
	select {
	case p := <-d.got:
		return p
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain for a file")
		return page{}
	}
}

func startWriting(t *testing.T, text string, d *desk) *rig {
	t.Helper()
	d.got = make(chan page, 64)
	return startRigWith(t, text, func(r *rig) { d.r = r; r.files = d }, Options{})
}

func (r *rig) tell(k bus.Kind) {
	r.t.Helper()
	if err := r.parent.Send(bus.Msg{Kind: k}); err != nil {
		r.t.Fatal(err)
	}
}

const tracked = `vrrp_sync_group G {
  group {
    A
    B
  }
}
vrrp_instance A {
  interface eth0
  virtual_router_id 54
  priority 100
  virtual_ipaddress {
    192.0.2.10
  }
}
vrrp_instance B {
  interface eth0
  virtual_router_id 52
  priority 90
  virtual_ipaddress {
    192.0.2.11
  }
}
vrrp_instance C {
  interface eth0
  virtual_router_id 53
  priority 90
  track_interface {
    lo0 weight -10
  }
  virtual_ipaddress {
    192.0.2.12
  }
}
`

func TestTheDataFileTellsStatesAndReasons(t *testing.T) {
	d := &desk{}
	r := startWriting(t, owner+strings.ReplaceAll(tracked, "lo0", "eth1"), d)
	r.await(0, "log (VI_1) MASTER because address owner (priority 255); priority 255", "run /n master")
	r.await(0, "log (C) BACKUP because started; base 90, interface eth1 -10, effective 80")
	if err := r.host.SetCarrier(r.eth0.Index, false); err != nil {
		t.Fatal(err)
	}
	r.await(0, "log (A) FAULT because interface eth0 down")
	r.await(0, "log (B) FAULT because interface eth0 down")
	r.await(0, "log (C) FAULT because interface eth0 down")
	r.await(0, "log (VI_1) Entering FAULT STATE", "log (VI_1) FAULT because interface eth0 down", "run /n fault")
	r.tell(bus.Dump)
	p := d.next(t)
	if p.name != "keepalived.data" {
		t.Errorf("the file is called %s", p.name)
	}
	for _, want := range []string{
		"------< Global definitions >------", "   State = FAULT", "   Read timeout = DISABLED",
		"   Number of interface and track script faults = 1", "   Effective priority = 80", " VRRP Sync Group = G, FAULT",
		"   Num member fault 2, num member init 0", "------< VRRP Sockpool >------", "     VI_1 vrid 51",
		"------< Interfaces >------", "------< Decisions >------", ": interface eth0 down",
		" INIT → BACKUP: started; base 90, interface eth1 -10, effective 80",
	} {
		if !strings.Contains(p.text, want+"\n") {
			t.Errorf("no line ends in %q in:\n%s", want, p.text)
		}
	}
}

func TestStatisticsAreTakenAndCleared(t *testing.T) {
	d := &desk{}
	r := startWriting(t, owner, d)
	r.await(0, "send vrid=51 prio=255", "run /n master")
	a := vrrp.Advert{
		Version: 2, VRID: 51, Priority: 100, Interval: time.Second,
		Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.10")},
	}
	r.hear(a, "10.0.0.9")
	r.await(0, "log (VI_1) received an unexpected ip number count 1, expected 2!")
	for _, k := range []bus.Kind{bus.Stats, bus.StatsClear, bus.Stats} {
		r.tell(k)
	}
	for i, want := range []string{"    Address List: 1\n", "    Address List: 1\n", "    Address List: 0\n"} {
		p := d.next(t)
		if p.name != "keepalived.stats" || !strings.Contains(p.text, want) || !strings.HasPrefix(p.text, "VRRP Instance: VI_1\n") {
			t.Errorf("file %d is %s without %q:\n%s", i, p.name, want, p.text)
		}
	}
	r.tell(bus.JSON)
	p := d.next(t)
	var list []struct {
		Data struct {
			Name  string `json:"iname"`
			State int    `json:"state"`
			VIPs  []string
		}
		Stats map[string]int
	}
	if err := json.Unmarshal([]byte(p.text), &list); err != nil {
		t.Fatalf("%v in %s", err, p.text)
	}
	if len(list) != 1 || p.name != "keepalived.json" || list[0].Data.Name != "VI_1" || list[0].Data.State != int(vrrp.Master) ||
		len(list[0].Data.VIPs) != 2 || list[0].Stats["become_master"] != 0 {
		t.Errorf("%s: %+v", p.name, list)
	}
}

// A disk that stands still stops neither adverts nor the parent's messages, and what would pile up is left out.
func TestASlowDiskDelaysNothing(t *testing.T) {
	d := &desk{gate: make(chan struct{}), begun: make(chan struct{}, 1)}
	r := startWriting(t, owner, d)
	mark := r.await(0, "run /n master")
	r.tell(bus.Stats)
	<-d.begun
	for range spool.Pages + 1 { // one is being written, the others wait, and one finds no room
		r.tell(bus.Stats)
	}
	mark = r.await(mark, "log keepalived.stats is not written: there is no place for it, or others are waiting to be written")
	r.await(mark, "send vrid=51 prio=255", "send vrid=51 prio=255")
	close(d.gate)
	for range spool.Pages + 1 {
		d.next(t)
	}
}

func TestAFullDiskIsTold(t *testing.T) {
	d := &desk{full: errors.New("no space left on device")}
	r := startWriting(t, owner, d)
	r.await(0, "run /n master")
	r.tell(bus.Dump)
	r.await(0, "log no space left on device")
}

// What was decided survives a reload that renames the instance; another one in its slot begins with nothing.
func TestDecisionsSurviveAReload(t *testing.T) {
	d := &desk{}
	r := startWriting(t, owner, d)
	r.await(0, "run /n master")
	r.offer(strings.ReplaceAll(owner, "VI_1", "RENAMED"))
	r.tell(bus.Dump)
	text := d.next(t).text
	if _, tail, _ := strings.Cut(text, "Decisions"); !strings.Contains(tail, " VRRP Instance = RENAMED\n   MASTER since ") {
		t.Errorf("after renaming:\n%s", tail)
	}
	mark := r.mark()
	for _, vrid := range []string{"52", "53"} {
		r.offer(strings.ReplaceAll(owner, "virtual_router_id 51", "virtual_router_id "+vrid))
		mark = r.await(mark, "log (VI_1) MASTER because address owner (priority 255); priority 255")
	}
	r.tell(bus.Dump)
	if _, tail, _ := strings.Cut(d.next(t).text, "Decisions"); strings.Count(tail, " MASTER") != 1 {
		t.Errorf("after another one took its place:\n%s", tail)
	}
}

// A member without a fault of its own tells whose it is.
func TestAMembersFaultIsNamed(t *testing.T) {
	d := &desk{}
	r := startWriting(t, strings.ReplaceAll(strings.Replace(tracked, "interface eth0\n  virtual_router_id 52", "interface eth1\n  virtual_router_id 52", 1), "lo0", "lo"), d)
	r.await(0, "log (C) BACKUP because started; priority 90") // the others were started before it
	r.tell(bus.Dump)
	text := d.next(t).text
	_, tail, _ := strings.Cut(text, "Decisions")
	for _, want := range []string{"A\n   FAULT", ": B: interface eth1 absent\n", "B\n   FAULT"} {
		if !strings.Contains(tail, want) {
			t.Errorf("no %q in:\n%s", want, tail)
		}
	}
}
