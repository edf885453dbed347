package check_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
)

// drawConf writes a configuration: a few virtual servers over a small pool of addresses, so that reloads keep much of it.
func drawConf(t *rapid.T) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	flip := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	number := func(name string, from, to int) int { return rapid.IntRange(from, to).Draw(t, name) }
	p("track_file F {\n file /tmp/f\n weight %d\n}", number("file weight", 0, 3))
	for i := range 2 {
		p("vrrp_instance V%d {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress {\n 192.0.2.9%d\n }\n}", i, i+1, i)
	}
	p("virtual_server_group G {\n 192.0.2.1-%d 80\n fwmark 7\n}", number("last", 2, 4))
	if flip("share") {
		p("global_defs {\n share_checks\n}")
	}
	names := []string{"192.0.2.8 80", "192.0.2.9 80", "fwmark 3", "group G", "group G "}
	for i, name := range names {
		if flip("left out") && i > 0 {
			continue
		}
		p("virtual_server %s {", name)
		p(" protocol %s", [2]string{"TCP", "UDP"}[i/4])
		p(" lb_algo %s\n lb_kind NAT\n delay_loop %d", rapid.SampledFrom([]string{"rr", "wlc"}).Draw(t, "scheduler"), number("loop", 1, 3))
		p(" quorum %d\n hysteresis %d", number("quorum", 1, 4), number("hysteresis", 0, 2))
		for _, word := range []string{"alpha", "omega", "inhibit_on_failure"} {
			if flip(word) {
				p(" %s", word)
			}
		}
		if flip("follow") {
			p(" follow_vrrp V%d", number("instance", 0, 1))
		}
		if i < 2 && flip("ha_suspend") {
			p(" ha_suspend")
		}
		if flip("sorry") {
			p(" sorry_server 10.0.0.%d 80", rapid.SampledFrom([]int{1, 9}).Draw(t, "sorry server"))
			if flip("sorry inhibit") {
				p(" sorry_server_inhibit")
			}
		}
		if flip("slow") {
			p(" slow_start %d", number("slow start", 1, 6))
		}
		if flip("panic") {
			p(" panic_threshold %d", number("threshold", 20, 80))
		}
		if flip("drain") {
			p(" drain_timeout %d", number("drain timeout", 1, 6))
		}
		for rs := 1; rs <= 4; rs++ {
			if rs > 1 && flip("no server") {
				continue
			}
			p(" real_server 10.0.0.%d 80 {\n  weight %d", rs, number("weight", 0, 3))
			if i == 3 && rs == 3 {
				p("  lvs_method DR")
			}
			if flip("drain of one") {
				p("  drain_timeout %d", number("drain timeout of one", 0, 6))
			}
			for range number("checkers", 0, 2) {
				p("  %s", rapid.SampledFrom([]string{
					"TCP_CHECK {\n retry 1\n }", "TCP_CHECK {\n connect_port 81\n alpha\n }", "MISC_CHECK {\n misc_path a\n misc_dynamic\n }",
					"MISC_CHECK {\n misc_path b\n misc_dynamic\n }", "FILE_CHECK {\n track_file F\n }",
					"HTTP_GET {\n url {\n path /a\n }\n url {\n path /b\n }\n }",
				}).Draw(t, "checker"))
			}
			p(" }")
		}
		p("}")
	}
	return b.String()
}

// model is what the test knows by itself: what each service was told to be, and what became of each server.
type model struct {
	*lab
	t      *rapid.T
	cfg    *conf.Config
	quorum map[string]bool
	flight map[check.CheckerID]uint64
	real   table // where everything is done as well; nil: nowhere

	rows   map[row]lvs.Entry // the table of before, each with one destination
	drains map[row]*draining // those of it that drain
	former map[row]int       // seconds of drain_timeout before a reload
	asked  time.Time

	masters map[string]bool // of instances, as far as was said
	away    map[string]bool // virtual servers that are out of the table, by name
}

// table is a kernel's table.
type table interface {
	Apply(ops []lvs.Op) []error
	Flush() error
	Read(keys ...lvs.Key) ([]lvs.Entry, error)
}

// name is what a virtual server is known by over reloads.
func name(vs *conf.VirtualServer) string {
	return fmt.Sprint(vs.Address.V, vs.Mark.V, vs.Group.V, vs.Protocol.V)
}

func newModel(t *rapid.T, cfg *conf.Config, k kernel) *model {
	m := &model{
		lab: newLab(cfg, check.Options{}), t: t, cfg: cfg, quorum: map[string]bool{}, flight: map[check.CheckerID]uint64{},
		drains: map[row]*draining{}, masters: map[string]bool{}, away: map[string]bool{},
	}
	m.k = k
	m.on, m.lab.do = m.watch, m.event
	return m
}

