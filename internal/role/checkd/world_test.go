package checkd

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/core/table"
	"holdfast/internal/host/fifo"
)

// fakeLinks is a host whose addresses the test sets.
type fakeLinks struct {
	mu      sync.Mutex
	addrs   []table.Addr
	refuse  error // the answer to Addrs
	reads   int
	watches int // that have not ended
	tell    chan table.Update
	cut     chan error    // ends a watch
	gate    chan struct{} // holds every reading up; nil: none
}

func (f *fakeLinks) Addrs() ([]table.Addr, error) {
	if f.gate != nil {
		<-f.gate
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	return f.addrs, f.refuse
}

func (f *fakeLinks) count(watches int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watches += watches
}

func (f *fakeLinks) Watch(ctx context.Context, tell func(table.Update)) error {
	f.count(1)
	defer f.count(-1)
	tell(table.Update{Kind: table.Resync})
	for {
		select {
		case u := <-f.tell:
			tell(u)
		case err := <-f.cut:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

func (f *fakeLinks) set(prefixes ...string) {
	f.mu.Lock()
	f.addrs = nil
	for _, p := range prefixes {
		f.addrs = append(f.addrs, table.Addr{Prefix: netip.MustParsePrefix(p)})
	}
	f.mu.Unlock()
	f.tell <- table.Update{Kind: table.Resync}
	synctest.Wait()
}

// fakeFiles are files whose numbers the test sets.
type fakeFiles struct {
	mu     sync.Mutex
	values map[string]int64
	tell   chan string
}

func (f *fakeFiles) Read(path string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.values[path]
}

func (f *fakeFiles) Watch(ctx context.Context, paths []string, tell func(string)) error {
	for _, p := range paths {
		tell(p)
	}
	for {
		select {
		case p := <-f.tell:
			tell(p)
		case <-ctx.Done():
			return nil
		}
	}
}

func (f *fakeFiles) set(path string, v int64) {
	f.mu.Lock()
	f.values[path] = v
	f.mu.Unlock()
	f.tell <- path
	synctest.Wait()
}

func TestSuspendedWithoutTheAddress(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		links := &fakeLinks{tell: make(chan table.Update)}
		r.links = links
		r.start(suspended, Options{})
		r.happened(`
			Registering Kernel netlink reflector
			Gained quorum 1+0=1 <= 4 for VS [192.0.2.1]:tcp:80
			run /n quorum up
			Deactivating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
			Deactivating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating BFD healthchecker
		`)
		r.after(10 * time.Second)
		r.happened("")
		links.set("127.0.0.1/8", "192.0.2.1/32")
		r.happened(`
			Netlink reflector reports IP 192.0.2.1 added
			Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
		`)
		r.after(3 * time.Second)
		r.happened(`
			TCP connection to [10.0.0.1]:tcp:80 success.
			TCP connection to [10.0.0.2]:tcp:80 success.
		`)
		links.set("127.0.0.1/8")
		r.happened(`
			Netlink reflector reports IP 192.0.2.1 removed
			Suspending healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
			Suspending healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
		`)
		r.server("10.0.0.1:80", false)
		r.after(10 * time.Second)
		r.happened("")
		r.holds(whole...)
		r.end()
	})
}

var suspended = strings.Replace(web, "delay_loop 2", "delay_loop 2\n ha_suspend", 1)

// TestBlindToAddresses: without knowing the addresses the role does not go on as if nothing changed any more; it ends, and its next
// life takes over.
func TestBlindToAddresses(t *testing.T) {
	for name, cut := range map[string]func(*fakeLinks){
		"the watch ends": func(f *fakeLinks) { f.cut <- errors.New("cut off") },
		"no answer": func(f *fakeLinks) {
			f.mu.Lock()
			f.refuse = errors.New("cut off")
			f.mu.Unlock()
			f.tell <- table.Update{Kind: table.AddrIs}
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T) {
				r := newRig(t)
				links := &fakeLinks{tell: make(chan table.Update), cut: make(chan error)}
				r.links = links
				r.start(suspended, Options{})
				cut(links)
				if err := <-r.done; err == nil || !strings.Contains(err.Error(), "cut off") {
					t.Errorf("ended with %v", err)
				}
				r.holds(whole...)
				_ = r.parent.Close()
			})
		})
	}
}

