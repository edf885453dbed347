package conf

import (
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// timingText is what keepalived says about bad timing keywords; it has other words at each level.
type timingText struct {
	connect, delay, pause, warmup, retry string
	fewest                               uint64 // retries
}

// timingOptions are the timing keywords of virtual servers, real servers and checkers.
func timingOptions(of func(*decoder) *Timing, text timingText) map[string]wired {
	return map[string]wired{
		"connect_timeout": microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).ConnectTimeout },
			time.Microsecond, maxMicros, text.connect),
		"delay_loop": microsOpt(func(d *decoder) *Value[time.Duration] { return &of(d).DelayLoop },
			time.Microsecond, longest, text.delay),
		"delay_before_retry": pauseOpt(func(d *decoder) *Value[time.Duration] { return &of(d).DelayBeforeRetry }, text.pause),
		"warmup":             pauseOpt(func(d *decoder) *Value[time.Duration] { return &of(d).Warmup }, text.warmup),
		"retry":              retryOpt(func(d *decoder) *Value[int] { return &of(d).Retry }, text.fewest, text.retry),
	}
}

// microsOpt takes seconds with decimals from lo to hi.
func microsOpt(to place[time.Duration], lo, hi time.Duration, compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.microsWord(n, n.Args[0], lo, hi, compat); ok {
			*to(d) = value(v, n.Args[0])
		}
	}}
}

// pauseOpt takes seconds with decimals.
// compat: keepalived leaves out its second line when the word is no number at all.
func pauseOpt(to place[time.Duration], compat string) wired {
	return wired{1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		words := compat
		if _, f, _ := parseMicros(w.Text, 0, longest); strings.HasPrefix(f, "invalid ") {
			words = ""
		}
		if v, ok := d.microsWord(n, w, 0, longest, words); ok {
			*to(d) = value(v, w)
		}
	}}
}
