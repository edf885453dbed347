package contract

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
	"holdfast/ipvs"
)

// Run runs all tests, each on an empty table that open makes, of a host whose only interface is lo.
func Run(t *testing.T, open func(t *testing.T) *plane.Conn) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, *plane.Conn)
	}{
		{"what was applied is read back", readBack},
		{"settled operations are no errors", settled},
		{"what is missing is added", added},
		{"operations on one thing take their turn", turns},
		{"refusals are errors of their own operation", refused},
		{"the differences between two tables lead from one to the other", converges},
		{"timeouts", timeouts},
		{"settings", settings},
		{"sync daemons", daemons},
		{"nothing works once closed", closed},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func addrs() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
	}
}

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// every has something of each kind.
func every() []lvs.Entry {
	return []lvs.Entry{
		{
			Service: lvs.Service{
				Key: lvs.AddrKey(6, at("192.0.2.1:80")), Scheduler: "wrr", Flags: lvs.Persistent, Timeout: 5 * time.Minute, Mask: 0xffffff00,
			},
			Dests: []lvs.Dest{
				{Addr: at("10.0.0.3:8080"), Weight: 3},
				{Addr: at("10.0.0.1:80"), Forward: lvs.Route, Weight: 1<<31 - 1, Upper: 1<<32 - 1, Lower: 7},
				{Addr: at("10.0.0.2:80"), Forward: lvs.Tunnel, Encap: lvs.Encap{Kind: lvs.GUE, Port: 6080, Checksum: lvs.RemoteChecksum}},
				{Addr: at("[fd00::4]:80"), Forward: lvs.Tunnel, Encap: lvs.Encap{Kind: lvs.GRE, Checksum: lvs.FullChecksum}, Weight: 1},
			},
		},
		{
			Service: lvs.Service{
				Key: lvs.AddrKey(17, at("[2001:db8::1]:5060")), Scheduler: "rr", Engine: "sip", Flags: lvs.Persistent | lvs.OnePacket,
				Timeout: time.Minute, Mask: 64,
			},
			Dests: []lvs.Dest{{Addr: at("[fd00::1]:5060"), Weight: 1}, {Addr: at("10.0.0.1:5060"), Forward: lvs.Tunnel, Weight: 1}},
		},
		{Service: lvs.Service{Key: lvs.AddrKey(132, at("192.0.2.1:80")), Scheduler: "lc", Mask: 0xffffffff}},
		{
			Service: lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 1<<32-1), Scheduler: "sh", Flags: lvs.Sched1 | lvs.Sched2 | lvs.Sched3, Mask: 0xffffffff},
			Dests:   []lvs.Dest{{Addr: at("10.0.0.1:0"), Forward: lvs.Route, Weight: 1}},
		},
		{Service: lvs.Service{Key: lvs.MarkKey(lvs.IPv6, 1<<32-1), Scheduler: "mh", Mask: 128}},
	}
}

// adds is what leads to a table from nothing.
func adds(table []lvs.Entry) (ops []lvs.Op) {
	for _, e := range table {
		ops = lvs.Diff(ops, &e, nil, &lvs.Owned{})
	}
	return ops
}

func must(t *testing.T, p *plane.Conn, ops ...lvs.Op) {
	t.Helper()
	for i, err := range p.Apply(ops) {
		if err != nil {
			t.Fatalf("operation %d, %v: %v", i, ops[i], err)
		}
	}
}

// expect wants exactly that, in any order.
func expect(t interface {
	Helper()
	Fatalf(string, ...any)
}, p *plane.Conn, want []lvs.Entry,
) {
	t.Helper()
	got, err := p.Read()
	if err != nil {
		t.Fatalf("%v", err)
	}
	if a, b := inOrder(want), inOrder(got); !slices.Equal(a, b) {
		t.Fatalf("table (-want +got):\n%s", cmp.Diff(a, b))
	}
}

