package check

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRamp: a rising weight never falls, is never 0 and never above the full one, and is that in the end.
func TestRamp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := rapid.Int64Range(1, maxWeight).Draw(t, "full")
		whole := time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second
		steps := rapid.SliceOfN(rapid.Int64Range(0, int64(whole)/2), 1, 10).Draw(t, "steps")
		last, at := int64(1), time.Duration(0)
		for _, s := range steps {
			at += time.Duration(s)
			w := ramp(full, at, whole)
			if w < last || w > full {
				t.Fatalf("%d after %d at %v of %v to %d", w, last, at, whole, full)
			}
			last = w
		}
		if got := ramp(full, whole, whole); got != full {
			t.Fatalf("%d at the end, not %d", got, full)
		}
		if got := ramp(full, whole/2, whole); full > 100 && (got < full/2-full/100-1 || got > full/2+1) {
			t.Fatalf("%d in the middle of the way to %d", got, full)
		}
	})
}
