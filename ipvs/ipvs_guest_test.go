package ipvs_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"holdfast/internal/host/netns"
	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

// TestKernel needs a kernel with IPVS. Each of its parts works in a network namespace of its own, whose table is its own as well.
func TestKernel(t *testing.T) {
	kernel(t) // once in front, so that what is skipped has this test's name
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"what is written is read back", roundTripInKernel},
		{"the kernel in memory is like it", asInMemory},
		{"configuration", configInKernel},
		{"sync daemons", daemonsInKernel},
		{"both sync daemons", bothDaemons},
		{"ten thousand destinations", many},
	} {
		t.Run(part.name, part.run)
	}
}

var spaces int

// kernel makes a network namespace and connects to its IPVS.
func kernel(t *testing.T) (*netns.Space, *ipvs.Client) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: to make a network namespace")
	}
	spaces++
	s, err := netns.New(fmt.Sprintf("holdfast-ipvs-%d-%d", os.Getpid(), spaces), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	c, err := ipvs.Dial(ipvs.Options{NetNS: s.FD()})
	var missing *ipvs.MissingError
	if errors.As(err, &missing) {
		t.Skipf("needs a kernel with IPVS: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	// Without any route IPVS takes every IPv4 address for one of broadcast, and refuses it as a destination.
	run(t, s, "ip", "link", "set", "lo", "up", "multicast", "on")
	return s, c
}

// run runs a program in the namespace.
func run(t interface{ Fatalf(string, ...any) }, s *netns.Space, name string, args ...string) string {
	var out []byte
	err := s.Do(func() (err error) {
		out, err = exec.Command(name, args...).CombinedOutput()
		return err
	})
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func needsAdm(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ipvsadm"); err != nil {
		t.Skip("needs ipvsadm: to judge what came to be")
	}
}

func roundTripInKernel(t *testing.T) {
	_, c := kernel(t)
	rapid.Check(t, func(r *rapid.T) {
		if err := c.Flush(); err != nil {
			r.Fatal(err)
		}
		roundTrip(r, c)
	})
}

// The kernel in memory answers every operation as the real one, the real table is then the same, and ipvsadm shows it so.
func asInMemory(t *testing.T) {
	needsAdm(t)
	s, c := kernel(t)
	refused := 0
	rapid.Check(t, func(r *rapid.T) {
		if err := c.Flush(); err != nil {
			r.Fatal(err)
		}
		ops := make([]ipvs.Op, rapid.IntRange(1, 40).Draw(r, "operations"))
		for i := range ops {
			ops[i] = genOp(r)
		}
		model := ipvstest.New().Client(t)
		real, want := c.Do(ops), model.Do(ops)
		for i, op := range ops {
			if fmt.Sprint(real[i]) != fmt.Sprint(want[i]) {
				r.Fatalf("operation %d, %+v:\n%v, in memory\n%v", i, op, real[i], want[i])
			}
			if real[i] != nil {
				refused++
			}
		}
		if d := cmp.Diff(read(r, model), read(r, c), addrComparer()); d != "" {
			r.Fatalf("tables (-memory +kernel):\n%s", d)
		}
		got := strings.Split(strings.TrimSuffix(run(r, s, "ipvsadm", "-Sn"), "\n"), "\n")
		wanted := saved(read(r, c))
		settle(got, wanted)
		slices.Sort(got)
		slices.Sort(wanted)
		if d := cmp.Diff(wanted, got); d != "" && (len(wanted) > 0 || got[0] != "") {
			r.Fatalf("ipvsadm -Sn (-as read +as it says):\n%s", d)
		}
		if got, want := thresholds(run(r, s, "ipvsadm", "-Ln", "--thresholds")), bounds(read(r, c)); !cmp.Equal(got, want) {
			r.Fatalf("ipvsadm --thresholds:\n%q, want\n%q", got, want)
		}
	})
	if refused == 0 {
		t.Error("no operation was refused")
	}
}

// saved is what ipvsadm -Sn writes of a table.
func saved(all table) []string {
	var lines []string
	for k, x := range all {
		at := admService(k)
		line := "-A " + at + " -s " + x.Service.Scheduler
		s := x.Service
		if s.Flags&ipvs.Persistent != 0 {
			line += fmt.Sprintf(" -p %d", int(s.Timeout.Seconds()))
			if s.Mask.IsValid() {
				line += " -M " + admMask(s)
			}
		}
		if s.Engine != "" {
			line += " --pe " + s.Engine
		}
		if s.Flags&ipvs.OnePacket != 0 {
			line += " -o"
		}
		lines = append(lines, line+admFlags(s))
		for _, d := range x.Dests {
			line := fmt.Sprintf("-a %s -r %v %s -w %d", at, d.Addr, admForward(d.Forward), d.Weight)
			if d.Forward == ipvs.Tunnel {
				line += " --tun-type " + d.Encap.Type.String()
				if d.Encap.Type == ipvs.GUE {
					line += fmt.Sprintf(" --tun-port %d", d.Encap.Port)
				}
				if d.Encap.Type != ipvs.IPIP {
					line += map[ipvs.EncapFlags]string{0: " --tun-nocsum", ipvs.Checksum: " --tun-csum", ipvs.RemoteChecksum: " --tun-remcsum"}[d.Encap.Flags]
				}
			}
			lines = append(lines, line)
		}
	}
	return lines
}

func admService(k ipvs.ServiceKey) string {
	if k.IsMark() {
		at := fmt.Sprintf("-f %d", int32(k.Mark))
		if k.Family == ipvs.IPv6 {
			at += " -6"
		}
		return at
	}
	return map[ipvs.Protocol]string{ipvs.TCP: "-t ", ipvs.UDP: "-u ", ipvs.SCTP: "--sctp-service "}[k.Protocol] + k.Addr.String()
}

func admMask(s ipvs.Service) string {
	if s.Family == ipvs.IPv4 {
		return s.Mask.String()
	}
	for bits := range 129 {
		if ipvs.PrefixMask(ipvs.IPv6, bits) == s.Mask {
			return fmt.Sprint(bits)
		}
	}
	return "?"
}

func admFlags(s ipvs.Service) string {
	names := []string{"flag-1", "flag-2", "flag-3"}
	if s.Scheduler == "sh" || s.Scheduler == "mh" {
		names = []string{s.Scheduler + "-fallback", s.Scheduler + "-port"} // it does not show the third
	}
	var set []string
	for i, name := range names {
		if s.Flags&(ipvs.Sched1<<i) != 0 {
			set = append(set, name)
		}
	}
	if s.Flags&(ipvs.Sched1|ipvs.Sched2|ipvs.Sched3) == 0 {
		return ""
	}
	return " -b " + strings.Join(set, ",")
}

func admForward(f ipvs.Forward) string {
	switch f {
	case ipvs.Masquerade:
		return "-m"
	case ipvs.Tunnel:
		return "-i"
	case ipvs.DirectRoute, ipvs.Local:
		return "-g"
	case ipvs.Bypass:
	}
	return unknown
}

// unknown stands where ipvsadm has no option for a way to forward, and prints what it finds in its memory.
const unknown = "-?"

// settle writes unknown into the lines of ipvsadm where lines have it.
func settle(got, lines []string) {
	for _, l := range lines {
		at, rest, ok := strings.Cut(l, unknown)
		if !ok {
			continue
		}
		for i, g := range got {
			if strings.HasPrefix(g, at) && strings.HasSuffix(g, rest) {
				got[i] = l
			}
		}
	}
}

// thresholds takes "ADDRESS UPPER LOWER" of each destination out of what ipvsadm shows, sorted.
func thresholds(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) == 6 && f[0] == "->" {
			all = append(all, strings.Join(f[1:4], " "))
		}
	}
	slices.Sort(all)
	return all
}

