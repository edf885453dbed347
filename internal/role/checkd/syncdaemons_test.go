package checkd

import (
	"strings"
	"testing"
	"time"

	"holdfast/internal/host/mem"
	"holdfast/internal/host/plane"
)

// noServers is a virtual server whose checks say nothing while a test looks.
const noServers = `virtual_server 192.0.2.1 80 {
 lvs_sched rr
 lvs_method DR
 protocol TCP
 real_server 10.0.0.1 80 {
 }
}
`

func global(line string) string { return "global_defs {\n " + line + "\n}\n" + noServers }

// syncs tells what has happened to the sync daemons since the last call.
func (r *rig) syncs(want ...string) {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var got []string
	for _, e := range r.events {
		if strings.HasPrefix(e, "sync ") || strings.HasPrefix(e, "IPVS") {
			got = append(got, e)
		}
	}
	r.events = nil
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		r.t.Errorf("happened: %q, wanted: %q", got, want)
	}
}

func TestSyncDaemonsWithoutAnInstance(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		left := mem.NewPlaneOn(r.table.Kernel)
		if err := left.SyncDaemons(plane.Daemon{Interface: "lo", ID: 3}); err != nil {
			t.Fatal(err)
		}
		r.start(global("lvs_sync_daemon lo id 7"), Options{KeepTable: true})
		r.syncs("sync [master lo 7, backup lo 7]")
		r.reload(global("lvs_sync_daemon lo"))
		r.syncs("sync [master lo 0, backup lo 0]")
		r.reload(noServers)
		r.syncs("sync []")
		r.reload(noServers)
		r.syncs()
		r.reload(global("lvs_sync_daemon lo id 7"))
		r.syncs("sync [master lo 7, backup lo 7]")
		r.end()
		r.syncs("sync []") // -I is about the table
	})
}

// TestSyncDaemonsOfAnInstance: those that follow an instance are the VRRP process's, whatever there is.
func TestSyncDaemonsOfAnInstance(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(global("lvs_sync_daemon lo VI_1 id 7"), Options{})
		r.syncs()
		r.reload(global("lvs_sync_daemon lo id 7"))
		r.syncs("sync [master lo 7, backup lo 7]")
		r.reload(global("lvs_sync_daemon lo VI_1 id 7"))
		r.end()
		r.syncs()
	})
}

func TestNoSyncDaemonsWithoutTheirLine(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(noServers, Options{})
		r.end()
		r.syncs()
	})
}

func TestRefusedSyncDaemonsAreTriedAgain(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(global("lvs_sync_daemon nosuch id 7"), Options{})
		const refused = "IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: No such device(19)"
		r.syncs("sync []", refused, refused)
		r.after(syncAgain + 2*time.Second)
		r.syncs("sync []") // tried, and not told again
		r.reload(global("lvs_sync_daemon lo id 7"))
		r.syncs("sync [master lo 7, backup lo 7]")
		r.after(2 * syncAgain)
		r.syncs()
		r.end()
	})
}

func TestSyncDaemonsOfAKernelThatComesLate(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		there := r.lateKernel()
		r.start(global("lvs_sync_daemon lo id 7"), Options{})
		r.after(2 * lookAgain)
		r.syncs()
		there.Store(true)
		r.after(lookAgain)
		if got := (*gated)(r).daemons(); got != "[master lo 7, backup lo 7]" {
			t.Errorf("running: %s", got)
		}
		r.end()
	})
}

// TestRefusedSyncDaemonsOfAKernelThatComesLate: what the kernel refuses when it comes is tried again.
func TestRefusedSyncDaemonsOfAKernelThatComesLate(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		there := r.lateKernel()
		r.start(global("lvs_sync_daemon nosuch id 7"), Options{})
		there.Store(true)
		r.after(lookAgain + 2*time.Second)
		const refused = "IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: No such device(19)"
		r.syncs("IPVS: the kernel has it now", "sync []", refused, refused,
			"IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: add service tcp 192.0.2.1:80 rr and 1 more")
		r.after(syncAgain)
		r.syncs("sync []")
		r.end()
	})
}
