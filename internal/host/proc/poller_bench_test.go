package proc

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkPollerLateness sleeps 1 ms an iteration on a locked thread and reports how late the first line
// of user code after it runs.
func BenchmarkPollerLateness(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := newPoller(b)
	late := make([]time.Duration, 0, b.N)
	at := time.Now()
	for b.Loop() {
		at = at.Add(time.Millisecond)
		if now := time.Now(); at.Before(now) {
			at = now.Add(time.Millisecond)
		}
		if _, _, expired, err := p.Wait(at, true, nil); !expired || err != nil {
			b.Fatal(expired, err)
		}
		late = append(late, time.Since(at))
	}
	slices.Sort(late)
	for _, q := range []struct {
		name string
		part float64
	}{{"p50-µs", .5}, {"p90-µs", .9}, {"p99-µs", .99}, {"max-µs", 1}} {
		i := min(int(q.part*float64(len(late))), len(late)-1)
		b.ReportMetric(float64(late[i].Nanoseconds())/1e3, q.name)
	}
	edges := []time.Duration{25, 50, 100, 250, 500, 1000, 5000, 20000}
	from := 0
	for _, e := range edges {
		to, _ := slices.BinarySearch(late, e*time.Microsecond)
		b.Logf("< %6v %6d", e*time.Microsecond, to-from)
		from = to
	}
	b.Logf(">=%6v %6d", edges[len(edges)-1]*time.Microsecond, len(late)-from)
}

func BenchmarkPollerWake(b *testing.B) {
	p := newPoller(b)
	ready := make([]uint64, 0, 8)
	b.ReportAllocs()
	for b.Loop() {
		p.Wake()
		ready, _, _, _ = p.Wait(time.Time{}, false, ready[:0])
	}
}