func bounds(all table) []string {
	var out []string
	for _, x := range all {
		for _, d := range x.Dests {
			out = append(out, fmt.Sprintf("%v %d %d", d.Addr, d.Upper, d.Lower))
		}
	}
	slices.Sort(out)
	return out
}

func configInKernel(t *testing.T) {
	needsAdm(t)
	s, c := kernel(t)
	configure(t, c)
	if got, want := run(t, s, "ipvsadm", "-L", "--timeout"), "Timeout (tcp tcpfin udp): 3600 120 7\n"; got != want {
		t.Errorf("ipvsadm: %q, want %q", got, want)
	}
}

func daemonsInKernel(t *testing.T) {
	_, c := kernel(t)
	daemons(t, c)
}

// Both daemons at once, as ipvsadm sees them.
func bothDaemons(t *testing.T) {
	needsAdm(t)
	s, c := kernel(t)
	for _, state := range []ipvs.DaemonState{ipvs.Backup, ipvs.Master} {
		d := ipvs.Daemon{
			State: state, Interface: "lo", SyncID: uint8(40 + state), MaxLen: 1400, Group: netip.MustParseAddr("224.0.2.3"), Port: 8900, TTL: 3,
		}
		if err := c.StartDaemon(d); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.Daemons()
	if err != nil || len(all) != 2 || all[0].State != ipvs.Master || all[1].State != ipvs.Backup {
		t.Errorf("daemons %+v, %v", all, err)
	}
	want := "master sync daemon (mcast=lo, syncid=41, maxlen=1400, group=224.0.2.3, port=8900, ttl=3)\n" +
		"backup sync daemon (mcast=lo, syncid=42, maxlen=1400, group=224.0.2.3, port=8900, ttl=3)\n"
	if got := run(t, s, "ipvsadm", "-L", "--daemon"); got != want {
		t.Errorf("ipvsadm:\n%s, want\n%s", got, want)
	}
	if err := c.StopDaemon(ipvs.Master); err != nil {
		t.Error(err)
	}
	if err := c.StopDaemon(ipvs.Backup); err != nil {
		t.Error(err)
	}
	if all, err := c.Daemons(); err != nil || len(all) != 0 {
		t.Errorf("in the end: %+v, %v", all, err)
	}
}

// They are set in one go, read back whole, and refused one by one.
func many(t *testing.T) {
	_, c := kernel(t)
	const services, each = 100, 100
	var ops []ipvs.Op
	for i := range services {
		k := ipvs.AddrKey(ipvs.TCP, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 80))
		ops = append(ops, ipvs.Op{Kind: ipvs.AddService, Service: ipvs.Service{ServiceKey: k, Scheduler: "wrr"}})
		for j := range each {
			d := ipvs.Destination{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 2, byte(i), byte(j)}), 80), Weight: 1}
			ops = append(ops, ipvs.Op{Kind: ipvs.AddDestination, Service: ipvs.Service{ServiceKey: k}, Destination: d})
		}
	}
	if err := errors.Join(c.Do(ops)...); err != nil {
		t.Fatal(err)
	}
	all := read(t, c)
	n := 0
	for _, x := range all {
		n += len(x.Dests)
	}
	if len(all) != services || n != services*each {
		t.Errorf("%d services, %d destinations", len(all), n)
	}
	// Once more they all exist: as many errors, none of them lost or exchanged.
	for i, err := range c.Do(ops) {
		if !errors.Is(err, unix.EEXIST) || !strings.Contains(err.Error(), ops[i].Service.Addr.String()) {
			t.Fatalf("operation %d again: %v", i, err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
}
