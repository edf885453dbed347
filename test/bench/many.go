package main

import (
	"errors"
	"fmt"
	"time"
)

// routers is the number of instances in the case of many.
const routers = 1000

// many measures a pair with a thousand instances: the processor time of the master and of the backup, then the takeover
// when the master's daemon is killed, then the stop of the new master.
func (r *run) many() error {
	return r.turns(r.pick(1, 3), func(s subject) error {
		if err := r.manyOnce(s); err != nil {
			return fmt.Errorf("many: %s: %w", s.name, err)
		}
		return nil
	})
}

func (r *run) manyOnce(s subject) error {
	t, err := newTrunk(routers)
	if err != nil {
		return err
	}
	defer t.close()
	a, b, err := r.startTrunk(s, t, func(n node) string { return manyConf(n, routers) }, routers)
	if err != nil {
		return err
	}
	defer a.close()
	defer b.close()
	r.sleep(6500 * time.Millisecond) // past the second burst of announcements
	if err := r.steady(s, a, b); err != nil {
		return err
	}
	w, err := t.watch()
	if err != nil {
		return err
	}
	defer w.close()
	r.sleep(1600 * time.Millisecond)
	struck := time.Now().UnixNano()
	if err := a.kill(); err != nil {
		return err
	}
	heard := func() (map[string]int64, map[string]int64) { return w.takeover(struck) }
	if !r.await(20*time.Second, func() bool { f, g := heard(); return len(f) == routers && len(g) == routers }) {
		f, g := heard()
		return fmt.Errorf("%d adverts and %d announcements of %d: %s", len(f), len(g), routers, b.log())
	}
	first, garp := heard()
	r.readMany(s, w, first, garp)
	took, err := b.stop()
	if err != nil {
		return err
	}
	r.book.add("stop-many", s, took.Seconds())
	return nil
}

// startTrunk starts A, and B when A has announced so many addresses.
func (r *run) startTrunk(s subject, t *trunk, conf func(node) string, addrs int) (a, b *daemon, err error) {
	garp, err := sniff(t.b, etherARP, 0)
	if err != nil {
		return nil, nil, err
	}
	defer garp.close()
	if a, err = s.start(t.a, conf(nodeA)); err != nil {
		return nil, nil, err
	}
	if !r.await(30*time.Second, func() bool { return len(firsts(garp.drain(), 0, byIP)) >= addrs }) {
		defer a.close()
		return nil, nil, fmt.Errorf("%d of %d addresses: %s", len(firsts(garp.drain(), 0, byIP)), addrs, a.log())
	}
	if b, err = s.start(t.b, conf(nodeB)); err != nil {
		a.close()
		return nil, nil, err
	}
	return a, b, nil
}

// steady measures the processor time of a pair at rest.
func (r *run) steady(s subject, a, b *daemon) error {
	began := time.Now()
	a0, err := a.cpu()
	b0, err2 := b.cpu()
	r.sleep(time.Duration(r.pick(8, 30)) * time.Second)
	a1, err3 := a.cpu()
	b1, err4 := b.cpu()
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return err
	}
	perMinute := func(d time.Duration) float64 { return d.Seconds() * 60 / time.Since(began).Seconds() }
	r.book.add("cpu", s, perMinute(a1-a0))
	r.book.add("cpu-backup", s, perMinute(b1-b0))
	r.progress("many %s: %.2f s of CPU a minute as master, %.2f as backup", s.name, perMinute(a1-a0), perMinute(b1-b0))
	return nil
}

func (r *run) readMany(s subject, w *watch, first, garp map[string]int64) {
	var adverts, garps []float64
	floor := int64(masterDown(2, prioB, second))
	var from, to int64
	for key, last := range w.lastWords() {
		adverts = append(adverts, ms(time.Duration(first[key]-last-floor)))
		garps = append(garps, ms(time.Duration(garp[key]-last-floor)))
		to = max(to, garp[key])
		if from == 0 || first[key] < from {
			from = first[key]
		}
	}
	r.book.add("many", s, percentile(adverts, 100))
	r.book.add("many-garp", s, percentile(garps, 100))
	r.progress("many %s: over the floor: adverts p50 %.2f p99 %.2f max %.2f ms; announcements p50 %.2f p99 %.2f max %.2f ms; "+
		"all within %.1f ms; a sleep ended up to %.1f ms late", s.name,
		percentile(adverts, 50), percentile(adverts, 99), percentile(adverts, 100),
		percentile(garps, 50), percentile(garps, 99), percentile(garps, 100), ms(time.Duration(to-from)), ms(r.canary.worst(from, to)))
}
