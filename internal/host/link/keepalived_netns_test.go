package link

import (
	"bufio"
	"context"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// virtual is one line of virtual_ipaddress and the address that it means.
type virtual struct {
	line string
	addr table.Addr
}

// virtuals has every option that keepalived 2.2.7 knows.
//
//	compat: a peer discards the prefix length of the address (and for IPv6 leaves /128);
//	        preferred_lft and home are without effect on IPv4;
//	        "brd -" clears the host bits where "brd +" sets them;
//	        IPv6 addresses get NODAD unless -nodad says otherwise, and /128 is deprecated at once.
func virtuals(l table.Link) (four, six []virtual) {
	v := func(list *[]virtual, line, prefix string, change ...func(*table.Addr)) {
		a := table.Addr{Link: l.Index, Prefix: netip.MustParsePrefix(prefix), Valid: table.Forever, Preferred: table.Forever}
		if a.Prefix.Addr().Is6() {
			a.Flags = unix.IFA_F_NODAD
			if a.Prefix.Bits() == 128 {
				a.Preferred = 0
			}
		}
		for _, c := range change {
			c(&a)
		}
		*list = append(*list, virtual{line, a})
	}
	brd := func(s string) func(*table.Addr) { return func(a *table.Addr) { a.Broadcast = netip.MustParseAddr(s) } }
	peer := func(s string) func(*table.Addr) { return func(a *table.Addr) { a.Peer = netip.MustParsePrefix(s) } }
	scope := func(s uint8) func(*table.Addr) { return func(a *table.Addr) { a.Scope = s } }
	flags := func(f uint32) func(*table.Addr) { return func(a *table.Addr) { a.Flags |= f } }
	prefer := func(s uint32) func(*table.Addr) { return func(a *table.Addr) { a.Preferred = s } }

	v(&four, "10.9.0.50", "10.9.0.50/32")
	v(&four, "10.9.0.51/24", "10.9.0.51/24")
	v(&four, "10.9.0.52/24", "10.9.0.52/24")
	v(&four, "10.9.1.52/24 brd +", "10.9.1.52/24", brd("10.9.1.255"))
	v(&four, "10.9.2.53/24 brd -", "10.9.2.53/24", brd("10.9.2.0"))
	v(&four, "10.9.3.54/24 brd 10.9.3.200", "10.9.3.54/24", brd("10.9.3.200"))
	v(&four, "10.9.4.55/24 label "+l.Name+":55", "10.9.4.55/24", func(a *table.Addr) { a.Label = l.Name + ":55" })
	v(&four, "10.9.5.56/24 scope host", "10.9.5.56/24", scope(unix.RT_SCOPE_HOST))
	v(&four, "10.9.6.57/24 scope link", "10.9.6.57/24", scope(unix.RT_SCOPE_LINK))
	v(&four, "10.9.7.58/24 scope site", "10.9.7.58/24", scope(unix.RT_SCOPE_SITE))
	v(&four, "10.9.8.59/24 dev "+l.Name+" scope global", "10.9.8.59/24")
	v(&four, "10.9.9.60 peer 10.9.9.61", "10.9.9.60/32", peer("10.9.9.61/32"))
	v(&four, "10.9.10.60/24 peer 10.9.11.61", "10.9.10.60/32", peer("10.9.11.61/32"))
	v(&four, "10.9.14.62/24 noprefixroute", "10.9.14.62/24", flags(unix.IFA_F_NOPREFIXROUTE))
	v(&four, "10.9.15.63/24 preferred_lft 300", "10.9.15.63/24")
	v(&four, "10.9.16.64/24 home", "10.9.16.64/24", flags(unix.IFA_F_HOMEADDRESS))
	v(&four, "239.1.1.69/32 autojoin", "239.1.1.69/32", flags(unix.IFA_F_MCAUTOJOIN))

	v(&six, "fe80::50", "fe80::50/128")
	v(&six, "fd09::51/64", "fd09::51/64")
	v(&six, "fd09::52", "fd09::52/128")
	v(&six, "fd09::53/128 preferred_lft forever", "fd09::53/128", prefer(table.Forever))
	v(&six, "fd09::54/64 preferred_lft 300000", "fd09::54/64", prefer(300000))
	v(&six, "fd09:1::55/64 -nodad", "fd09:1::55/64", func(a *table.Addr) { a.Flags = 0 })
	v(&six, "fd09:1::56/64 home", "fd09:1::56/64", flags(unix.IFA_F_HOMEADDRESS))
	v(&six, "fd09:1::57/64 mngtmpaddr", "fd09:1::57/64", flags(unix.IFA_F_MANAGETEMPADDR))
	v(&six, "fd09:1::58/64 noprefixroute", "fd09:1::58/64", flags(unix.IFA_F_NOPREFIXROUTE))
	v(&six, "fd09:1::59 peer fd09:1::60", "fd09:1::59/128", peer("fd09:1::60/128"))
	v(&six, "fd09:1::61/64 peer fd09:1::63", "fd09:1::61/128", peer("fd09:1::63/128"), prefer(0))
	v(&six, "fd09:1::62/64 preferred_lft 0", "fd09:1::62/64", prefer(0))
	v(&six, "ff05::63/128 autojoin", "ff05::63/128", flags(unix.IFA_F_MCAUTOJOIN))
	return four, six
}

func everyAddr(l table.Link) (as []table.Addr) {
	four, six := virtuals(l)
	for _, v := range append(four, six...) {
		as = append(as, v.addr)
	}
	return as
}

// What Apply leaves on a link is what keepalived leaves there, in the words of "ip -d -j addr".
func TestApplyDoesAsKeepalivedDoes(t *testing.T) {
	theirs, ours := newNS(t), newNS(t)
	if _, err := exec.LookPath("keepalived"); err != nil {
		t.Skip("needs root: and keepalived, to compare with")
	}
	tc, oc := open(t, theirs), open(t, ours)
	tl, ol := pair(t, tc, theirs, "va", "vb"), pair(t, oc, ours, "va", "vb")
	own := table.Op{Kind: table.AddAddr, Addr: table.Addr{
		Link: tl.Index, Prefix: netip.MustParsePrefix("10.9.0.1/24"), Valid: table.Forever, Preferred: table.Forever,
	}}
	if err := tc.Apply([]table.Op{own})[0]; err != nil {
		t.Fatal(err)
	}
	own.Addr.Link = ol.Index
	if err := oc.Apply([]table.Op{own})[0]; err != nil {
		t.Fatal(err)
	}

	stop := keepalived(t, theirs, tc, tl)
	want := ipAddrs(t, theirs, "va")

	four, six := virtuals(ol)
	var ops []table.Op
	for _, v := range append(four, six...) {
		ops = append(ops, table.Op{Kind: table.AddAddr, Addr: v.addr})
	}
	for i, err := range oc.Apply(ops) {
		if err != nil {
			t.Errorf("%+v: %v", ops[i].Addr, err)
		}
	}
	got := ipAddrs(t, ours, "va")
	if d := cmp.Diff(rough(want), rough(got)); d != "" {
		t.Errorf("ip -d -j addr (-keepalived +here):\n%s", d)
	}
	if len(got) != 1+len(ops) {
		t.Errorf("%d addresses, want %d", len(got), 1+len(ops))
	}

	// An instance that took over from keepalived would find nothing to do.
	adopted, err := tc.Addrs()
	if err != nil {
		t.Fatal(err)
	}
	var mine []table.Addr
	for _, a := range adopted {
		if a.Link == tl.Index && a.Proto != 3 && a.Prefix != own.Addr.Prefix {
			if a.Proto != 0 {
				t.Errorf("keepalived marked %+v", a) // 2.3.2 and later do, with 18
			}
			mine = append(mine, a)
		}
	}
	if ops := table.Diff(everyAddr(tl), mine); len(ops) != 0 {
		t.Errorf("to do after keepalived: %+v", ops)
	}
	stop()

	for i, op := range ops {
		ops[i] = table.Op{Kind: table.DelAddr, Addr: op.Addr}
	}
	for i, err := range oc.Apply(ops) {
		if err != nil {
			t.Errorf("delete %+v: %v", ops[i].Addr, err)
		}
	}
	if left := ipAddrs(t, ours, "va"); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// rough leaves out what time changes: the seconds of a lifetime that runs down, and a detection under way.
func rough(as []map[string]any) []map[string]any {
	for _, a := range as {
		delete(a, "tentative")
		for _, k := range []string{"preferred_life_time", "valid_life_time"} {
			if v, ok := a[k].(float64); ok && v > 0 && v < float64(table.Forever) {
				a[k] = "runs down"
			}
		}
	}
	return as
}

// keepalived runs the real one in the namespace until it has all its addresses on the link; stop ends it.
func keepalived(t *testing.T, ns int, c *Conn, l table.Link) (stop func()) {
	t.Helper()
	four, six := virtuals(l)
	var conf strings.Builder
	for i, vs := range [][]virtual{four, six} {
		conf.WriteString("vrrp_instance V" + string(rune('4'+2*i)) + " {\n state MASTER\n interface " + l.Name +
			"\n virtual_router_id 5" + string(rune('1'+i)) + "\n priority 255\n advert_int 1\n virtual_ipaddress {\n")
		for _, v := range vs {
			conf.WriteString("  " + v.line + "\n")
		}
		conf.WriteString(" }\n}\n")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "keepalived.conf")
	if err := os.WriteFile(file, []byte(conf.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := inNS(ns, "keepalived", "-n", "-l", "-D", "-P", "-f", file, "-p", filepath.Join(dir, "p"), "-r", filepath.Join(dir, "r"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var m table.Mirror
	want := everyAddr(l)
	started := false
	err = c.Watch(ctx, func(u table.Update) {
		if m.Apply(u); !started { // nothing it does is missed now
			started = true
			if err := cmd.Start(); err != nil {
				t.Error(err)
				cancel()
			}
			go drain(t, log)
		}
		for _, a := range want {
			if !m.Has(a.Normal().Key()) {
				return
			}
		}
		cancel()
	})
	if err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	for _, a := range want {
		if !m.Has(a.Normal().Key()) {
			stop()
			t.Fatalf("keepalived did not add %+v", a)
		}
	}
	return stop
}

func drain(t *testing.T, log io.Reader) {
	for s := bufio.NewScanner(log); s.Scan(); {
		if line := s.Text(); strings.Contains(line, "rror") || strings.Contains(line, "nvalid") || strings.Contains(line, "WARNING") {
			t.Log(line)
		}
	}
}
