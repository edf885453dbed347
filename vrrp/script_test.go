package vrrp_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"holdfast/vrrp"
)

var update = flag.Bool("update", false, "rewrite the wanted output of testdata/*.txtar")

// TestScripts plays each testdata/*.txtar to one Instance and compares what it does with "-- want --". A script's lines:
//
//	config KEY=VALUE…            before anything else
//	conditions KEY=VALUE…        prio=, source=, faults=down,noaddr,…
//	start | stop
//	bereft ADDRESS               somebody else removed it
//	hear KEY=VALUE…              from=, prio=, and what is wrong: ttl=, pass=, auth=, int=, addrs=, vrid=
//	run DURATION                 let that much time pass, serving every deadline
func TestScripts(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no scripts")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(a.Comment))
			if *update {
				a.Files = []txtar.File{{Name: "want", Data: []byte(got)}}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(a.Files[0].Data); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

type player struct {
	t    *testing.T
	cfg  vrrp.Config
	in   *vrrp.Instance
	cond vrrp.Conditions
	now  time.Time
	zero time.Time
	out  strings.Builder
}

func play(t *testing.T, script string) string {
	p := &player{t: t, now: time.Unix(1_700_000_000, 0)}
	p.zero = p.now
	p.cfg = vrrp.Config{
		Name: "VI", VRID: 51, Priority: 100, Interval: time.Second,
		Addrs:    []netip.Addr{netip.MustParseAddr("192.0.2.10")},
		Announce: vrrp.Announce{Repeat: 5, Delay: 5 * time.Second, RefreshRepeat: 1, LowerRepeat: 5, LowerDelay: 5 * time.Second},
	}
	p.cond.Source = netip.MustParseAddr("10.0.0.5")
	for n, l := range strings.Split(script, "\n") {
		words := strings.Fields(strings.SplitN(l, "#", 2)[0])
		if len(words) == 0 {
			continue
		}
		if err := p.do(words[0], words[1:]); err != nil {
			t.Fatalf("line %d: %s: %v", n+1, l, err)
		}
	}
	return p.out.String()
}

func (p *player) do(verb string, args []string) error {
	switch verb {
	case "config":
		return each(args, p.config)
	case "conditions":
		p.machine()
		err := each(args, p.condition)
		p.step(p.cond)
		return err
	case "start":
		p.step(vrrp.Start{})
	case "stop":
		p.step(vrrp.Stop{})
	case "hear":
		return p.hear(args)
	case "bereft":
		a, err := netip.ParseAddr(args[0])
		p.step(vrrp.Bereft{Addr: a})
		return err
	case "run":
		d, err := time.ParseDuration(args[0])
		p.run(d)
		return err
	default:
		return fmt.Errorf("unknown verb")
	}
	return nil
}

func (p *player) machine() *vrrp.Instance {
	if p.in == nil {
		p.in = vrrp.New(p.cfg)
		if p.cond.Priority == 0 {
			p.cond.Priority = p.cfg.Priority
		}
		p.in.Step(p.now, p.cond, nil)
	}
	return p.in
}

func (p *player) step(ev vrrp.Event) {
	for _, a := range p.machine().Step(p.now, ev, nil) {
		fmt.Fprintf(&p.out, "%9.3fs  %s\n", p.now.Sub(p.zero).Seconds(), format(&a))
	}
}

func (p *player) run(d time.Duration) {
	end := p.now.Add(d)
	for {
		at, armed := p.machine().Deadline()
		if !armed || at.After(end) {
			break
		}
		p.now = at
		p.step(vrrp.Tick{})
	}
	p.now = end
}

func (p *player) hear(args []string) error {
	p.machine()
	a := vrrp.Advert{
		Version: 2, VRID: p.cfg.VRID, Priority: 100, AuthType: p.cfg.AuthType, Interval: p.cfg.Interval,
		Addrs: p.cfg.Addrs, Auth: p.cfg.Auth,
	}
	h := vrrp.Heard{From: netip.MustParseAddr("10.0.0.1"), TTL: 255, Advert: &a}
	err := each(args, func(k, v string) (err error) {
		switch k {
		case "from":
			h.From, err = netip.ParseAddr(v)
		case "prio":
			a.Priority = num(v)
		case "ttl":
			h.TTL = num(v)
		case "auth":
			a.AuthType = vrrp.AuthType(num(v))
		case "pass":
			a.Auth = secret(v)
		case "int":
			a.Interval, err = time.ParseDuration(v)
		case "addrs":
			a.Addrs, err = addrs(v)
		default:
			err = fmt.Errorf("unknown key %q", k)
		}
		return err
	})
	p.step(h)
	return err
}

func (p *player) config(k, v string) (err error) {
	switch k {
	case "prio":
		p.cfg.Priority = num(v)
	case "int":
		p.cfg.Interval, err = time.ParseDuration(v)
	case "eager":
		p.cfg.Eager = v == "yes"
	case "nopreempt":
		p.cfg.NoPreempt = v == "yes"
	case "preempt_delay":
		p.cfg.PreemptDelay, err = time.ParseDuration(v)
	case "down_adverts":
		p.cfg.DownAdverts = int(num(v))
	case "lower_no_advert":
		p.cfg.LowerPrioNoAdvert = v == "yes"
	case "higher_send":
		p.cfg.HigherPrioSendAdvert = v == "yes"
	case "skip_check":
		p.cfg.SkipAddrCheck = v == "yes"
	case "addrs":
		p.cfg.Addrs, err = addrs(v)
	case "pass":
		p.cfg.AuthType, p.cfg.Auth = vrrp.AuthPass, secret(v)
	case "garp_delay":
		p.cfg.Announce.Delay, err = time.ParseDuration(v)
	case "garp_refresh":
		p.cfg.Announce.Refresh, err = time.ParseDuration(v)
	case "garp_refresh_repeat":
		p.cfg.Announce.RefreshRepeat = int(num(v))
	case "garp_lower_delay":
		p.cfg.Announce.LowerDelay, err = time.ParseDuration(v)
	default:
		err = fmt.Errorf("unknown key %q", k)
	}
	return err
}

func (p *player) condition(k, v string) (err error) {
	switch k {
	case "prio":
		p.cond.Priority = num(v)
	case "source":
		p.cond.Source, err = netip.ParseAddr(v)
	case "faults":
		p.cond.Faults = 0
		for _, w := range strings.Split(v, ",") {
			p.cond.Faults |= map[string]vrrp.Faults{
				"missing": vrrp.LinkMissing, "down": vrrp.LinkDown, "noaddr": vrrp.NoAddress, "tracked": vrrp.TrackedDown,
				"failed": vrrp.TrackedFailed, "member": vrrp.MemberFaulted, "undecided": vrrp.Undecided,
			}[w]
		}
	}
	return err
}

func each(args []string, f func(k, v string) error) error {
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

func num(s string) uint8 {
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		panic(err)
	}
	return uint8(n)
}

func secret(s string) (b [8]byte) {
	copy(b[:], s)
	return b
}

func addrs(s string) (list []netip.Addr, err error) {
	for _, w := range strings.Split(s, ",") {
		a, err := netip.ParseAddr(w)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

func format(a *vrrp.Action) string {
	switch a.Kind {
	case vrrp.Send:
		return fmt.Sprintf("send prio=%d", a.Priority)
	case vrrp.Own:
		return "own"
	case vrrp.Yield:
		return "yield"
	case vrrp.Shout:
		return fmt.Sprintf("announce x%d", a.Repeat)
	case vrrp.Became:
		return fmt.Sprintf("%s → %s: %s", a.From, a.State, formatWhy(a.Why))
	case vrrp.Observed:
		return "note " + formatNote(a.Note)
	}
	return "?"
}

func formatWhy(w vrrp.Why) string {
	names := []string{
		"", "started", "stopped", "silence", "farewell", "outranked", "outranked by address", "fault", "recovered", "owner",
		"synced", "adopted", "address removed",
	}
	s := names[w.Cause]
	if w.Peer.IsValid() {
		s += fmt.Sprintf(", peer %s prio %d", w.Peer, w.Priority)
	}
	if w.Silent > 0 {
		s += fmt.Sprintf(", silent for %.3fs", w.Silent.Seconds())
	}
	if w.Faults != 0 {
		s += ", " + w.Faults.String()
	}
	if w.Addr.IsValid() {
		s += ": " + w.Addr.String()
	}
	return s
}

func formatNote(n vrrp.Note) string {
	names := []string{
		"", "timed out", "discarded lower", "answered lower", "heard lower", "heard higher", "heard higher address",
		"heard own address", "two owners", "heard zero", "master heard zero", "sent zero", "priority changed", "rejected",
		"preemption delayed", "preemption cancelled", "preemption due",
	}
	s := names[n.Kind]
	if n.Kind == vrrp.Rejected {
		s += " " + n.Reason.String()
	}
	if n.Peer.IsValid() {
		s += " from " + n.Peer.String()
	}
	if n.Prio != 0 || n.Ours != 0 {
		s += fmt.Sprintf(" (%d, ours %d)", n.Prio, n.Ours)
	}
	if n.Got != 0 || n.Want != 0 {
		s += fmt.Sprintf(" got %d want %d", n.Got, n.Want)
	}
	if n.Addr.IsValid() {
		s += " lacks " + n.Addr.String()
	}
	return s
}
