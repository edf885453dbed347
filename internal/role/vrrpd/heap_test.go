package vrrpd

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestHeapAlwaysShowsTheEarliest compares the heap with a linear search through random changes.
func TestHeapAlwaysShowsTheEarliest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h timerHeap
		routers := make([]*runner, rapid.IntRange(1, 30).Draw(t, "routers"))
		for i := range routers {
			routers[i] = &runner{index: i, heapPos: -1}
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				r := routers[rapid.IntRange(0, len(routers)-1).Draw(t, "router")]
				h.set(r, time.Unix(int64(rapid.IntRange(0, 50).Draw(t, "at")), 0), true)
			},
			"disarm": func(t *rapid.T) {
				h.set(routers[rapid.IntRange(0, len(routers)-1).Draw(t, "router")], time.Time{}, false)
			},
			"": func(t *rapid.T) {
				armed := 0
				var least time.Time
				for _, r := range routers {
					if r.heapPos < 0 {
						continue
					}
					if h.list[r.heapPos] != r {
						t.Fatalf("router %d is not where it thinks it is", r.index)
					}
					if armed++; armed == 1 || r.deadline.Before(least) {
						least = r.deadline
					}
				}
				if armed != len(h.list) {
					t.Fatalf("%d routers are armed, the heap holds %d", armed, len(h.list))
				}
				if first := h.first(); first != nil && !first.deadline.Equal(least) {
					t.Fatalf("first is %s, the earliest is %s", first.deadline, least)
				}
			},
		})
	})
}
