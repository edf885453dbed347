package checkd

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/role/bus"
)

// setting compares a setting of the kernel.
func (r *rig) setting(name string, want int) {
	r.t.Helper()
	if got, err := r.table.Setting(name); err != nil || got != want {
		r.t.Errorf("%s is %d, %v; want %d", name, got, err, want)
	}
}

// legacy returns what the role has left for its next life by now. From then on nobody else hears what it says to its parent.
func (r *rig) legacy() string {
	var last atomic.Value
	parent := r.parent
	go func() {
		for m, err := parent.Recv(); err == nil; m, err = parent.Recv() {
			if m.Kind == bus.Fact && m.Subject == bus.Legacy {
				last.Store(m.Text)
			}
		}
	}()
	synctest.Wait()
	text, _ := last.Load().(string)
	return text
}

func sysctl(lines string) string { return global("ipvs_sysctl {\n" + lines + "\n}") }

func TestSettings(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		if err := r.table.SetSetting("conn_reuse_mode", 1); err != nil {
			t.Fatal(err)
		}
		r.start(sysctl("expire_nodest_conn 1\nconn_reuse_mode 0"), Options{KeepTable: true})
		r.setting("expire_nodest_conn", 1)
		r.setting("conn_reuse_mode", 0)
		r.reload(sysctl("conn_reuse_mode 2\ndrop_entry 1"))
		r.setting("expire_nodest_conn", 0)
		r.setting("conn_reuse_mode", 2)
		r.setting("drop_entry", 1)
		r.end()
		r.setting("conn_reuse_mode", 1)
		r.setting("drop_entry", 0)
	})
}

// TestSettingsOutliveACrash: the next life puts back what was there before the first one, also what its configuration does not name any
// more, and so does the one that only says farewell.
func TestSettingsOutliveACrash(t *testing.T) {
	const (
		first = "global_defs {\n lvs_timeouts tcp 100\n ipvs_sysctl {\n conn_reuse_mode 0\n drop_entry 1\n }\n}\n" + noServers
		other = "global_defs {\n ipvs_sysctl {\n drop_entry 2\n }\n}\n" + noServers
	)
	lives := map[string]struct {
		text string
		opt  Options
	}{
		"the same configuration": {first, Options{Respawn: true}},
		"another":                {other, Options{Respawn: true}},
		"a farewell":             {first, Options{Respawn: true, Farewell: true}},
	}
	for name, next := range lives {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				r := newRig(t)
				if err := r.table.SetSetting("conn_reuse_mode", 1); err != nil {
					t.Fatal(err)
				}
				before, _ := r.table.Timeouts()
				r.start(first, Options{})
				during, _ := r.table.Timeouts()
				next.opt.Legacy = r.legacy()
				r.end()
				// A crash would have left it so.
				if err := errors.Join(r.table.SetSetting("conn_reuse_mode", 0), r.table.SetSetting("drop_entry", 1), r.table.SetTimeouts(during)); err != nil {
					t.Fatal(err)
				}

				r.start(next.text, next.opt)
				if name == "another" {
					r.setting("conn_reuse_mode", 1)
					r.setting("drop_entry", 2)
				}
				r.end()
				r.setting("conn_reuse_mode", 1)
				r.setting("drop_entry", 0)
				if now, _ := r.table.Timeouts(); now != before {
					t.Errorf("timeouts %v, were %v", now, before)
				}
			})
		})
	}
}

func TestSettingsOfAKernelThatComesLate(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		there := r.lateKernel()
		r.start(sysctl("expire_nodest_conn 1"), Options{})
		r.reload(sysctl("drop_entry 1"))
		there.Store(true)
		r.after(2 * lookAgain)
		r.setting("expire_nodest_conn", 0)
		r.setting("drop_entry", 1)
		r.end()
		r.setting("drop_entry", 0)
	})
}

// TestASettingThatTheConfigurationSupposes: it is told that the kernel has another one, and whoever has no keyword of ours is told nothing.
func TestASettingThatTheConfigurationSupposes(t *testing.T) {
	const told = "IPVS: net.ipv4.vs.expire_quiescent_template is 0 and not 1: persistent clients of virtual server 192.0.2.1 80 go on to open connections to servers of weight 0"
	sticky := strings.Replace(noServers, "lvs_sched rr", "lvs_sched rr\n persistence_timeout 60\n inhibit_on_failure", 1)
	for name, c := range map[string]struct {
		text string
		told bool
	}{
		"keepalived's keywords": {sticky, false},
		"another setting":       {"global_defs {\n ipvs_sysctl {\n expire_nodest_conn 1\n }\n}\n" + sticky, true},
		"the setting":           {"global_defs {\n ipvs_sysctl {\n expire_quiescent_template 1\n }\n}\n" + sticky, false},
		"drain_timeout":         {strings.Replace(sticky, "inhibit_on_failure", "drain_timeout 60", 1), true},
		"drain_timeout alone":   {strings.Replace(noServers, "lvs_sched rr", "lvs_sched rr\n drain_timeout 60", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				r := newRig(t)
				r.start(c.text, Options{})
				r.after(time.Second)
				if got := strings.Contains(strings.Join(r.events, "\n"), told); got != c.told {
					t.Errorf("told: %t\n%s", got, strings.Join(r.events, "\n"))
				}
				r.end()
			})
		})
	}
}
