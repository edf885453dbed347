package checkd

import (
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/core/lvs"
)

const web = `virtual_server 192.0.2.1 80 {
  delay_loop 2
  lb_algo rr
  lb_kind NAT
  protocol TCP
  quorum_up "/n quorum up"
  quorum_down "/n quorum down"
  sorry_server 10.0.0.9 80
  real_server 10.0.0.1 80 {
    notify_up "/n up 1"
    notify_down "/n down 1"
    TCP_CHECK {
      connect_timeout 1
    }
  }
  real_server 10.0.0.2 80 {
    weight 3
    TCP_CHECK {
      retry 0
    }
  }
}
`

const started = `
	Gained quorum 1+0=1 <= 4 for VS [192.0.2.1]:tcp:80
	run /n quorum up
	Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
	Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
	Activating BFD healthchecker
`

var whole = []string{"tcp 192.0.2.1:80 rr", "-> 10.0.0.1:80 1", "-> 10.0.0.2:80 3"}

func TestStartFlapStop(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{})
		<-r.role.Ready()
		r.happened(started)
		r.holds(whole...)
		r.after(1100 * time.Millisecond)
		r.happened(`
			TCP connection to [10.0.0.1]:tcp:80 success.
			TCP connection to [10.0.0.2]:tcp:80 success.
		`)
		r.server("10.0.0.1:80", false)
		r.after(4 * time.Second)
		r.happened(`
			TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.server("10.0.0.2:80", false)
		r.after(2 * time.Second)
		r.happened(`
			TCP_CHECK on service [10.0.0.2]:tcp:80 failed.
			Removing service [10.0.0.2]:tcp:80 from VS [192.0.2.1]:tcp:80
			Lost quorum 1-0=1 > 0 for VS [192.0.2.1]:tcp:80
			Adding sorry server [10.0.0.9]:tcp:80 to VS [192.0.2.1]:tcp:80
			Removing alive servers from the pool for VS [192.0.2.1]:tcp:80
			run /n quorum down
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.9:80 1")
		r.server("10.0.0.2:80", true)
		r.after(2 * time.Second)
		r.happened(`
			TCP connection to [10.0.0.2]:tcp:80 success.
			Adding service [10.0.0.2]:tcp:80 to VS [192.0.2.1]:tcp:80
			Gained quorum 1+0=1 <= 3 for VS [192.0.2.1]:tcp:80
			Removing sorry server [10.0.0.9]:tcp:80 from VS [192.0.2.1]:tcp:80
			Adding alive servers to the pool for VS [192.0.2.1]:tcp:80
			run /n quorum up
		`)
		r.end()
		r.happened(`
			Shutting down service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			Shutting down service [10.0.0.2]:tcp:80 from VS [192.0.2.1]:tcp:80
		`)
		r.holds()
	})
}

func TestKeepTable(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{KeepTable: true})
		r.end()
		r.holds(whole...)
	})
}

