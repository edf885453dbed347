package main

import (
	"math"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		p    float64
		want float64
	}{
		{[]float64{7}, 50, 7},
		{[]float64{3, 1, 2}, 50, 2},
		{[]float64{4, 1, 3, 2}, 50, 2.5},
		{[]float64{4, 1, 3, 2}, 0, 1},
		{[]float64{4, 1, 3, 2}, 100, 4},
		{[]float64{0, 10}, 99, 9.9},
	} {
		before := append([]float64(nil), c.v...)
		if got := percentile(c.v, c.p); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("p%g of %v is %g, want %g", c.p, c.v, got, c.want)
		}
		for i := range before {
			if before[i] != c.v[i] {
				t.Fatalf("%v became %v", before, c.v)
			}
		}
	}
	if got := percentile(nil, 50); !math.IsNaN(got) {
		t.Errorf("median of nothing is %g", got)
	}
}

// The numbers are those of the RFCs' formulas, worked out by hand.
func TestMasterDown(t *testing.T) {
	for _, c := range []struct {
		version  int
		priority uint8
		interval time.Duration
		skew     time.Duration
		down     time.Duration
	}{
		{2, 100, time.Second, 609375 * time.Microsecond, 3609375 * time.Microsecond},
		{2, 100, 5 * time.Second, 609375 * time.Microsecond, 15609375 * time.Microsecond}, // seconds, whatever the interval
		{3, 100, 100 * time.Millisecond, 60937500 * time.Nanosecond, 360937500 * time.Nanosecond},
		{3, 200, 10 * time.Millisecond, 2187500 * time.Nanosecond, 32187500 * time.Nanosecond},
	} {
		if s := skew(c.version, c.priority, c.interval); s != c.skew {
			t.Errorf("%+v: skew %v", c, s)
		}
		if d := masterDown(c.version, c.priority, c.interval); d != c.down {
			t.Errorf("%+v: master down after %v", c, d)
		}
	}
}

// A clock that is set anew after the work drifts; one with absolute deadlines does not, however late it is served.
func TestDriftTellsReArmedFromAbsolute(t *testing.T) {
	const late = 300 * time.Microsecond
	var absolute, rearmed []int64
	at := int64(0)
	for i := range 40 {
		noise := int64(i*7919%5) * int64(100*time.Microsecond) // 0 to 400 us, in no order
		if i == 0 || i == 39 {
			noise = int64(5*time.Millisecond) * int64(1-i/39) // the first alone is very late
		}
		absolute = append(absolute, int64(i)*int64(time.Second)+noise)
		rearmed = append(rearmed, at)
		at += int64(time.Second + late)
	}
	if d := drift(absolute, time.Second); d.Abs() > 15*time.Microsecond {
		t.Errorf("absolute deadlines drift by %v", d)
	}
	if d := drift(rearmed, time.Second); d != late {
		t.Errorf("a clock that loses %v each time drifts by %v", late, d)
	}
	if d := drift(absolute[:1], time.Second); d != 0 {
		t.Errorf("one instant drifts by %v", d)
	}
}

func TestLongestSilence(t *testing.T) {
	tardy := []frame{{at: 0, seq: 65534}, {at: 1e6, seq: 65535}, {at: 9e6, seq: 0}, {at: 10e6, seq: 1}}
	if s := longestSilence(tardy, asking); s != asking {
		t.Errorf("a client that slept heard every answer, and yet %v of silence", s)
	}
	lost := append(tardy, frame{at: 13e6, seq: 4}, frame{at: 14e6, seq: 5}, frame{at: 16e6, seq: 7})
	if s := longestSilence(lost, asking); s != 3*time.Millisecond {
		t.Errorf("two answers missing: %v", s)
	}
	if s := longestSilence(nil, asking); s != asking {
		t.Errorf("silence of nothing: %v", s)
	}
}
