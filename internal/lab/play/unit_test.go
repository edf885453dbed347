package play

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPublishedGroups(t *testing.T) {
	for name, want := range map[string]string{
		"dual":      "VG_1 of VG_1; VG_2 of VG_2",
		"sync":      "VG_1 of External_1, Internal_1",
		"dual-sync": "VG_1 of External_1, Internal_1; VG_2 of External_2, Internal_2",
		"case":      "VG1 of VI_1, VI_2; VG2 of VI_3, VI_4",
	} {
		var all []string
		for _, u := range published1(t, name).Units() {
			var members []string
			for _, in := range u.Members {
				members = append(members, in.Name)
			}
			all = append(all, u.Name+" of "+strings.Join(members, ", "))
		}
		if got := strings.Join(all, "; "); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestTheCaseStudyIsSymmetric(t *testing.T) {
	p := published1(t, "case")
	if p.Hosts != [2]string{"lvs1", "lvs2"} || len(p.Links()) != 2 || len(p.VIPs()) != 6 {
		t.Fatalf("%+v", p)
	}
	for i, in := range p.Instances {
		want := [2]uint8{150, 100}
		if i >= 2 {
			want = [2]uint8{100, 150}
		}
		if got := [2]uint8{in.Seats["r1"].Prio, in.Seats["r2"].Prio}; got != want || in.VRID != uint8(51+i) {
			t.Errorf("%s: VRID %d, priorities %v, want %v", in.Name, in.VRID, got, want)
		}
	}
	if ip := netip.MustParseAddr("192.168.100.11"); p.Instances[3].VIPs[0] != ip || p.Instances[3].Link != "eth1" {
		t.Errorf("%+v", p.Instances[3])
	}
}

func TestAGroupGivesWayAsAWhole(t *testing.T) {
	level := map[string]Seat{"r1": {Prio: 100}, "r2": {Prio: 100}}
	higher := map[string]Seat{"r1": {Prio: 150}, "r2": {Prio: 100}}
	both := []string{"r1", "r2"}
	for _, c := range []struct {
		name   string
		seats  []map[string]Seat
		master string
		up     []string
		want   string
	}{
		{"all prefer r1", []map[string]Seat{higher, higher}, "r2", both, "r1"},
		{"one does not", []map[string]Seat{higher, level}, "r2", both, "r2"},
		{"one does not, in the other order", []map[string]Seat{level, higher}, "r2", both, "r2"},
		{"r2 is all there is", []map[string]Seat{higher, level}, "r1", []string{"r2"}, "r2"},
		{"nobody yet", []map[string]Seat{level, level}, "", []string{"r1"}, "r1"},
	} {
		u := Unit{Grouped: true}
		for _, s := range c.seats {
			u.Members = append(u.Members, Instance{Seats: s})
		}
		if got := u.Heir(c.master, c.up); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAUnitWaitsForItsSlowestMember(t *testing.T) {
	u := Unit{Members: []Instance{
		{Link: "eth0", Version: 2, Interval: time.Second, Seats: map[string]Seat{"r1": {Prio: 255}}},
		{Link: "eth1", Version: 2, Interval: 2 * time.Second, Seats: map[string]Seat{"r1": {Prio: 128}}},
	}}
	if got := []time.Duration{u.Down("r1", ""), u.Down("r1", "eth0"), u.Skew("r1")}; !slices.Equal(got, []time.Duration{6500 * ms, 3003906250, 500 * ms}) {
		t.Errorf("%v", got)
	}
	if !u.On("eth0") || !u.On("") || u.On("eth2") {
		t.Error("on the wrong links")
	}
}

const groupedConf = `vrrp_sync_group G {
    group {
        A
        B
    }
}
vrrp_instance A {
    interface eth1
    virtual_router_id 7
    virtual_ipaddress { 192.0.2.9/24 }
}
vrrp_instance B {
    interface eth2
    virtual_router_id 7
    virtual_ipaddress { 198.51.100.9/24 }
}
`

func TestOwnGroups(t *testing.T) {
	loose := groupedConf[strings.Index(groupedConf, "vrrp_instance A"):]
	swapped := strings.NewReplacer(" A", " X", " B", " A").Replace(groupedConf)
	src := files{"/a": groupedConf, "/b": strings.ReplaceAll(swapped, " X", " B"), "/loose": loose}
	p, _, err := Own(src, [2]string{"/a", "/b"}) // the same virtual routers under each other's names
	if err != nil || len(p.Groups) != 1 || !slices.Equal(p.Groups[0].Members, []int{0, 1}) || p.Instances[1].Link != "eth2" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, _, err := Own(src, [2]string{"/a", "/loose"}); err == nil || !strings.Contains(err.Error(), "sync groups of the two files differ") {
		t.Errorf("error %v", err)
	}
}

// Without a group, a lost link is no business of the other link's instance.
func TestALostLinkLeavesTheOthersAlone(t *testing.T) {
	loose := groupedConf[strings.Index(groupedConf, "vrrp_instance A"):]
	p, _, err := Own(files{"/a": loose, "/b": loose}, [2]string{"/a", "/b"})
	if err != nil {
		t.Fatal(err)
	}
	steps := Scenario(&p)
	got := script(steps[6:7])
	for _, want := range []string{
		"do     unplug r1 eth1\n", "expect r2 takes A over 3.609 s", "await  r1 to advertise B 5×\n", "expect client never misses 198.51.100.9\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing says %q:\n%s", want, got)
		}
	}
	if back := script(steps[7:]); strings.Contains(back, "does not claim B") {
		t.Errorf("B is said to have been away:\n%s", back)
	}
}
