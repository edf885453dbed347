package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"holdfast/test/crowd"
)

// The crowd of these cases.
const (
	requestPeriod   = 10 * time.Millisecond
	requestPatience = 2 * time.Second // what is not answered by then is lost
)

// mishap is what befalls a cluster that serves requests.
type mishap struct {
	id     string // of the figures: lost-ID and gap-ID
	title  string
	strike func(c *cluster) error
	watch  time.Duration // requests of so long are looked at
	heal   func(c *cluster) error
}

func become(p pool) func(*cluster) error { return func(c *cluster) error { return c.become(p) } }

// mishaps are in an order in which each leaves the cluster as the next wants it.
var mishaps = []mishap{
	{"weigh", "a reload changes a weight", become(poolWeighed), 4 * time.Second, become(poolAtFirst)},
	{"change", "a reload changes a weight, adds a server and removes one", become(poolChanged), 4 * time.Second, become(poolAtFirst)},
	{
		"web", "a web server is killed", func(c *cluster) error { return c.webs[0].kill() }, 4 * time.Second,
		func(c *cluster) error { return c.webs[0].start() },
	},
	{
		"host", "a web server's link fails", func(c *cluster) error { return c.port("s1", "down") }, 7 * time.Second,
		func(c *cluster) error { return c.port("s1", "up") },
	},
	{
		"both", "both web servers are killed (sorry server)", func(c *cluster) error { return errors.Join(c.webs[0].kill(), c.webs[1].kill()) },
		4 * time.Second, func(c *cluster) error { return errors.Join(c.webs[0].start(), c.webs[1].start()) },
	},
	{"term", "SIGTERM to the master", func(c *cluster) error { _, err := c.daemonA.stop(); return err }, 4 * time.Second, nil},
	{"return", "the master comes back", (*cluster).startA, 7 * time.Second, nil},
	{"kill", "SIGKILL of all of the master's processes", func(c *cluster) error { return c.daemonA.kill() }, 6 * time.Second, (*cluster).startA},
	{
		"cut", "the master's link fails", func(c *cluster) error { return c.port("a", "down") }, 6 * time.Second,
		func(c *cluster) error { return c.port("a", "up") },
	},
	{
		"node", "the master's node dies", func(c *cluster) error { return errors.Join(c.port("a", "down"), c.daemonA.kill()) }, 6 * time.Second,
		func(c *cluster) error { return errors.Join(c.port("a", "up"), c.startA()) },
	},
}

func lossFigures() (fs []figure) {
	for _, m := range mishaps {
		fs = append(fs, figure{id: "lost-" + m.id, title: m.title + ": requests lost", of: median, aim: none},
			figure{id: "gap-" + m.id, title: "the same: longest time without an answer", unit: "s", of: median, aim: none})
	}
	return append(fs, figure{id: "broken", title: "a server is removed by reload: share of its downloads that break (Holdfast: drain_timeout)", of: median, aim: none})
}

// requests plays every mishap under 100 requests a second, all on one cluster of each subject in turn.
func (r *run) requests() error {
	return r.turns(r.pick(1, 3), func(s subject) error {
		if err := r.requestsOnce(s); err != nil {
			return fmt.Errorf("requests: %s: %w", s.name, err)
		}
		return nil
	})
}

func (r *run) requestsOnce(s subject) error {
	c, err := newCluster(s)
	if err != nil {
		return err
	}
	defer c.close()
	if err := errors.Join(c.startA(), c.startB()); err != nil {
		return err
	}
	asking := crowd.Start(c.client.Do, requestTarget, requestPeriod, requestPatience)
	defer asking.Stop()
	for _, m := range mishaps {
		if err := r.calm(c, asking); err != nil {
			return fmt.Errorf("before %q: %w", m.title, err)
		}
		if err := r.befall(c, asking, m); err != nil {
			return fmt.Errorf("%s: %w", m.title, err)
		}
	}
	if err := r.drain(c, asking); err != nil {
		return fmt.Errorf("removal by reload: %w", err)
	}
	return nil
}