// TestReloadChangesOnlyWhatChanged: a server that is down stays so, and what the file does not change is not touched.
func TestReloadChangesOnlyWhatChanged(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.server("10.0.0.1:80", false)
		r.start(web, Options{})
		r.after(1100 * time.Millisecond)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.happened(started + `
			TCP_CHECK on service [10.0.0.1]:tcp:80 failed.
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
			TCP connection to [10.0.0.2]:tcp:80 success.
		`)
		r.reload(strings.Replace(web, "weight 3", "weight 5", 1))
		r.happened(`
			Reloading
			Reinitializing ipvs
			Changing weight from 3 to 5 for active service [10.0.0.2]:tcp:80 of VS [192.0.2.1]:tcp:80
			Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating BFD healthchecker
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 5")
		r.after(3 * time.Second)
		r.happened("")
		r.end()
		r.holds()
	})
}

// TestASecondLifeAdopts: what a crash left is taken over: the server that was down stays down, and nothing is added anew.
func TestASecondLifeAdopts(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.server("10.0.0.1:80", false)
		r.start(web, Options{KeepTable: true}) // which is what a crash leaves
		r.after(1100 * time.Millisecond)
		r.end()
		left := []string{"tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3"}
		r.holds(left...)
		r.events = nil
		r.start(web, Options{Respawn: true})
		r.holds(left...)
		r.after(4 * time.Second)
		r.holds(left...)
		r.server("10.0.0.1:80", true)
		r.after(3 * time.Second)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3", "-> 10.0.0.1:80 1")
		r.end()
		r.holds()
	})
}

func TestAFarewellGivesUpWhatACrashLeft(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{KeepTable: true})
		r.end()
		r.holds(whole...)
		r.events = nil
		r.start(web, Options{Farewell: true})
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		r.done <- nil
		r.happened(`
			Shutting down service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			Shutting down service [10.0.0.2]:tcp:80 from VS [192.0.2.1]:tcp:80
		`)
		r.holds()
		r.end()
	})
}

// TestDriftIsRepaired: what others change of ours is put back within 2 s, and what is theirs stays.
func TestDriftIsRepaired(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		theirs := lvs.Service{Key: lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.7:80")), Scheduler: "wlc", Mask: lvs.AllBits(lvs.IPv4)}
		r.meddle(lvs.Op{Kind: lvs.AddService, Service: theirs})
		r.start(web, Options{})
		r.after(1100 * time.Millisecond)
		r.events = nil
		entries, _ := r.table.Read(lvs.AddrKey(6, netip.MustParseAddrPort("192.0.2.1:80")))
		ours := entries[0].Service
		foreign := lvs.Dest{Addr: netip.MustParseAddrPort("10.0.0.7:80"), Weight: 1}
		r.meddle(
			lvs.Op{Kind: lvs.DelDest, Service: ours, Dest: lvs.Dest{Addr: netip.MustParseAddrPort("10.0.0.1:80")}},
			lvs.Op{Kind: lvs.AddDest, Service: ours, Dest: foreign},
		)
		r.after(2 * time.Second)
		r.happened("IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: add 10.0.0.1:80 of tcp 192.0.2.1:80 weight 1 masq")
		r.holds("tcp 192.0.2.7:80 wlc", "tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3", "-> 10.0.0.7:80 1", "-> 10.0.0.1:80 1")
		r.meddle(lvs.Op{Kind: lvs.DelService, Service: ours})
		r.after(2 * time.Second)
		r.happened("IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: add service tcp 192.0.2.1:80 rr and 2 more")
		r.holds(append([]string{"tcp 192.0.2.7:80 wlc"}, whole...)...)
		r.meddle(lvs.Op{Kind: lvs.AddDest, Service: ours, Dest: foreign})
		r.end()
		r.holds("tcp 192.0.2.7:80 wlc", "tcp 192.0.2.1:80 rr", "-> 10.0.0.7:80 1")
	})
}

// TestAServiceWithWhatIsTheirsStays: a service that a reload drops is deleted when nothing of others is in it any more.
func TestAServiceWithWhatIsTheirsStays(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{})
		r.after(1100 * time.Millisecond)
		entries, _ := r.table.Read()
		foreign := lvs.Op{Kind: lvs.AddDest, Service: entries[0].Service, Dest: lvs.Dest{Addr: netip.MustParseAddrPort("10.0.0.7:80"), Weight: 1}}
		r.meddle(foreign)
		r.reload(strings.Replace(web, "192.0.2.1 80", "192.0.2.2 80", 1))
		r.after(2 * time.Second)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.7:80 1", "tcp 192.0.2.2:80 rr", "-> 10.0.0.1:80 1", "-> 10.0.0.2:80 3")
		foreign.Kind = lvs.DelDest
		r.meddle(foreign)
		r.after(2 * time.Second)
		r.holds("tcp 192.0.2.2:80 rr", "-> 10.0.0.1:80 1", "-> 10.0.0.2:80 3")
		r.end()
		r.holds()
	})
}

// TestARefusalIsToldOnce: a kernel that refuses is told of in keepalived's words, is tried again less and less often, and gets
// everything when it has changed its mind.
func TestARefusalIsToldOnce(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.refuse = syscall.ENOMEM
		r.start(web, Options{})
		r.happened(`
			IPVS cmd IP_VS_SO_SET_ADD(1154) error: Cannot allocate memory(12) (192.0.2.1:tcp:80)
			IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Cannot allocate memory(12) (192.0.2.1:tcp:80 -> 10.0.0.1:80)
			IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Cannot allocate memory(12) (192.0.2.1:tcp:80 -> 10.0.0.2:80)
		` + started)
		r.after(20 * time.Second)
		r.happened(`
			TCP connection to [10.0.0.1]:tcp:80 success.
			TCP connection to [10.0.0.2]:tcp:80 success.
		`)
		r.mu.Lock()
		r.refuse = nil
		r.mu.Unlock()
		r.after(35 * time.Second)
		r.happened("IPVS: tcp 192.0.2.1:80 was not as it had been set, repaired: add service tcp 192.0.2.1:80 rr and 2 more")
		r.holds(whole...)
		r.end()
	})
}

// TestASlowKernelHoldsNobodyUp: checks go on while the kernel does not answer, and the table is right in the end.
func TestASlowKernelHoldsNobodyUp(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{})
		r.after(1100 * time.Millisecond)
		r.events = nil
		gate := make(chan struct{})
		r.mu.Lock()
		r.gate = gate
		r.mu.Unlock()
		r.server("10.0.0.2:80", false)
		r.after(handPatience + 3*time.Second)
		r.happened(`
			IPVS: the kernel has not answered for 20s
			TCP_CHECK on service [10.0.0.2]:tcp:80 failed.
			Removing service [10.0.0.2]:tcp:80 from VS [192.0.2.1]:tcp:80
		`)
		r.server("10.0.0.1:80", false)
		r.server("10.0.0.2:80", true)
		r.after(5 * time.Second)
		r.holds(whole...)
		// Nobody waits a second time.
		r.happened(`
			TCP connection to [10.0.0.2]:tcp:80 success.
			Adding service [10.0.0.2]:tcp:80 to VS [192.0.2.1]:tcp:80
			TCP_CHECK on service [10.0.0.1]:tcp:80 failed after 1 retries.
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
		`)
		r.mu.Lock()
		r.gate = nil
		r.mu.Unlock()
		close(gate)
		synctest.Wait()
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
		r.holds()
	})
}

func TestTimeoutsAreSetAndPutBack(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		before, _ := r.table.Timeouts()
		global := "global_defs {\n lvs_timeouts tcp 100 udp 30\n}\n"
		r.start(global+web, Options{})
		during, _ := r.table.Timeouts()
		want := before
		want.TCP, want.UDP = 100*time.Second, 30*time.Second
		if during != want {
			t.Errorf("during %v, wanted %v", during, want)
		}
		r.reload(strings.Replace(global, "udp 30", "", 1) + web)
		want.UDP = before.UDP
		if now, _ := r.table.Timeouts(); now != want {
			t.Errorf("after the reload %v, wanted %v", now, want)
		}
		r.end()
		if after, _ := r.table.Timeouts(); after != before {
			t.Errorf("afterwards %v, before %v", after, before)
		}
	})
}

// TestAReloadShowsOtherCredentials: what SSL_GET shows of itself is read again.
func TestAReloadShowsOtherCredentials(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{})
		r.reload(web)
		for _, e := range r.events {
			if strings.HasPrefix(e, "show") {
				t.Errorf("%s, though nothing is configured", e)
			}
		}
		r.events = nil
		r.reload("SSL {\n password x\n}\n" + web)
		if !slices.Contains(r.events, "show false") {
			t.Errorf("nothing was read: %q", r.events)
		}
		r.end()
	})
}

func TestFlush(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		theirs := lvs.Service{Key: lvs.MarkKey(lvs.IPv4, 7), Scheduler: "wlc", Mask: lvs.AllBits(lvs.IPv4)}
		r.meddle(lvs.Op{Kind: lvs.AddService, Service: theirs})
		r.start("global_defs {\n lvs_flush\n lvs_flush_on_stop\n}\n"+web, Options{})
		r.happened("flush" + started)
		r.holds(whole...)
		r.meddle(lvs.Op{Kind: lvs.AddService, Service: theirs})
		r.end()
		r.happened("flush")
		r.holds()
	})
}
