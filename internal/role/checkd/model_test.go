package checkd

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
)

// draw writes a configuration by chance.
func draw(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("virtual_server_group G {\n 192.0.2.10-12 80\n fwmark 7\n}\n")
	for v, name := range []string{"192.0.2.1 80", "192.0.2.2 80", "group G"} {
		if r.IntN(4) == 0 {
			continue
		}
		fmt.Fprintf(&b, "virtual_server %s {\n delay_loop 2\n lb_algo %s\n lb_kind NAT\n protocol TCP\n", name, []string{"rr", "wrr"}[r.IntN(2)])
		for _, option := range []string{"alpha", "inhibit_on_failure", "sorry_server 10.0.0.99 80", "quorum 2", "quorum 3\n hysteresis 1", "drain_timeout 7"} {
			if r.IntN(3) == 0 {
				b.WriteString(" " + option + "\n")
			}
		}
		for s := range 4 {
			if r.IntN(4) > 0 {
				fmt.Fprintf(&b, " real_server 10.0.%d.%d 80 {\n  weight %d\n  TCP_CHECK {\n   retry %d\n  }\n }\n", v, s+1, 1+r.IntN(3), r.IntN(2))
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// TestTheTableBecomesWhatIsWanted plays servers that come and go, reloads, crashes, a kernel that refuses for a while and somebody who
// meddles with the table, all by chance; when they leave off, the table holds what the Director wants and what was never ours.
func TestTheTableBecomesWhatIsWanted(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			play(t, func(t *testing.T) { wander(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func wander(t *testing.T, chance *rand.Rand) {
	r := newRig(t)
	theirs := lvs.Entry{Service: lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 99), Scheduler: "wlc", Mask: lvs.AllBits(lvs.IPv4)}}
	r.meddle(lvs.Op{Kind: lvs.AddService, Service: theirs.Service})
	text := draw(chance)
	r.start(text, Options{KeepTable: true}) // a stop is as a crash
	for range 40 {
		switch chance.IntN(8) {
		case 0:
			text = draw(chance)
			r.reload(text)
		case 1: // what a life could not delete, the next one cannot know
			r.kernelRefuses(nil)
			r.after(2 * slowestAudit)
			r.end()
			r.start(text, Options{KeepTable: true, Respawn: true})
		case 2:
			r.kernelRefuses([]error{nil, syscall.ENOMEM}[chance.IntN(2)])
		case 3:
			r.damage(chance, theirs.Service.Key)
		default:
			r.server(fmt.Sprintf("10.0.%d.%d:80", chance.IntN(3), 1+chance.IntN(4)), chance.IntN(2) == 0)
		}
		r.after(time.Duration(chance.IntN(3000)) * time.Millisecond)
	}
	r.kernelRefuses(nil)
	r.after(2 * slowestAudit)
	want := []lvs.Entry{theirs}
	asked := make(chan struct{})
	var servers []string
	r.role.loop.post(func(time.Time) {
		want = append(want, r.role.loop.director.Wanted()...)
		r.role.loop.director.Servers(func(_ check.ServerID, _ *conf.VirtualServer, rs *conf.RealServer, s check.Status) bool {
			servers = append(servers, fmt.Sprintf("%s up %v", rs.Address.V, s.Up))
			return true
		})
		close(asked)
	})
	<-asked
	have, err := r.table.Read()
	if err != nil {
		t.Fatal(err)
	}
	if got, wanted := listed(have), listed(want); !slices.Equal(got, wanted) {
		t.Errorf("the table holds\n%s\nwanted is\n%s\nof\n%s\nservers %s", strings.Join(got, "\n"), strings.Join(wanted, "\n"), text, servers)
	}
	for _, s := range servers {
		addr, up, _ := strings.Cut(s, " up ")
		r.mu.Lock()
		if down := r.down[netip.MustParseAddrPort(addr)]; down == (up == "true") {
			t.Errorf("%s, and it is down: %v", s, down)
		}
		r.mu.Unlock()
	}
	r.end()
}

func (r *rig) kernelRefuses(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = err
}

// damage deletes something of what is there.
func (r *rig) damage(chance *rand.Rand, not lvs.Key) {
	entries, _ := r.table.Read()
	entries = slices.DeleteFunc(entries, func(e lvs.Entry) bool { return e.Service.Key == not })
	if len(entries) == 0 {
		return
	}
	e := entries[chance.IntN(len(entries))]
	if len(e.Dests) == 0 || chance.IntN(2) == 0 {
		r.meddle(lvs.Op{Kind: lvs.DelService, Service: e.Service})
		return
	}
	d := e.Dests[chance.IntN(len(e.Dests))]
	if chance.IntN(2) == 0 {
		r.meddle(lvs.Op{Kind: lvs.DelDest, Service: e.Service, Dest: d})
		return
	}
	d.Weight += 7
	r.meddle(lvs.Op{Kind: lvs.EditDest, Service: e.Service, Dest: d})
}

// listed gives entries as lines without an order.
func listed(entries []lvs.Entry) (out []string) {
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%s %s", e.Service.Key, e.Service.Scheduler))
		for _, d := range e.Dests {
			out = append(out, fmt.Sprintf("%s -> %s %d", e.Service.Key, d.Addr, d.Weight))
		}
	}
	slices.Sort(out)
	return out
}