// watch looks at each action as it comes.
func (m *model) watch(a *check.Action) {
	switch a.Kind {
	case check.Probe:
		if m.flight[a.Checker] != 0 {
			m.t.Fatalf("checker %d is probed while an attempt is under way", a.Checker)
		}
		m.flight[a.Checker] = a.Attempt
	case check.Cancel:
		if m.flight[a.Checker] != a.Attempt {
			m.t.Fatalf("checker %d: attempt %d is cancelled, but %d is under way", a.Checker, a.Attempt, m.flight[a.Checker])
		}
		delete(m.flight, a.Checker)
	case check.Ask:
		m.asked = m.now
	case check.Apply:
		m.serving(a.Ops)
		if m.real != nil {
			for i, err := range m.real.Apply(a.Ops) {
				if err != nil {
					m.t.Fatalf("%s: %v", a.Ops[i], err)
				}
			}
		}
	case check.Flush:
		if m.real == nil {
			break
		}
		if err := m.real.Flush(); err != nil {
			m.t.Fatal(err)
		}
	case check.Say:
		r := a.Report
		switch r.Kind {
		case check.GainedQuorum:
			if m.quorum[name(r.Virtual)] {
				m.t.Fatalf("%s, but it was there: %q %v", reportText(r), name(r.Virtual), m.quorum)
			}
			m.quorum[name(r.Virtual)] = true
		case check.LostQuorum:
			if !m.quorum[name(r.Virtual)] {
				m.t.Fatalf("%s, but it was not there", reportText(r))
			}
			m.quorum[name(r.Virtual)] = false
		case check.StartingQuorumDown:
			m.quorum[name(r.Virtual)] = false
		case check.VirtualGone:
			delete(m.quorum, name(r.Virtual))
		}
	}
}

// serving holds that no service is left without a destination that takes connections between two states that have one.
func (m *model) serving(ops []lvs.Op) {
	k := kernel{}
	for _, e := range m.k.entries {
		k.entries = append(k.entries, lvs.Entry{Service: e.Service, Dests: slices.Clone(e.Dests)})
	}
	count := func() map[lvs.Key]bool {
		c := map[lvs.Key]bool{}
		for _, e := range k.entries {
			c[e.Service.Key] = slices.ContainsFunc(e.Dests, func(d lvs.Dest) bool { return d.Weight > 0 })
		}
		return c
	}
	before, gap := count(), map[lvs.Key]lvs.Op{}
	for _, op := range ops {
		k.apply(op)
		now := count()
		for key, was := range before {
			if _, had := gap[key]; was && !now[key] && !had {
				gap[key] = op
			}
		}
	}
	for key, is := range count() {
		if op, had := gap[key]; is && had {
			m.t.Fatalf("%s serves nobody after %q", key, op)
		}
	}
}

// do is one Step and what must hold after it.
func (m *model) event(ev check.Event) {
	if r, ok := ev.(check.Result); ok {
		delete(m.flight, r.Checker)
	}
	m.step(ev)
	m.judge(fmt.Sprintf("%T", ev), ev)
}

// judge compares the model's kernel with the table that the server's states and what drains ask for.
func (m *model) judge(when string, ev check.Event) {
	if len(m.k.refused) > 0 {
		m.t.Fatalf("after %s: the kernel would refuse %q", when, m.k.refused)
	}
	if list := m.d.Stranded(); len(list) > 0 {
		m.t.Fatalf("after %s: nobody will ask about checkers %v", when, list)
	}
	type state struct {
		sum     int64
		servers []check.Status
	}
	states := map[*conf.VirtualServer]*state{}
	m.d.Servers(func(_ check.ServerID, vs *conf.VirtualServer, rs *conf.RealServer, st check.Status) bool {
		if states[vs] == nil {
			states[vs] = &state{}
		}
		s := states[vs]
		s.servers = append(s.servers, st)
		if st.Up {
			s.sum += max(st.Weight, 0)
		}
		return true
	})
	want := kernel{}
	for _, vs := range m.cfg.VirtualServers {
		s, up := states[vs], m.quorum[name(vs)]
		high, low := int64(vs.Quorum.V)+int64(vs.Hysteresis.V), int64(vs.Quorum.V)-int64(vs.Hysteresis.V)
		if up && (s.sum == 0 || s.sum < low) || !up && s.sum >= high {
			m.t.Fatalf("after %s: %s has quorum %t with %d; gained at %d, lost below %d", when, name(vs), up, s.sum, high, low)
		}
		if m.away[name(vs)] {
			continue
		}
		for _, e := range expected(m.cfg, vs, s.servers, up) {
			at := want.find(e.Service.Key)
			if at < 0 {
				want.entries = append(want.entries, lvs.Entry{Service: e.Service})
				at = len(want.entries) - 1
			}
			for _, d := range e.Dests {
				if !slices.ContainsFunc(want.entries[at].Dests, func(x lvs.Dest) bool { return x.Addr == d.Addr }) {
					want.entries[at].Dests = append(want.entries[at].Dests, d)
				}
			}
		}
	}
	m.drain(ev, &want)
	if got, want := m.k.String(), want.String(); got != want {
		m.t.Fatalf("after %s: the table is\n%sand not\n%s", when, got, want)
	}
	if got, want := m.k.String(), tableText(m.d.Wanted()); got != want {
		m.t.Fatalf("after %s: the table is\n%sand Wanted\n%s", when, got, want)
	}
}

