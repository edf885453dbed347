package netns

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// notifyScript is where the configurations look for theirs; it is the recorder here.
const notifyScript = "/usr/local/keepalived/etc/keepalived/notify.sh"

// folders returns where the configurations are: our copies with comments of our own, and the originals if
// HOLDFAST_SEEDS names them or they lie beside the repository.
func folders(t *testing.T) map[string]string {
	t.Helper()
	dirs := map[string]string{"copies": "testdata/seeds"}
	if dir := os.Getenv("HOLDFAST_SEEDS"); dir != "" {
		dirs["originals"] = dir
	} else if _, err := os.Stat("../../../shared/seeds/configs"); err == nil {
		dirs["originals"] = "../../../shared/seeds/configs"
	}
	return dirs
}

// seed reads the configuration whose name begins so: "003-05".
func seed(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, name+"*.conf"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s in %s: %v, %v", name, dir, found, err)
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// port is an interface of both machines.
type port struct{ dev, a, b string }

// site is two machines from one of the documents: what `ip address` shows on the first alone, then on either,
// and on the second alone when the first has been stopped; and what tcpdump shows while both are there.
type site struct {
	a, b         string
	ports        []port
	alone, first []string
	second, left []string
	dump         []string
	flags        []string
}

func sites() []site {
	out := func(dev string, addrs ...string) (all []string) {
		for _, a := range addrs {
			all = append(all, dev+" "+a)
		}
		return all
	}
	plus := func(lists ...[]string) []string { return slices.Concat(lists...) }
	eth0 := port{"eth0", "172.16.8.10/24", "172.16.8.11/24"}
	eth1 := port{"eth1", "10.16.8.10/24", "10.16.8.11/24"}
	eth2 := port{"eth2", "172.16.8.10/24", "172.16.8.11/24"}
	in, ex := []string{"172.16.8.100/32", "172.16.8.101/32"}, []string{"10.16.8.100/32", "10.16.8.101/32"}
	ten := []string{"10.101.0.101/22", "10.101.0.102/22", "10.101.0.107/22", "10.101.0.108/22"}
	label := []string{"eth0:1 192.168.11.100/24 brd 192.168.11.255"}
	vrrponly := []string{"-n", "-l", "-D", "-P"}
	return []site{
		{
			a: "002-01", b: "002-02", ports: []port{{"eth0", "10.101.1.185/22", "10.101.1.186/22"}},
			alone: out("eth0", ten...), first: out("eth0", ten[:2]...), second: out("eth0", ten[2:]...), left: out("eth0", ten...),
			dump: []string{
				"IP 10.101.1.185 > 224.0.0.18: VRRPv2, Advertisement, vrid 1, prio 100, authtype simple, intvl 1s, length 24",
				"IP 10.101.1.186 > 224.0.0.18: VRRPv2, Advertisement, vrid 2, prio 100, authtype simple, intvl 1s, length 24",
			},
		},
		{
			a: "003-01", b: "003-02", ports: []port{eth0, eth1},
			alone: plus(out("eth0", in...), out("eth1", ex...)),
			first: plus(out("eth0", in[0]), out("eth1", ex[0])), second: plus(out("eth0", in[1]), out("eth1", ex[1])),
			left: plus(out("eth0", in...), out("eth1", ex...)),
			dump: []string{
				"IP 10.16.8.10 > 224.0.0.111: VRRPv2, Advertisement, vrid 171, prio 100, authtype simple, intvl 1s, length 20",
				"IP 10.16.8.11 > 224.0.0.111: VRRPv2, Advertisement, vrid 172, prio 100, authtype simple, intvl 1s, length 20",
			},
		},
		{
			a: "003-05", b: "003-06", ports: []port{eth1},
			alone: out("eth1", ex...), first: out("eth1", ex[0]), second: out("eth1", ex[1]), left: out("eth1", ex...),
			dump: []string{
				"IP 10.16.8.10 > 224.0.0.111: VRRPv2, Advertisement, vrid 191, prio 100, authtype simple, intvl 1s, length 20",
				"IP 10.16.8.11 > 224.0.0.111: VRRPv2, Advertisement, vrid 192, prio 100, authtype simple, intvl 1s, length 20",
			},
		},
		{ // equals: who was first stays master of everything
			a: "003-10", b: "003-11", ports: []port{eth1, eth2},
			alone: plus(out("eth1", ex...), out("eth2", in...)), first: plus(out("eth1", ex...), out("eth2", in...)),
			left: plus(out("eth1", ex...), out("eth2", in...)),
		},
		{
			a: "003-16", b: "003-17", ports: []port{eth0},
			alone: out("eth0", in...), first: out("eth0", in...), left: out("eth0", in...),
		},
		{
			a: "003-18", b: "003-19", ports: []port{eth0},
			alone: out("eth0", in[0]), first: out("eth0", in[0]), left: out("eth0", in[0]),
			dump: []string{"IP 172.16.8.10 > 224.0.0.111: VRRPv2, Advertisement, vrid 103, prio 100, authtype simple, intvl 1s, length 20"},
		},
		{
			a: "003-15", b: "003-15", ports: []port{eth1, eth2},
			alone: plus(out("eth1", ex[0]), out("eth2", in[0])), first: plus(out("eth1", ex[0]), out("eth2", in[0])),
			left: plus(out("eth1", ex[0]), out("eth2", in[0])),
		},
		{ // -P: this kernel need not have IPVS
			a: "004-01", b: "004-02", ports: []port{{"eth0", "192.168.11.101/24", "192.168.11.102/24"}}, flags: vrrponly,
			alone: label, first: label, left: label,
			dump: []string{"IP 192.168.11.101 > 224.39.39.39: VRRPv2, Advertisement, vrid 220, prio 100, authtype simple, intvl 2s, length 20"},
		},
	}
}

// The documents' pairs of machines, as they tell it.
func TestSites(t *testing.T) {
	for which, dir := range folders(t) {
		for _, s := range sites() {
			t.Run(which+" "+s.a+" "+s.b, func(t *testing.T) {
				lab.EachPair(t, lab.Calibrate, func(t *testing.T, l *lab.Lab, p lab.Pair) { s.play(t, l, p, dir) })
			})
		}
	}
}

func (s site) play(t *testing.T, l *lab.Lab, p lab.Pair, dir string) {
	t.Helper()
	need.Command(t, "tcpdump", "the documents show its lines")
	a, b := l.Node("a"), l.Node("b")
	for i, port := range s.ports {
		a.Link(port.dev, fmt.Sprintf("br%d", i), port.a)
		b.Link(port.dev, fmt.Sprintf("br%d", i), port.b)
	}
	settings := []lab.Setting{lab.File(notifyScript, lab.RecorderScript)}
	if s.flags != nil {
		settings = append(settings, lab.Flags(s.flags...))
	}
	da := a.Start(p.A, seed(t, dir, s.a), settings...)
	s.settle(t, l, a, "a alone", s.alone)
	db := b.Start(p.B, seed(t, dir, s.b), settings...)
	s.settle(t, l, b, "b beside a", s.second)
	s.settle(t, l, a, "a beside b", s.first)
	l.Until("tcpdump shows what the document shows", 10*time.Second, func() bool { return len(s.missing(t, l)) == 0 })
	if code := da.Stop(); code != 0 {
		t.Errorf("a: exit status %d", code)
	}
	s.settle(t, l, a, "a after its stop", nil)
	s.settle(t, l, b, "b after a's stop", s.left)
	if code := db.Stop(); code != 0 {
		t.Errorf("b: exit status %d", code)
	}
	s.settle(t, l, b, "b after its stop", nil)
}

// settle waits until a machine has those virtual addresses and no others.
func (s site) settle(t *testing.T, l *lab.Lab, n *lab.Node, when string, want []string) {
	t.Helper()
	want = slices.Clone(want)
	slices.Sort(want)
	var got []string
	l.Until(when+" has "+strings.Join(want, ", "), 20*time.Second, func() bool {
		got = s.virtual(n)
		return slices.Equal(got, want)
	})
}

// virtual returns a machine's addresses other than its own, sorted: "LABEL ADDR/LEN brd BROADCAST".
func (s site) virtual(n *lab.Node) (all []string) {
	for _, p := range s.ports {
		for _, a := range n.Addrs(p.dev) {
			cidr := fmt.Sprintf("%v/%v", a["local"], a["prefixlen"])
			if a["family"] != "inet" || cidr == p.a || cidr == p.b {
				continue
			}
			line := fmt.Sprintf("%v %s", a["label"], cidr)
			if brd, ok := a["broadcast"]; ok {
				line += fmt.Sprintf(" brd %v", brd)
			}
			if a["scope"] != "global" {
				line += fmt.Sprintf(" scope %v", a["scope"])
			}
			all = append(all, line)
		}
	}
	slices.Sort(all)
	return all
}

// missing returns the lines of the document that tcpdump does not show.
func (s site) missing(t *testing.T, l *lab.Lab) (lines []string) {
	t.Helper()
	var shown strings.Builder
	for i := range s.ports {
		pcap := l.Segment(fmt.Sprintf("br%d", i)).Pcap(func(f lab.Frame) bool { return f.Advert != nil })
		out, err := exec.Command("tcpdump", "-nn", "-t", "-r", pcap).Output()
		if err != nil {
			t.Fatalf("tcpdump: %v", err)
		}
		shown.Write(out)
	}
	for _, line := range s.dump {
		if !strings.Contains(shown.String(), line) {
			lines = append(lines, line)
		}
	}
	return lines
}
