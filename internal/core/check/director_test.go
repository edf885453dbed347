package check_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
)

// farm is a virtual server with that many real servers, each with a TCP_CHECK.
func farm(servers int, extra string) string {
	var b strings.Builder
	b.WriteString("virtual_server 192.0.2.1 80 {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n delay_loop 10\n" + extra)
	for i := range servers {
		fmt.Fprintf(&b, " real_server 10.%d.%d.%d 80 {\n TCP_CHECK {\n retry 0\n }\n }\n", i>>16, i>>8&255, i&255)
	}
	b.WriteString("}\n")
	return b.String()
}

// TestStaleResultsDoNothing: what a cancelled or an earlier attempt brings does not count, nor what nobody asked for.
func TestStaleResultsDoNothing(t *testing.T) {
	l := newLab(load(farm(1, " ha_suspend\n")), check.Options{})
	l.latency = time.Hour // nobody answers but this test
	fails := func(id check.CheckerID, attempt uint64) bool {
		return len(l.d.Step(l.now, check.Result{Checker: id, Attempt: attempt, Outcome: check.Failed}, nil)) > 0
	}
	here := check.Present{Addr: netip.MustParseAddr("192.0.2.1"), Is: true}
	gone := here
	gone.Is = false
	l.step(here)
	l.step(check.Start{})
	l.run(20 * time.Second)
	if l.probes != 1 {
		t.Fatalf("%d attempts, want 1", l.probes)
	}
	l.step(gone)
	if fails(1, 1) {
		t.Error("a cancelled attempt counts")
	}
	l.step(here)
	l.run(20 * time.Second)
	for _, r := range []struct {
		id      check.CheckerID
		attempt uint64
	}{{1, 1}, {1, 3}, {1, 0}, {0, 2}, {2, 2}, {1 << 20, 2}} {
		if fails(r.id, r.attempt) {
			t.Errorf("attempt %d of checker %d counts", r.attempt, r.id)
		}
	}
	if !fails(1, 2) {
		t.Error("the attempt under way does not count")
	}
	if fails(1, 2) {
		t.Error("an attempt counts twice")
	}
	l.step(check.Stop{})
	if fails(1, 2) {
		t.Error("an attempt counts after the end")
	}
	if _, armed := l.d.Deadline(); armed {
		t.Error("there is a deadline after the end")
	}
}

// TestPlan: whom an attempt is for, and how long it may take.
func TestPlan(t *testing.T) {
	l := newLab(load(`virtual_server fwmark 5 {
    lb_algo rr
    lb_kind DR
    delay_loop 8
    connect_timeout 4
    real_server 10.0.0.1 80 {
        TCP_CHECK {
        }
        TCP_CHECK {
            connect_ip 10.0.0.9
            connect_port 81
            connect_timeout 2
        }
        SMTP_CHECK {
            connect_timeout 1
            host {
                connect_ip 10.0.0.8
            }
        }
        MISC_CHECK {
            misc_path script
        }
    }
}
`), check.Options{})
	want := []struct {
		target  string
		timeout time.Duration
		kind    string
		host    bool
	}{
		{"10.0.0.1:80", 4 * time.Second, "TCP_CHECK", false},
		{"10.0.0.9:81", 2 * time.Second, "TCP_CHECK", false},
		{"10.0.0.1:80", 1 * time.Second, "SMTP_CHECK", false},
		{"10.0.0.8:80", 1 * time.Second, "SMTP_CHECK", true},
		{"10.0.0.1:80", 8 * time.Second, "MISC_CHECK", false},
	}
	for i, w := range want {
		p := l.d.Plan(check.CheckerID(i + 1))
		if p.Target.String() != w.target || p.Timeout != w.timeout || p.Check.Kind != w.kind || (p.Host != nil) != w.host {
			t.Errorf("checker %d: %s in %s by %s, host %t; want %+v", i+1, p.Target, p.Timeout, p.Check.Kind, p.Host != nil, w)
		}
	}
	if p := l.d.Plan(check.CheckerID(len(want) + 1)); p != (check.Plan{}) {
		t.Errorf("there is a checker more: %+v", p)
	}
}

