package main

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// beside times the adverts of ours while the checkers make thousands of checks a second, and while they have as many servers
// but nothing to do. This is on the machine itself, whose kernel need not have IPVS; keepalived's checkers do not run without.
func (r *run) beside() error {
	ours := r.subjects[1]
	for _, c := range []struct {
		id    string
		delay int // seconds
	}{{"beside-idle", 3600}, {"beside", 1}} {
		if err := r.besideOnce(ours, c.id, c.delay); err != nil {
			return fmt.Errorf("%s: %w", c.id, err)
		}
	}
	return nil
}

func (r *run) besideOnce(s subject, id string, delay int) error {
	p, err := newPair()
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.a.roomy(); err != nil {
		return err
	}
	server, err := newPageServer(p.a, netip.AddrPortFrom(netip.IPv4Unspecified(), aliveAt), true)
	if err != nil {
		return err
	}
	defer server.close()
	f := farm{servers: checkedServers, kind: tcpCheck, delay: delay}
	a, err := s.startWith(p.a, f.conf(pairConf(nodeA, 2, second)))
	if err != nil {
		return err
	}
	defer a.close()
	adverts := func(since int64) []frame { return p.seen(p.portA, advertFrame, since) }
	if !r.await(20*time.Second, func() bool { return len(adverts(0)) > 2 }) {
		return errors.New("never became master: " + a.log())
	}
	r.sleep(3 * time.Second) // past the first checks
	server.take()
	before, err := a.cpu()
	began := time.Now()
	r.sleep(time.Duration(r.pick(15, 60)) * time.Second)
	after, err2 := a.cpu()
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	var at []int64
	for _, f := range adverts(began.UnixNano()) {
		at = append(at, f.at)
	}
	checks := 0
	for _, n := range server.take() {
		checks += n
	}
	for _, d := range intervals(at) {
		r.book.add(id, s, us((d - second).Abs()))
	}
	rate := float64(checks) / time.Since(began).Seconds()
	r.progress("%s %s: %d intervals, %.0f checks a second", id, s.name, len(at)-1, rate)
	if delay == 1 {
		r.book.add("beside-cpu", s, (after-before).Seconds()/float64(checks)*1000)
	}
	if due := checkedServers / float64(delay); rate < due/2 {
		return fmt.Errorf("%.0f checks a second instead of %.0f: %s", rate, due, a.log())
	}
	return nil
}