// expected says in its own way what a virtual server's part of the table is.
func expected(cfg *conf.Config, vs *conf.VirtualServer, servers []check.Status, quorum bool) (out []lvs.Entry) {
	sorry := vs.SorryServer.Set() && !quorum
	dests := map[netip.AddrPort]lvs.Dest{}
	put := func(a netip.AddrPort, f conf.Forward, w int64) {
		if _, there := dests[a]; !there {
			dests[a] = lvs.Dest{Addr: a, Forward: map[conf.Forward]lvs.Forward{conf.ForwardDR: lvs.Route}[f], Weight: uint32(min(max(w, 0), 1<<31-1))}
		}
	}
	if sorry {
		put(vs.SorryServer.V, vs.SorryForward.V, 1)
	}
	for i, rs := range vs.RealServers {
		switch {
		case !sorry && servers[i].Up:
			put(rs.Address.V, rs.Forward.V, servers[i].Now)
		case rs.InhibitOnFailure.V:
			put(rs.Address.V, rs.Forward.V, 0)
		}
	}
	if vs.SorryServer.Set() && vs.SorryInhibit.V {
		put(vs.SorryServer.V, vs.SorryForward.V, 0)
	}
	for _, k := range keysOf(cfg, vs) {
		e := lvs.Entry{Service: lvs.Service{Key: k.key, Scheduler: vs.Scheduler.V, Mask: lvs.AllBits(lvs.IPv4)}}
		for _, a := range slices.SortedFunc(maps.Keys(dests), netip.AddrPort.Compare) {
			d := dests[a]
			d.Addr = k.dest(a, d.Forward == lvs.Route)
			e.Dests = append(e.Dests, d)
		}
		out = append(out, e)
	}
	return out
}

// where is one service of a virtual server.
type where struct {
	key  lvs.Key
	port int // of a group: what members have without NAT; -1: their own
}

func (w where) dest(a netip.AddrPort, direct bool) netip.AddrPort {
	if w.port >= 0 && direct {
		return netip.AddrPortFrom(a.Addr(), uint16(w.port))
	}
	return a
}

func keysOf(cfg *conf.Config, vs *conf.VirtualServer) (all []where) {
	switch {
	case vs.Address.Set():
		return []where{{lvs.AddrKey(uint8(vs.Protocol.V), vs.Address.V), -1}}
	case vs.Mark.Set():
		return []where{{lvs.MarkKey(lvs.IPv4, vs.Mark.V), -1}}
	}
	for _, e := range cfg.ServerGroups[0].Entries {
		if e.IsMark() {
			all = append(all, where{lvs.MarkKey(lvs.IPv4, e.Mark), 0})
			continue
		}
		for a := e.First; a.Compare(e.Last) <= 0; a = a.Next() {
			all = append(all, where{lvs.AddrKey(uint8(vs.Protocol.V), netip.AddrPortFrom(a, e.Port)), int(e.Port)})
		}
	}
	return all
}

// TestTheTableFollows plays random results, orders, reloads, crashes and the rest, and holds the table against the model after
// every Step.
func TestTheTableFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { life(t, nil) })
}

// life is all that happens to one Director.
func life(t *rapid.T, real table) {
	m := newModel(t, load(drawConf(t)), kernel{})
	m.real = real
	m.place(func(*conf.VirtualServer, bool, bool) bool { return true })
	m.event(check.Start{})
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		m.one()
		m.compare()
	}
	m.step(check.Stop{})
	if len(m.k.entries) > 0 || len(m.k.refused) > 0 {
		t.Fatalf("after the end there is\n%s and the kernel would refuse %q", m.k.String(), m.k.refused)
	}
	m.compare()
}

// compare holds the kernel's table, if there is one, against that in memory.
func (m *model) compare() {
	if m.real == nil {
		return
	}
	have, err := m.real.Read()
	if err != nil {
		m.t.Fatal(err)
	}
	if got, want := tableText(have), m.k.String(); got != want {
		m.t.Fatalf("the kernel's table is\n%sand not\n%s", got, want)
	}
}