// TestWhatCannotRunIsLeftOut: a checker that is not usable is as if it were not there, also after a reload.
func TestWhatCannotRunIsLeftOut(t *testing.T) {
	cfg := load("virtual_server 192.0.2.1 80 {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n real_server 10.0.0.1 80 {\n MISC_CHECK {\n misc_path nowhere\n alpha\n }\n }\n}\n")
	none := func(*conf.Checker) bool { return false }
	all := func(*conf.Checker) bool { return true }
	l := newLab(cfg, check.Options{Usable: none})
	l.step(check.Start{})
	for i, test := range []struct {
		usable func(*conf.Checker) bool
		probes bool
	}{{nil, false}, {all, true}, {nil, true}, {none, false}} {
		l.step(check.Reconfigure{Config: cfg, Usable: test.usable})
		if _, armed := l.d.Deadline(); armed != test.probes {
			t.Errorf("reload %d: something is to be probed: %t", i, armed)
		}
	}
}

// TestClaimLeavesOthersAlone: what others have put into our services, and their own services, is not ours.
func TestClaimLeavesOthersAlone(t *testing.T) {
	l := newLab(load(farm(2, " sorry_server 10.9.9.9 80\n")), check.Options{})
	ours, theirs := l.d.Keys(nil)[0], lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.77:80"))
	dest := func(a string) lvs.Dest { return lvs.Dest{Addr: netip.MustParseAddrPort(a), Weight: 9} }
	l.k.entries = []lvs.Entry{
		{Service: lvs.Service{Key: ours, Scheduler: "wlc", Mask: 0xffffffff}, Dests: []lvs.Dest{dest("10.7.7.7:80"), dest("10.0.0.1:80"), dest("10.9.9.9:80")}},
		{Service: lvs.Service{Key: theirs, Scheduler: "rr", Mask: 0xffffffff}, Dests: []lvs.Dest{dest("10.0.0.1:80")}},
	}
	var owned lvs.Owned
	l.d.Claim(l.k.entries, &owned)
	for addr, want := range map[string]bool{"10.7.7.7:80": false, "10.0.0.1:80": true, "10.9.9.9:80": true} {
		if owned.Dest(ours, netip.MustParseAddrPort(addr)) != want {
			t.Errorf("%s is ours: %t", addr, !want)
		}
	}
	if owned.Service(theirs) || owned.Dest(theirs, netip.MustParseAddrPort("10.0.0.1:80")) {
		t.Error("a service of others is ours")
	}
	l.step(check.Start{Have: l.k.entries})
	want := "tcp 192.0.2.1:80 rr\n    10.0.0.0:80 weight 1 masq\n    10.0.0.1:80 weight 1 masq\n    10.7.7.7:80 weight 9 masq\n" +
		"tcp 192.0.2.77:80 rr\n    10.0.0.1:80 weight 9 masq\n"
	if got := l.k.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestWarmupIsDrawnForEach: the first attempts are a second after the start and what chance adds, and below the bound.
func TestWarmupIsDrawnForEach(t *testing.T) {
	var asked []time.Duration
	l := newLab(load(farm(3, " warmup 7\n")), check.Options{Random: func(n time.Duration) time.Duration {
		asked = append(asked, n)
		return time.Duration(len(asked)) * time.Second
	}})
	l.step(check.Start{})
	if want := []time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}; !slices.Equal(asked, want) {
		t.Fatalf("asked for %v, want %v", asked, want)
	}
	if at, _ := l.d.Deadline(); at.Sub(l.now) != 2*time.Second {
		t.Errorf("the first attempt is after %s, want 2s", at.Sub(l.now))
	}
}