// inOrder writes a table line by line, sorted. In which order destinations were added cannot be seen after several changes of
// a service, and is readBack's business.
func inOrder(table []lvs.Entry) (lines []string) {
	for _, e := range table {
		lines = append(lines, fmt.Sprintf("%v: %+v", e.Service.Key, e.Service))
		for _, d := range e.Dests {
			lines = append(lines, fmt.Sprintf("%v: %v %+v", e.Service.Key, d.Addr, d))
		}
	}
	slices.Sort(lines)
	return lines
}

func readBack(t *testing.T, p *plane.Conn) {
	expect(t, p, []lvs.Entry{})
	must(t, p, adds(every())...)
	expect(t, p, every())
	all := every()
	for _, e := range all {
		one, err := p.Read(e.Service.Key)
		if d := cmp.Diff([]lvs.Entry{e}, one, addrs()); err != nil || d != "" {
			t.Errorf("one of it: %v (-want +got):\n%s", err, d)
		}
	}
	some, err := p.Read(all[3].Service.Key, lvs.MarkKey(lvs.IPv4, 9), all[1].Service.Key)
	if d := cmp.Diff([]lvs.Entry{all[3], all[1]}, some, addrs()); err != nil || d != "" {
		t.Errorf("some of it: %v (-want +got):\n%s", err, d)
	}
	counts, err := p.Counts(all[3].Service.Key, lvs.MarkKey(lvs.IPv4, 9), all[1].Service.Key)
	var idle []lvs.Count
	for _, e := range []lvs.Entry{all[3], all[1]} {
		for _, d := range e.Dests {
			idle = append(idle, lvs.Count{Key: e.Service.Key, Dest: d.Addr})
		}
	}
	if d := cmp.Diff(idle, counts, addrs()); err != nil || d != "" {
		t.Errorf("connections: %v (-want +got):\n%s", err, d)
	}
	if err := p.Flush(); err != nil {
		t.Error(err)
	}
	expect(t, p, []lvs.Entry{})
}

func settled(t *testing.T, p *plane.Conn) {
	table := every()
	must(t, p, adds(table)...)
	must(t, p, adds(table)...)
	expect(t, p, every())
	// An addition of what is there with other values changes these.
	table[0].Service.Scheduler, table[0].Service.Flags, table[0].Service.Timeout = "lc", 0, 0
	table[0].Dests[0].Weight, table[0].Dests[2].Encap = 99, lvs.Encap{}
	must(t, p, adds(table)...)
	expect(t, p, table)
	gone := every()[0].Service
	gone.Key = lvs.MarkKey(lvs.IPv6, 12)
	must(t, p,
		lvs.Op{Kind: lvs.DelService, Service: gone},
		lvs.Op{Kind: lvs.DelDest, Service: gone, Dest: table[0].Dests[0]},
		lvs.Op{Kind: lvs.DelDest, Service: table[2].Service, Dest: table[0].Dests[0]},
	)
	expect(t, p, table)
}

func added(t *testing.T, p *plane.Conn) {
	var ops []lvs.Op
	for _, op := range adds(every()) {
		if op.Kind == lvs.AddService {
			op.Kind = lvs.EditService
		} else {
			op.Kind = lvs.EditDest
		}
		ops = append(ops, op)
	}
	must(t, p, ops...)
	expect(t, p, every())
	lost := lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 5), Scheduler: "rr", Mask: 0xffffffff}
	for _, kind := range []lvs.OpKind{lvs.AddDest, lvs.EditDest} {
		errs := p.Apply([]lvs.Op{{Kind: kind, Service: lost, Dest: lvs.Dest{Addr: at("10.0.0.1:0"), Forward: lvs.Route}}})
		if !errors.Is(errs[0], unix.ESRCH) {
			t.Errorf("%v a destination of a service that is not there: %v", kind, errs[0])
		}
	}
}

