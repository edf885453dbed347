package checkd

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/conf"
)

// lateKernel makes the role's kernel one without IPVS until the test says otherwise.
func (r *rig) lateKernel() *atomic.Bool {
	var there atomic.Bool
	r.kernel = &lateKernel{tried: time.Now(), log: slog.New(r), open: func() (Kernel, error) {
		if !there.Load() {
			return nil, errors.New("not yet")
		}
		return (*gated)(r), nil
	}}
	return &there
}

// TestIPVSComesLate: without IPVS the checks go on and nothing is complained of; when it comes, the table is made.
func TestIPVSComesLate(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		there := r.lateKernel()
		r.server("10.0.0.1:80", false)
		r.start("global_defs {\n lvs_timeouts tcp 100\n}\n"+web, Options{})
		r.after(30 * time.Second)
		r.happened(started + `
			TCP_CHECK on service [10.0.0.1]:tcp:80 failed.
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
			TCP connection to [10.0.0.2]:tcp:80 success.
		`)
		r.holds()
		there.Store(true)
		r.after(12 * time.Second)
		r.happened(`
			IPVS: the kernel has it now
			IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: add service tcp 192.0.2.1:80 rr and 1 more
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		if now, _ := r.table.Timeouts(); now.TCP != 100*time.Second || now == (conf.LVSTimeouts{}) {
			t.Errorf("timeouts %v", now)
		}
		r.end()
		r.holds()
	})
}

// TestIPVSComesLaterThanAReload: what a reload has taken back meanwhile is not set when IPVS comes, and what it changes to is, and is
// undone at the end.
func TestIPVSComesLaterThanAReload(t *testing.T) {
	const tcp = "lvs_timeouts tcp 100"
	for name, test := range map[string]struct {
		first, then string
		want        time.Duration
	}{
		"removed": {first: tcp, then: "lvs_sync_daemon lo id 7", want: 900 * time.Second},
		"changed": {first: tcp, then: "lvs_timeouts tcp 200", want: 200 * time.Second},
		"added":   {first: "lvs_sync_daemon lo id 7", then: tcp, want: 100 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				r := newRig(t)
				there := r.lateKernel()
				if err := r.table.SetTimeouts(conf.LVSTimeouts{TCP: 900 * time.Second}); err != nil {
					t.Fatal(err)
				}
				r.start(global(test.first), Options{})
				r.reload(global(test.then))
				there.Store(true)
				r.after(2 * lookAgain)
				if now, _ := r.table.Timeouts(); now.TCP != test.want {
					t.Errorf("timeouts %v, wanted tcp %v", now, test.want)
				}
				r.end()
				if now, _ := r.table.Timeouts(); now.TCP != 900*time.Second {
					t.Errorf("timeouts %v at the end", now)
				}
			})
		})
	}
}