// one is one random thing that happens.
func (m *model) one() {
	t := m.t
	switch rapid.IntRange(0, 11).Draw(t, "what") {
	case 0, 1, 2, 3:
		who := fmt.Sprintf("10.0.0.%d", rapid.IntRange(1, 4).Draw(t, "who")) + rapid.SampledFrom([]string{"", "/TCP_CHECK", "/a", "/b"}).Draw(t, "of")
		m.answers[who] = rapid.SampledFrom([]answer{{check.OK, 0}, {check.Failed, 1}, {check.Failed, 1}, {check.OK, 2}, {check.OK, 5}, {check.Untried, 0}}).Draw(t, "answer")
		m.latency = time.Duration(rapid.SampledFrom([]int{0, 0, 300, 1500}).Draw(t, "latency")) * time.Millisecond
		m.run(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
	case 4:
		m.event(check.File{Name: "F", Value: rapid.Int64Range(-3, 3).Draw(t, "value")})
	case 5:
		addr := netip.MustParseAddr(rapid.SampledFrom([]string{"192.0.2.8", "192.0.2.9"}).Draw(t, "address"))
		m.event(check.Present{Addr: addr, Is: rapid.Bool().Draw(t, "present")})
	case 6:
		order := rapid.SampledFrom([]check.Order{check.OrderEnable, check.OrderDisable, check.OrderDrain, check.OrderWeight}).Draw(t, "order")
		m.event(check.Administer{Server: check.ServerID(rapid.IntRange(0, 20).Draw(t, "server")), Order: order, Weight: 6})
	case 7, 8:
		m.former = drainRules(m.cfg)
		m.cfg = load(drawConf(t))
		m.place(func(_ *conf.VirtualServer, was, known bool) bool { return was || !known })
		m.event(check.Reconfigure{Config: m.cfg})
	case 9:
		m.crash(rapid.Bool().Draw(t, "adopt"))
	case 11:
		i := fmt.Sprintf("V%d", rapid.IntRange(0, 1).Draw(t, "who"))
		m.masters[i] = rapid.Bool().Draw(t, "master")
		m.place(func(_ *conf.VirtualServer, was, _ bool) bool { return was })
		m.event(check.Instance{Name: i, Master: m.masters[i]})
	case 10:
		addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(rapid.IntRange(1, 4).Draw(t, "busy"))}), 80)
		m.conns[addr] = rapid.SampledFrom([][2]uint32{{}, {}, {3, 0}, {0, 4}}).Draw(t, "connections")
		m.mute = rapid.IntRange(0, 4).Draw(t, "mute") == 0
	}
}

// crash has another life begin with the table that the last one left, less what it cannot know of.
func (m *model) crash(adopt bool) {
	rules, named := drainRules(m.cfg), map[lvs.Key]bool{}
	for _, vs := range m.cfg.VirtualServers {
		for _, w := range keysOf(m.cfg, vs) {
			named[w.key] = true
		}
	}
	longest := map[lvs.Key]int{}
	for r, secs := range rules {
		longest[r.key] = max(longest[r.key], secs)
	}
	old, drains := *m, map[row]*draining{}
	k := kernel{}
	for _, e := range m.k.entries {
		left := lvs.Entry{Service: e.Service}
		for _, d := range e.Dests {
			r := row{e.Service.Key, d.Addr}
			if dr := m.drains[r]; dr != nil && !ours(m.cfg, r) {
				if !adopt || longest[r.key] == 0 {
					continue
				}
				drains[r] = &draining{dr.Entry, m.now, m.now.Add(time.Duration(longest[r.key]) * time.Second)}
			}
			left.Dests = append(left.Dests, d)
		}
		if named[e.Service.Key] {
			k.entries = append(k.entries, left)
		}
	}
	*m = *newModel(m.t, m.cfg, k)
	m.on, m.lab.do = m.watch, m.event
	m.answers, m.conns, m.mute, m.now, m.real, m.drains = old.answers, old.conns, old.mute, old.now, old.real, drains
	m.rows = rowsOf(k.entries)
	if m.real != nil {
		m.restore(old.k.entries)
	}
	m.place(func(vs *conf.VirtualServer, _, _ bool) bool {
		return !adopt || !slices.ContainsFunc(keysOf(m.cfg, vs), func(w where) bool { return m.k.find(w.key) >= 0 })
	})
	m.event(check.Start{Have: m.k.entries, Adopt: adopt})
}

// restore takes out of the real table what the model's has not.
func (m *model) restore(before []lvs.Entry) {
	var owned lvs.Owned
	var ops []lvs.Op
	for i := range before {
		owned.Claim(before[i])
		var want *lvs.Entry
		if at := m.k.find(before[i].Service.Key); at >= 0 {
			want = &m.k.entries[at]
		}
		ops = lvs.Diff(ops, want, &before[i], &owned)
	}
	for i, err := range m.real.Apply(ops) {
		if err != nil {
			m.t.Fatalf("%s: %v", ops[i], err)
		}
	}
}