func turns(t *testing.T, p *plane.Conn) {
	e := every()[0]
	s, d := e.Service, e.Dests[0]
	heavier := d
	heavier.Weight++
	must(t, p, adds([]lvs.Entry{e})...)
	must(t, p,
		lvs.Op{Kind: lvs.AddDest, Service: s, Dest: heavier}, lvs.Op{Kind: lvs.DelDest, Service: s, Dest: d},
		lvs.Op{Kind: lvs.EditDest, Service: s, Dest: heavier}, lvs.Op{Kind: lvs.DelDest, Service: s, Dest: d},
	)
	e.Dests = e.Dests[1:]
	expect(t, p, []lvs.Entry{e})
	must(t, p,
		lvs.Op{Kind: lvs.AddService, Service: s}, lvs.Op{Kind: lvs.DelService, Service: s},
		lvs.Op{Kind: lvs.EditService, Service: s}, lvs.Op{Kind: lvs.AddDest, Service: s, Dest: d},
	)
	expect(t, p, []lvs.Entry{{Service: s, Dests: []lvs.Dest{d}}})
}

func refused(t *testing.T, p *plane.Conn) {
	e := every()[0]
	strange, bad := e.Service, e.Dests[0]
	strange.Key, strange.Scheduler = lvs.MarkKey(lvs.IPv4, 3), "nosuch"
	bad.Lower = 5 // above Upper
	errs := p.Apply([]lvs.Op{
		{Kind: lvs.AddService, Service: e.Service},
		{Kind: lvs.AddService, Service: strange},
		{Kind: lvs.AddDest, Service: e.Service, Dest: bad},
		{Kind: lvs.AddDest, Service: e.Service, Dest: e.Dests[1]},
	})
	var missing *ipvs.MissingError
	if errs[0] != nil || errs[3] != nil || !errors.Is(errs[2], unix.ERANGE) || !errors.As(errs[1], &missing) {
		t.Fatalf("errors %v", errs)
	}
	if !slices.Equal(missing.Modules, []string{"ip_vs_nosuch"}) {
		t.Errorf("modules %q", missing.Modules)
	}
	expect(t, p, []lvs.Entry{{Service: e.Service, Dests: e.Dests[1:2]}})
	strange.Key = e.Service.Key
	if errs := p.Apply([]lvs.Op{{Kind: lvs.EditService, Service: strange}}); !errors.As(errs[0], &missing) {
		t.Errorf("errors %v", errs)
	}
}

// genTable draws a table out of few services and destinations.
func genTable(r *rapid.T) []lvs.Entry {
	var out []lvs.Entry
	for _, e := range every() {
		if rapid.Bool().Draw(r, "absent") {
			continue
		}
		e.Service.Scheduler = rapid.SampledFrom([]string{"rr", "wlc", "mh"}).Draw(r, "scheduler")
		if rapid.Bool().Draw(r, "persistent") {
			e.Service.Flags |= lvs.Persistent
			e.Service.Timeout = time.Duration(rapid.IntRange(1, 3).Draw(r, "timeout")) * time.Second
		}
		e.Dests = nil
		for n := range 5 {
			if rapid.Bool().Draw(r, "absent") {
				continue
			}
			d := lvs.Dest{Weight: rapid.Uint32Range(0, 2).Draw(r, "weight"), Forward: rapid.SampledFrom([]lvs.Forward{lvs.Masq, lvs.Tunnel}).Draw(r, "forward")}
			d.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), 80)
			if e.Service.Key.Family == lvs.IPv6 {
				d.Addr = netip.AddrPortFrom(netip.AddrFrom16([16]byte{0xfd, 15: byte(n + 1)}), 80)
			}
			e.Dests = append(e.Dests, d)
		}
		out = append(out, e)
	}
	return out
}

func converges(t *testing.T, p *plane.Conn) {
	var owned lvs.Owned
	rapid.Check(t, func(r *rapid.T) {
		want := genTable(r)
		have, err := p.Read()
		if err != nil {
			r.Fatal(err)
		}
		var ops []lvs.Op
		find := func(list []lvs.Entry, k lvs.Key) *lvs.Entry {
			if i := slices.IndexFunc(list, func(e lvs.Entry) bool { return e.Service.Key == k }); i >= 0 {
				return &list[i]
			}
			return nil
		}
		for _, e := range every() {
			k := e.Service.Key
			ops = lvs.Diff(ops, find(want, k), find(have, k), &owned)
		}
		for i, err := range p.Apply(ops) {
			if err != nil {
				r.Fatalf("%v: %v", ops[i], err)
			}
			owned.Done(ops[i])
		}
		expect(r, p, want)
	})
}

