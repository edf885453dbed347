package main

import (
	"math"
	"slices"
	"time"
)

// percentile returns the p-th percentile of v (0 to 100), between two samples in proportion; NaN of nothing. v is left
// as it is.
func percentile(v []float64, p float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Clone(v)
	slices.Sort(s)
	at := float64(len(s)-1) * p / 100
	low := int(at)
	high := min(low+1, len(s)-1)
	return s[low] + (s[high]-s[low])*(at-float64(low))
}

// skew is how much longer than three intervals a backup waits (RFC 3768 §6.1 for version 2, RFC 9568 §6.1 for version 3).
func skew(version int, priority uint8, interval time.Duration) time.Duration {
	unit := interval
	if version == 2 {
		unit = time.Second
	}
	return unit * time.Duration(256-int(priority)) / 256
}

// masterDown is how long a backup waits for the next advert.
func masterDown(version int, priority uint8, interval time.Duration) time.Duration {
	return 3*interval + skew(version, priority, interval)
}

// intervals returns the distances between successive instants (ns).
func intervals(at []int64) []time.Duration {
	var v []time.Duration
	for i := 1; i < len(at); i++ {
		v = append(v, time.Duration(at[i]-at[i-1]))
	}
	return v
}

// drift is by how much the intervals are too long in the long run: what a timer loses each time that it is set anew from
// the moment it was served, where one with absolute deadlines loses nothing. It is the median slope between any two
// instants (Theil and Sen), less the interval: the mean would hang on the lateness of the first and the last alone.
func drift(at []int64, interval time.Duration) time.Duration {
	var slopes []float64
	for i := range at {
		for j := i + 1; j < len(at); j++ {
			slopes = append(slopes, float64(at[j]-at[i])/float64(j-i))
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	return time.Duration(percentile(slopes, 50)) - interval
}

// longestSilence returns the longest time between two echoes of which at least one between was not answered; the
// period of asking if all were. The client's own tardiness is nobody's silence, and so does not count.
func longestSilence(echoes []frame, period time.Duration) time.Duration {
	longest := period
	for i := 1; i < len(echoes); i++ {
		if echoes[i].seq != echoes[i-1].seq+1 {
			longest = max(longest, time.Duration(echoes[i].at-echoes[i-1].at))
		}
	}
	return longest
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
