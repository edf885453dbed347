package checkd

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/lvs"
	"holdfast/ipvs"
)

var draining = strings.Replace(web, "delay_loop 2", "delay_loop 2\n drain_timeout 30", 1)

// conns sets the connections of a destination of web.
func (r *rig) conns(dest string, active uint32) {
	r.t.Helper()
	if !r.table.Kernel.Count(ipvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80")), netip.MustParseAddrPort(dest), ipvs.Stats{}, [3]uint32{active, 2, 0}) {
		r.t.Error("no such destination")
	}
}

// without is a configuration without its server 10.0.0.1.
func without(text string) string {
	from, to := strings.Index(text, "  real_server 10.0.0.1"), strings.Index(text, "  real_server 10.0.0.2")
	return text[:from] + text[to:]
}

func TestDrainAfterAReload(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(draining, Options{})
		r.after(1100 * time.Millisecond)
		r.conns("10.0.0.1:80", 2)
		r.events = nil
		r.reload(without(draining))
		r.happened(`
			Reloading
			Reinitializing ipvs
			service [10.0.0.1]:tcp:80 no longer exist
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
			Draining service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80 for at most 30s
			Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating BFD healthchecker
		`)
		left := []string{"tcp 192.0.2.1:80 rr", "-> 10.0.0.1:80 0", "-> 10.0.0.2:80 3"}
		r.holds(left...)
		r.after(10 * time.Second)
		r.meddle(lvs.Op{Kind: lvs.EditDest, Service: lvs.Service{Key: webKey}, Dest: lvs.Dest{Addr: netip.MustParseAddrPort("10.0.0.1:80"), Weight: 5}})
		r.after(3 * time.Second)
		r.happened("IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: edit 10.0.0.1:80 of tcp 192.0.2.1:80 weight 0 masq")
		r.holds(left...)
		r.conns("10.0.0.1:80", 0)
		r.after(2 * time.Second)
		r.happened("Service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80 has drained")
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
		r.holds()
	})
}

var webKey = lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80"))

// TestDrainBlindly: of a kernel that does not tell how many connections there are, the time decides.
func TestDrainBlindly(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.kernel = &countless{(*gated)(r)}
		r.start(draining, Options{})
		r.after(1100 * time.Millisecond)
		r.events = nil
		r.server("10.0.0.1:80", false)
		r.after(10 * time.Second)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.1:80 0", "-> 10.0.0.2:80 3")
		r.after(30 * time.Second)
		r.happened(`
			TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
			Draining service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80 for at most 30s
			Service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80 still had connections after 30s, which is its drain_timeout - removed
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
	})
}

type countless struct{ *gated }

func (*countless) Counts(...lvs.Key) ([]lvs.Count, error) { return nil, errors.New("no answer") }

// TestDrainOverACrash: what a life lets drain the next one takes out, as far as it can know.
func TestDrainOverACrash(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.kernel = &countless{(*gated)(r)}
		r.start(draining, Options{KeepTable: true}) // which is what a crash leaves
		r.after(1100 * time.Millisecond)
		r.end()
		r.meddle(lvs.Op{Kind: lvs.EditDest, Service: lvs.Service{Key: webKey}, Dest: lvs.Dest{Addr: netip.MustParseAddrPort("10.0.0.1:80")}})
		r.kernel = (*gated)(r)
		r.start(without(draining), Options{Respawn: true})
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.1:80 0", "-> 10.0.0.2:80 3")
		r.after(3 * time.Second)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
	})
}
