package proc

import (
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func newPoller(t testing.TB) *Poller {
	t.Helper()
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func newPipe(t testing.TB) (r, w int) {
	t.Helper()
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

func TestPollerDeadline(t *testing.T) {
	p := newPoller(t)
	for _, ahead := range []time.Duration{3 * time.Millisecond, 0, -time.Hour, time.Microsecond} {
		want := time.Now().Add(ahead)
		ready, woken, expired, err := p.Wait(want, true, nil)
		now := time.Now()
		if err != nil || len(ready) != 0 || woken || !expired {
			t.Fatalf("%v ahead: got %v woken=%v expired=%v %v", ahead, ready, woken, expired, err)
		}
		if now.Before(want) {
			t.Errorf("%v ahead: woke %v early", ahead, want.Sub(now))
		}
	}
}

func TestPollerSameDeadlineTwice(t *testing.T) {
	p := newPoller(t)
	at := time.Now().Add(time.Millisecond)
	for range 3 { // the timer fires once; an expired deadline must be reported as often as it is asked
		if _, _, expired, err := p.Wait(at, true, nil); !expired || err != nil {
			t.Fatalf("expired=%v err=%v", expired, err)
		}
	}
}

func TestPollerDisarmAndPostpone(t *testing.T) {
	p := newPoller(t)
	r, w := newPipe(t)
	if err := p.Add(r, 1); err != nil {
		t.Fatal(err)
	}
	unix.Write(w, []byte{1})
	soon := time.Now().Add(2 * time.Millisecond)
	if _, _, expired, err := p.Wait(soon, true, nil); err != nil || expired && time.Now().Before(soon) {
		t.Fatal(expired, err)
	}
	drain(t, r)
	late := soon.Add(5 * time.Millisecond)
	if _, _, expired, err := p.Wait(late, true, nil); err != nil || !expired || time.Now().Before(late) {
		t.Fatalf("a postponed deadline fired at its old time: expired=%v err=%v", expired, err)
	}
	unix.Write(w, []byte{1})
	if _, _, expired, err := p.Wait(time.Now().Add(time.Millisecond), true, nil); expired || err != nil {
		t.Fatal(expired, err)
	}
	drain(t, r)
	// Not armed: the millisecond set above must not end this Wait; the wake-up comes well after it.
	start := time.Now()
	time.AfterFunc(20*time.Millisecond, p.Wake)
	ready, woken, expired, err := p.Wait(time.Time{}, false, nil)
	if len(ready) != 0 || !woken || expired || err != nil {
		t.Fatal(ready, woken, expired, err)
	}
	if took := time.Since(start); took < 15*time.Millisecond {
		t.Fatalf("a disarmed Wait ended after %v", took)
	}
}

func drain(t *testing.T, fd int) {
	t.Helper()
	var b [64]byte
	if _, err := unix.Read(fd, b[:]); err != nil {
		t.Fatal(err)
	}
}

func TestPollerTokens(t *testing.T) {
	p := newPoller(t)
	r1, w1 := newPipe(t)
	r2, w2 := newPipe(t)
	const big = 0xfedcba9876543210 // all 64 bits must survive the kernel
	for fd, token := range map[int]uint64{r1: big, r2: 7} {
		if err := p.Add(fd, token); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Add(w1, ^uint64(0)); err == nil {
		t.Error("a reserved token was accepted")
	}
	unix.Write(w1, []byte{1})
	unix.Write(w2, []byte{1})
	for range 2 { // level triggered: unread data is reported again
		ready, woken, expired, err := p.Wait(time.Time{}, false, []uint64{99})
		slices.Sort(ready[1:])
		if err != nil || woken || expired || !slices.Equal(ready, []uint64{99, 7, big}) {
			t.Fatalf("got %x woken=%v expired=%v %v", ready, woken, expired, err)
		}
	}
	if err := p.Remove(r1); err != nil {
		t.Fatal(err)
	}
	ready, _, _, _ := p.Wait(time.Time{}, false, nil)
	if !slices.Equal(ready, []uint64{7}) {
		t.Fatalf("after Remove: %x", ready)
	}
	if err := p.Remove(r1); err == nil {
		t.Error("removing twice succeeded")
	}
	unix.Close(w2) // a peer that goes away is readable too
	drain(t, r2)
	if ready, _, _, _ = p.Wait(time.Time{}, false, nil); !slices.Equal(ready, []uint64{7}) {
		t.Fatalf("after the writer closed: %x", ready)
	}
}

func TestPollerReportsEverythingAtOnce(t *testing.T) {
	p := newPoller(t)
	r, w := newPipe(t)
	if err := p.Add(r, 5); err != nil {
		t.Fatal(err)
	}
	unix.Write(w, []byte{1})
	p.Wake()
	p.Wake()
	ready, woken, expired, err := p.Wait(time.Now(), true, nil)
	if err != nil || !woken || !expired || !slices.Equal(ready, []uint64{5}) {
		t.Fatalf("got %v woken=%v expired=%v %v", ready, woken, expired, err)
	}
	drain(t, r)
	// Two wakes counted as one, and the one was consumed.
	if _, woken, expired, _ = p.Wait(time.Now().Add(time.Millisecond), true, nil); woken || !expired {
		t.Fatalf("woken=%v expired=%v after the wake-up was consumed", woken, expired)
	}
}

// No wake-up may be lost: every item put before a Wake is seen by the loop that it wakes.
func TestPollerWakeStress(t *testing.T) {
	p := newPoller(t)
	const writers, each = 4, 2000
	items := make(chan struct{}, writers*each)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				items <- struct{}{}
				p.Wake()
			}
		})
	}
	limit := time.Now().Add(20 * time.Second)
	for got := 0; got < writers*each; {
		_, _, expired, err := p.Wait(limit, true, nil)
		if err != nil || expired {
			t.Fatalf("a wake-up was lost: %d of %d items, err %v", got, writers*each, err)
		}
		for len(items) > 0 {
			<-items
			got++
		}
	}
	wg.Wait()
}

func TestPollerClose(t *testing.T) {
	p := newPoller(t)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p.Wake()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := p.Wait(time.Now(), true, nil); err == nil {
		t.Fatal("Wait on a closed Poller succeeded")
	}
}

func TestPollerAllocs(t *testing.T) {
	p := newPoller(t)
	r, w := newPipe(t)
	if err := p.Add(r, 5); err != nil {
		t.Fatal(err)
	}
	unix.Write(w, []byte{1})
	ready := make([]uint64, 0, 8)
	if n := testing.AllocsPerRun(200, func() {
		p.Wake()
		ready, _, _, _ = p.Wait(time.Now().Add(50*time.Microsecond), true, ready[:0])
	}); n != 0 {
		t.Errorf("%v allocations per Wait", n)
	}
}

// TestPollerCloseWhileWoken: a Wake that comes too late does nothing.
func TestPollerCloseWhileWoken(t *testing.T) {
	for range 1000 {
		p, err := NewPoller()
		if err != nil {
			t.Fatal(err)
		}
		var wakers sync.WaitGroup
		for range 4 {
			wakers.Go(func() {
				for range 20 {
					p.Wake()
				}
			})
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		// The descriptors of what was closed are somebody else's now.
		var others [4]int
		for i := range others {
			fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
			if err != nil {
				t.Fatal(err)
			}
			others[i] = fd
		}
		wakers.Wait()
		for _, fd := range others {
			if n, _ := unix.Read(fd, make([]byte, 8)); n > 0 {
				t.Error("a wake-up was written to somebody else")
			}
			_ = unix.Close(fd)
		}
	}
}