// TestAGoodCheckAllocatesNothing covers what happens all day: an attempt that is due, and its good result.
func TestAGoodCheckAllocatesNothing(t *testing.T) {
	l := newLab(load(farm(100, "")), check.Options{})
	l.step(check.Start{})
	l.run(time.Minute)
	acts, more, n := make([]check.Action, 0, 256), make([]check.Action, 0, 8), 0
	allocs := testing.AllocsPerRun(1000, func() {
		l.now, _ = l.d.Deadline()
		acts = l.d.Step(l.now, check.Tick{}, acts[:0])
		for _, a := range acts {
			n++
			more = l.d.Step(l.now, check.Result{Checker: a.Checker, Attempt: a.Attempt, Outcome: check.OK}, more[:0])
		}
	})
	if allocs != 0 {
		t.Errorf("%.1f allocations", allocs)
	}
	if n < 1000 {
		t.Errorf("only %d checks: the test did not measure what it says", n)
	}
}

// TestAHugeGroupIsBounded: a prefix of IPv6 has more addresses than there is memory.
func TestAHugeGroupIsBounded(t *testing.T) {
	l := newLab(load("virtual_server_group G {\n fd00::/64 80\n 192.0.2.1 80\n}\nvirtual_server group G {\n protocol TCP\n lb_algo rr\n lb_kind TUN\n real_server 10.0.0.1 80 {\n }\n}\n"), check.Options{})
	told := false
	l.on = func(a *check.Action) { told = told || a.Kind == check.Say && a.Report.Kind == check.TooManyServices }
	if n := len(l.d.Keys(nil)); n != 1<<16 {
		t.Fatalf("%d services, want %d", n, 1<<16)
	}
	l.acts = l.d.Step(l.now, check.Start{}, nil)
	for i := range l.acts {
		l.on(&l.acts[i])
	}
	if !told {
		t.Error("nobody is told")
	}
}

// spread draws warm-ups that are all different, as chance does.
func spread() check.Options {
	n := 0
	return check.Options{Random: func(most time.Duration) time.Duration {
		n++
		return time.Duration(n) * 997 * time.Microsecond % most
	}}
}

// BenchmarkCheck is one attempt and its good result among 10,000 real servers.
func BenchmarkCheck(b *testing.B) {
	l := newLab(load(farm(10_000, "")), spread())
	l.acts = l.d.Step(l.now, check.Start{}, nil)
	acts, more := make([]check.Action, 0, 16), make([]check.Action, 0, 8)
	b.ReportAllocs()
	for b.Loop() {
		l.now, _ = l.d.Deadline()
		acts = l.d.Step(l.now, check.Tick{}, acts[:0])
		for _, a := range acts {
			more = l.d.Step(l.now, check.Result{Checker: a.Checker, Attempt: a.Attempt, Outcome: check.OK}, more[:0])
		}
	}
}

// BenchmarkFlap is a server of 10,000 that fails and comes back: four Steps and two operations.
func BenchmarkFlap(b *testing.B) {
	l := newLab(load(farm(10_000, "")), spread())
	l.acts = l.d.Step(l.now, check.Start{}, nil)
	outcome := check.Failed
	b.ReportAllocs()
	for b.Loop() {
		for range 2 {
			l.now, _ = l.d.Deadline()
			l.acts = l.d.Step(l.now, check.Tick{}, l.acts[:0])
			for _, a := range slices.Clone(l.acts) {
				l.d.Step(l.now, check.Result{Checker: a.Checker, Attempt: a.Attempt, Outcome: outcome}, nil)
			}
			outcome = check.Failed + check.OK - outcome
		}
	}
}

// BenchmarkStart programs 10,000 real servers.
func BenchmarkStart(b *testing.B) {
	cfg := load(farm(10_000, ""))
	for b.Loop() {
		l := newLab(cfg, check.Options{})
		l.d.Step(l.now, check.Start{}, nil)
	}
}

// BenchmarkReload changes one weight of 10,000.
func BenchmarkReload(b *testing.B) {
	cfg := load(farm(10_000, ""))
	other := load(strings.Replace(farm(10_000, ""), "10.0.0.7 80 {", "10.0.0.7 80 {\n weight 5", 1))
	l := newLab(cfg, check.Options{})
	l.acts = l.d.Step(l.now, check.Start{}, nil)
	for b.Loop() {
		cfg, other = other, cfg
		l.acts = l.d.Step(l.now, check.Reconfigure{Config: cfg}, nil)
	}
}