// TestManyAddressesMoveAtOnce: a thousand addresses that come one after the other do not mean a thousand readings of a thousand.
func TestManyAddressesMoveAtOnce(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		links := &fakeLinks{tell: make(chan table.Update)}
		r.links = links
		r.start(suspended, Options{})
		r.events = nil
		links.mu.Lock()
		links.reads, links.gate = 0, make(chan struct{})
		links.mu.Unlock()
		for range 1000 {
			links.tell <- table.Update{Kind: table.AddrIs}
		}
		links.mu.Lock()
		links.addrs = []table.Addr{{Prefix: netip.MustParsePrefix("192.0.2.1/32")}}
		links.mu.Unlock()
		close(links.gate)
		synctest.Wait()
		if links.reads > 2 {
			t.Errorf("%d readings", links.reads)
		}
		r.happened(`
			Netlink reflector reports IP 192.0.2.1 added
			Activating healthchecker for service [10.0.0.1]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
		`)
		r.end()
	})
}

// TestNobodySuspends: the watch lives as long as a virtual server needs it.
func TestNobodySuspends(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		links := &fakeLinks{tell: make(chan table.Update)}
		r.links = links
		for _, c := range []struct {
			text    string
			watches int
		}{{web, 0}, {suspended, 1}, {suspended, 1}, {web, 0}, {suspended, 1}} {
			if r.role == nil {
				r.start(c.text, Options{})
			} else {
				r.reload(c.text)
			}
			synctest.Wait()
			if links.watches != c.watches {
				t.Errorf("%d watches, not %d", links.watches, c.watches)
			}
		}
		links.set("192.0.2.1/32")
		r.after(3 * time.Second)
		if text := strings.Join(r.events, "\n"); !strings.Contains(text, "IP 192.0.2.1 added") {
			t.Error(text)
		}
		r.end()
	})
}

func TestFilesAndFIFO(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		files := &fakeFiles{values: map[string]int64{"/w": 5}, tell: make(chan string)}
		r.files = files
		pipe := &heardFIFO{}
		r.open = func(path string, _ fifo.Owner) (FIFO, error) { r.note("open %s", path); return pipe, nil }
		r.start(`global_defs {
  lvs_notify_fifo /run/events
}
track_file W {
  file /w
  weight 2
}
virtual_server 192.0.2.1 80 {
  lb_algo wrr
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.1 80 {
    weight 10
    FILE_CHECK {
      track_file W
    }
  }
}
`, Options{})
		r.holds("tcp 192.0.2.1:80 wrr", "-> 10.0.0.1:80 20")
		r.events = nil
		files.set("/w", 7)
		files.set("/w", -2000000000)
		files.set("/w", 0)
		r.happened(`
			Changing weight from 20 to 24 for active service [10.0.0.1]:tcp:80 of VS [192.0.2.1]:tcp:80
			([10.0.0.1]:tcp:80): tracked file W now FAULT state
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			Lost quorum 1-0=1 > 0 for VS [192.0.2.1]:tcp:80
			([10.0.0.1]:tcp:80): tracked file W leaving FAULT state
			Adding service [10.0.0.1]:tcp:80 to VS [192.0.2.1]:tcp:80
			Gained quorum 1+0=1 <= 10 for VS [192.0.2.1]:tcp:80
		`)
		r.end()
		want := "VS [192.0.2.1]:tcp:80 UP\nRS [10.0.0.1]:tcp:80 [192.0.2.1]:tcp:80 DOWN\nVS [192.0.2.1]:tcp:80 DOWN\n" +
			"RS [10.0.0.1]:tcp:80 [192.0.2.1]:tcp:80 UP\nVS [192.0.2.1]:tcp:80 UP\n"
		if got := strings.Join(pipe.events, ""); got != want || !pipe.closed {
			t.Errorf("closed: %v; the FIFO got\n%s\nwanted\n%s", pipe.closed, got, want)
		}
	})
}

// TestScriptsOfWhatIsGone: a reload runs the scripts of the servers that it removes.
func TestScriptsOfWhatIsGone(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{})
		r.after(1100 * time.Millisecond)
		r.events = nil
		from, to := strings.Index(web, "  real_server 10.0.0.1"), strings.Index(web, "  real_server 10.0.0.2")
		r.reload(web[:from] + web[to:])
		r.happened(`
			Reloading
			Reinitializing ipvs
			service [10.0.0.1]:tcp:80 no longer exist
			Removing service [10.0.0.1]:tcp:80 from VS [192.0.2.1]:tcp:80
			run /n down 1
			Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [192.0.2.1]:tcp:80
			Activating BFD healthchecker
		`)
		r.holds("tcp 192.0.2.1:80 rr", "-> 10.0.0.2:80 3")
		r.end()
	})
}