// settings: what was set is read back.
func settings(t *testing.T, p *plane.Conn) {
	const name = "expire_nodest_conn"
	expect := func(want int) {
		t.Helper()
		if v, err := p.Setting(name); err != nil || v != want {
			t.Errorf("%s is %d, %v; want %d", name, v, err, want)
		}
	}
	expect(0)
	for _, v := range []int{1, 1, 0} {
		if err := p.SetSetting(name, v); err != nil {
			t.Error(err)
		}
		expect(v)
	}
}

func timeouts(t *testing.T, p *plane.Conn) {
	was, err := p.Timeouts()
	if want := (conf.LVSTimeouts{TCP: 900 * time.Second, TCPFin: 120 * time.Second, UDP: 300 * time.Second}); err != nil || was != want {
		t.Errorf("at first %v, %v", was, err)
	}
	if err := p.SetTimeouts(conf.LVSTimeouts{TCPFin: 7 * time.Second}); err != nil {
		t.Error(err)
	}
	was.TCPFin = 7 * time.Second
	if now, err := p.Timeouts(); err != nil || now != was {
		t.Errorf("then %v, %v", now, err)
	}
}

func daemons(t *testing.T, p *plane.Conn) {
	group := netip.MustParseAddr("224.0.0.99")
	master := plane.Daemon{Master: true, Interface: "lo", ID: 7, MaxLen: 1000, Group: group, Port: 9000, TTL: 3}
	backup := master
	backup.Master, backup.MaxLen = false, 1100
	short, atLeast := backup, backup
	short.MaxLen, atLeast.MaxLen = 1000, 1024
	plain := plane.Daemon{Master: true, Interface: "lo", ID: 7}
	filled := plane.Daemon{Master: true, Interface: "lo", ID: 7, MaxLen: 1472, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 1}
	for _, step := range []struct{ ask, want []plane.Daemon }{
		{nil, nil},
		{[]plane.Daemon{backup}, []plane.Daemon{backup}},
		{[]plane.Daemon{master}, []plane.Daemon{master}}, // as a new master does
		{[]plane.Daemon{backup, master}, []plane.Daemon{master, backup}},
		{[]plane.Daemon{plain, backup}, []plane.Daemon{filled, backup}},
		{[]plane.Daemon{plain, short}, []plane.Daemon{filled, atLeast}},
		{[]plane.Daemon{plain, short}, []plane.Daemon{filled, atLeast}},
		{nil, nil},
	} {
		if err := p.SyncDaemons(step.ask...); err != nil {
			t.Errorf("%+v: %v", step.ask, err)
		}
		if got, err := p.Daemons(); err != nil || !slices.Equal(got, step.want) {
			t.Errorf("daemons %+v, %v, want %+v", got, err, step.want)
		}
	}
	wrong := backup
	wrong.Interface = "nosuch"
	var which *plane.DaemonError
	if err := p.SyncDaemons(wrong, master); !errors.Is(err, unix.ENODEV) || !errors.As(err, &which) || which.Master || !which.Start {
		t.Errorf("an interface that is not there: %v", err)
	}
	if got, err := p.Daemons(); err != nil || !slices.Equal(got, []plane.Daemon{master}) {
		t.Errorf("beside it: %+v, %v", got, err)
	}
	if err := p.SyncDaemons(); err != nil {
		t.Error(err)
	}
}

func closed(t *testing.T, p *plane.Conn) {
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := p.Read()
	_, err2 := p.Timeouts()
	_, err3 := p.Daemons()
	for i, err := range append(p.Apply(adds(every())), err, err2, err3, p.Flush(), p.SetTimeouts(conf.LVSTimeouts{}), p.SyncDaemons()) {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
