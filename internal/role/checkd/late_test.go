package checkd

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/conf"
)

// TestIPVSComesLate: without IPVS the checks go on and nothing is complained of; when it comes, the table is made.
func TestIPVSComesLate(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		var there atomic.Bool
		r.kernel = &lateKernel{tried: time.Now(), log: slog.New(r), open: func() (Kernel, error) {
			if !there.Load() {
				return nil, errors.New("not yet")
			}
			return (*gated)(r), nil
		}}
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