var requestTarget = netip.AddrPortFrom(netip.MustParseAddr(pairVIP), 80)

// calm waits until the cluster is as it should be, and of what is asked then nothing is lost for a second.
func (r *run) calm(c *cluster, asking *crowd.Crowd) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && r.ctx.Err() == nil; {
		if !r.await(time.Until(end), c.settled) {
			break
		}
		from := time.Now()
		last := asking.Until(from, from.Add(time.Second))
		if len(last) > int(time.Second/requestPeriod)/2 && crowd.Lost(last) == 0 && c.settled() {
			return nil
		}
		r.progress("requests %s: not calm: %d of %d lost%s", c.subject.name, crowd.Lost(last), len(last), faults(last))
	}
	return fmt.Errorf("it does not settle: a: %s; b: %s", c.daemonA.log(), c.daemonB.log())
}

// befall lets a mishap happen, at any phase of checks and adverts, and counts.
func (r *run) befall(c *cluster, asking *crowd.Crowd, m mishap) error {
	r.sleep(time.Duration(rand.Int64N(int64(second))))
	from := time.Now()
	if err := m.strike(c); err != nil {
		return err
	}
	answers := asking.Until(from, from.Add(m.watch))
	if due := int(m.watch / requestPeriod); len(answers) < due*97/100 || len(answers) > due*103/100 {
		r.progress("requests %s: %s: left out: %d requests instead of %d, the machine was too busy", c.subject.name, m.title, len(answers), due)
		return m.after(c)
	}
	lost, gap := crowd.Lost(answers), crowd.Gap(answers, from, from.Add(m.watch))
	r.book.add("lost-"+m.id, c.subject, float64(lost))
	r.book.add("gap-"+m.id, c.subject, gap.Seconds())
	r.progress("requests %s: %s: %d of %d lost, %.2f s without an answer%s", c.subject.name, m.title, lost, len(answers), gap.Seconds(), faults(answers))
	return m.after(c)
}

// after puts right what the mishap has done.
func (m *mishap) after(c *cluster) error {
	if m.heal == nil {
		return nil
	}
	return m.heal(c)
}

// faults says what the lost requests died of.
func faults(answers []crowd.Answer) (text string) {
	kinds := map[string]int{}
	for _, a := range answers {
		if a.Err != nil {
			kinds[a.Err.Error()]++
		}
	}
	for kind, n := range kinds {
		text += fmt.Sprintf("; %d: %s", n, kind)
	}
	return text
}

// drain removes a server by a reload while long downloads are under way, and counts those that did not end well of those that it had.
// Where the subject knows drain_timeout, an earlier reload has brought it. That one changes a weight besides, which shows when it is over.
func (r *run) drain(c *cluster, asking *crowd.Crowd) error {
	if err := r.calm(c, asking); err != nil {
		return err
	}
	c.drains = c.subject.ours
	if err := c.become(poolWeighed); err != nil {
		return err
	}
	if err := r.calm(c, asking); err != nil {
		return err
	}
	const downloads = 8
	var wg sync.WaitGroup
	var answers [downloads]crowd.Answer
	for i := range answers {
		wg.Go(func() { answers[i] = asking.Get(downloadPath, 2*downloadTime) })
	}
	r.sleep(downloadTime / 4)
	if err := c.become(poolDrained); err != nil {
		return err
	}
	wg.Wait()
	there, broken := 0, 0
	for _, a := range answers {
		if a.Server == c.webs[1].name {
			if there++; a.Err != nil {
				broken++
			}
		}
	}
	r.progress("requests %s: removal by reload: %d of %d downloads broken", c.subject.name, broken, there)
	if there == 0 {
		return errors.New("no download was with the server that was removed")
	}
	r.book.add("broken", c.subject, float64(broken)/float64(there))
	return nil
}
