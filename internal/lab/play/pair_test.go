package play

import (
	"fmt"
	"net/netip"
	"os"
	"path"
	"strings"
	"testing"
	"time"
)

// files is a syntax.Source of texts.
type files map[string]string

func (f files) ReadFile(p string) ([]byte, error) {
	if text, ok := f[p]; ok {
		return []byte(text), nil
	}
	return nil, fmt.Errorf("open %s: %w", p, os.ErrNotExist)
}

func (f files) Glob(pattern string) (found []string, err error) {
	for p := range f {
		if ok, _ := path.Match(pattern, p); ok {
			found = append(found, p)
		}
	}
	return found, nil
}
func (files) Getenv(string) string { return "" }

func published1(t *testing.T, name string) *Pair {
	t.Helper()
	pairs, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		if pairs[i].Name == name {
			return &pairs[i]
		}
	}
	t.Fatalf("no pair %s", name)
	return nil
}

func TestPublishedPairsSayWhatTheyShould(t *testing.T) {
	single := published1(t, "single")
	if len(single.Instances) != 1 || single.Hosts != [2]string{"ka67", "ka68"} {
		t.Fatalf("%+v", single)
	}
	in := single.Instances[0]
	if in.VRID != 103 || in.Interval != time.Second || in.Version != 2 || in.Link != "eth0" ||
		in.VIPs[0] != netip.MustParseAddr("172.16.8.100") || in.Seats["r1"].Prio != 100 || in.Seats["r2"].Prio != 95 {
		t.Errorf("%+v", in)
	}
	dual := published1(t, "dual")
	if len(dual.Instances) != 2 || dual.Instances[0].VRID != 191 || dual.Instances[1].VRID != 192 ||
		!dual.Instances[0].Level() || !dual.Instances[1].Level() || len(dual.VIPs()) != 2 {
		t.Errorf("%+v", dual.Instances)
	}
}

// RFC 3768 §6.1 and RFC 9568 §6.1: skew and master-down time.
func TestWaitingTimes(t *testing.T) {
	for _, c := range []struct {
		in         Instance
		skew, down time.Duration
	}{
		{Instance{Version: 2, Interval: time.Second, Seats: map[string]Seat{"r1": {Prio: 100}}}, 609375 * time.Microsecond, 3609375 * time.Microsecond},
		{Instance{Version: 2, Interval: 2 * time.Second, Seats: map[string]Seat{"r1": {Prio: 100}}}, 609375 * time.Microsecond, 6609375 * time.Microsecond},
		{Instance{Version: 3, Interval: 200 * time.Millisecond, Seats: map[string]Seat{"r1": {Prio: 100}}}, 121875 * time.Microsecond, 721875 * time.Microsecond},
		{Instance{Version: 3, Interval: time.Second, Seats: map[string]Seat{"r1": {Prio: 255}}}, 3906250, 3003906250},
	} {
		if s, d := c.in.Skew("r1"), c.in.Down("r1"); s != c.skew || d != c.down {
			t.Errorf("%+v: skew %v, down %v; want %v, %v", c.in, s, d, c.skew, c.down)
		}
	}
}

func TestHeir(t *testing.T) {
	higher := map[string]Seat{"r1": {Prio: 100}, "r2": {Prio: 95}}
	polite := map[string]Seat{"r1": {Prio: 100, NoPreempt: true}, "r2": {Prio: 95}}
	level := map[string]Seat{"r1": {Prio: 100}, "r2": {Prio: 100}}
	both := []string{"r1", "r2"}
	for _, c := range []struct {
		seats  map[string]Seat
		master string
		up     []string
		want   string
	}{
		{higher, "", both, "r1"},
		{higher, "r2", both, "r1"},
		{higher, "r1", []string{"r2"}, "r2"},
		{polite, "r2", both, "r2"},
		{polite, "", both, "r1"},
		{level, "r2", both, "r2"},
		{level, "r1", both, "r1"},
		{higher, "r1", nil, ""},
	} {
		in := Instance{Seats: c.seats}
		if got := in.Heir(c.master, c.up); got != c.want {
			t.Errorf("%v: heir of %q among %v is %q, want %q", c.seats, c.master, c.up, got, c.want)
		}
	}
}

const ownConf = `vrrp_instance A {
    interface eth1
    virtual_router_id 7
    priority 120
    version 3
    advert_int 0.2
    nopreempt
    virtual_ipaddress { 192.0.2.9/24 }
}
`

func TestOwnPairs(t *testing.T) {
	src := files{
		"/a": ownConf, "/b": strings.Replace(ownConf, "120", "110", 1),
		"/lonely": strings.Replace(ownConf, "id 7", "id 8", 1), "/none": "global_defs {\n}\n",
		"/bare": strings.Replace(ownConf, "192.0.2.9/24", "", 1),
		"/six":  strings.Replace(ownConf, "192.0.2.9/24", "2001:db8::9/64", 1),
	}
	p, _, err := Own(src, [2]string{"/a", "/b"})
	if err != nil {
		t.Fatal(err)
	}
	in := p.Instances[0]
	if in.Link != "eth1" || in.Version != 3 || in.Interval != 200*time.Millisecond || in.Seats["r2"].Prio != 110 || !in.Seats["r1"].NoPreempt || p.Scripted {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct{ a, b, want string }{
		{"/a", "/lonely", "in one of the two files only"},
		{"/none", "/none", "no vrrp_instance"},
		{"/bare", "/bare", "no virtual_ipaddress"},
		{"/six", "/six", "IPv6"},
		{"/a", "/absent", "/absent"},
	} {
		if _, _, err := Own(src, [2]string{c.a, c.b}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s and %s: error %v, want one with %q", c.a, c.b, err, c.want)
		}
	}
}
