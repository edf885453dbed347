package main

import (
	"fmt"
	"slices"
	"time"
)

// width is the number of addresses in the case of one instance with many.
const width = 1000

// vips measures the takeover of one instance with many addresses: from the new master's first advert to the first
// announcement of each address, which it must have installed by then.
func (r *run) vips() error {
	return r.turns(r.pick(2, 8), func(s subject) error {
		if err := r.vipsOnce(s); err != nil {
			return fmt.Errorf("vips: %s: %w", s.name, err)
		}
		return nil
	})
}

func (r *run) vipsOnce(s subject) error {
	t, err := newTrunk(1)
	if err != nil {
		return err
	}
	defer t.close()
	a, b, err := r.startTrunk(s, t, func(n node) string { return wideConf(n, width) }, width)
	if err != nil {
		return err
	}
	defer a.close()
	defer b.close()
	r.sleep(1500 * time.Millisecond)
	w, err := t.watch()
	if err != nil {
		return err
	}
	defer w.close()
	struck := time.Now().UnixNano()
	if err := a.kill(); err != nil {
		return err
	}
	garps := func() map[string]int64 { return firsts(w.garps.drain(), struck, byIP) }
	if !r.await(15*time.Second, func() bool { return len(garps()) == width }) {
		return fmt.Errorf("%d announcements of %d: %s", len(garps()), width, b.log())
	}
	var first int64
	for _, f := range w.adverts.drain() {
		if f.kind == advertFrame && f.at >= struck {
			first = f.at
			break
		}
	}
	if first == 0 {
		return fmt.Errorf("no advert: %s", b.log())
	}
	var after []float64
	for _, at := range garps() {
		after = append(after, ms(time.Duration(at-first)))
	}
	last := slices.Max(after)
	r.book.add("vips", s, last)
	r.book.add("vips-half", s, percentile(after, 50))
	r.progress("vips %s: median address after %.2f ms, last after %.2f; a sleep ended up to %.1f ms late", s.name,
		percentile(after, 50), last, ms(r.canary.worst(first, first+int64(last*1e6))))
	return nil
}
