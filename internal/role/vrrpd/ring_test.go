package vrrpd

import (
	"sync"
	"testing"
)

func TestRingKeepsOrderAndCountsLosses(t *testing.T) {
	r := newRing[int](4)
	for i := range 6 {
		if got, want := r.push(i, 0), i < 4; got != want {
			t.Errorf("push %d: %v, want %v", i, got, want)
		}
	}
	for want := range 4 {
		if v, ok := r.pop(); !ok || v != want {
			t.Errorf("pop: %d %v, want %d", v, ok, want)
		}
	}
	if _, ok := r.pop(); ok {
		t.Error("an empty ring gave something")
	}
	if r.lost.Load() != 2 {
		t.Errorf("lost %d, want 2", r.lost.Load())
	}
}

func TestRingSparesRoomForTheImportant(t *testing.T) {
	r := newRing[int](8)
	n := 0
	for r.push(n, 3) {
		n++
	}
	if n != 5 {
		t.Errorf("%d of 8 slots taken while 3 were to be spared", n)
	}
	if !r.push(99, 0) {
		t.Error("the spared slots are not there for the important")
	}
}

// TestRingBetweenGoroutines is for the race detector: nothing is lost, doubled or torn.
func TestRingBetweenGoroutines(t *testing.T) {
	type pair struct{ a, b int }
	r := newRing[pair](64)
	const n = 100_000
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; i < n; {
			if r.push(pair{i, -i}, 0) {
				i++
			}
		}
	})
	for want := 0; want < n; {
		v, ok := r.pop()
		if !ok {
			continue
		}
		if v.a != want || v.b != -want {
			t.Fatalf("got %v, want %d", v, want)
		}
		want++
	}
	wg.Wait()
}
