package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rates are how many servers are checked each second: what a guest can do beside strace, and without.
var (
	tracedRates = map[checkKind]int{tcpCheck: 100, httpCheck: 50}
	quietRates  = map[checkKind]int{tcpCheck: 500, httpCheck: 250}
)

// perKind lets both subjects take turns with each kind of check.
func (r *run) perKind(n int, what string, once func(subject, checkKind) error) error {
	for _, kind := range []checkKind{tcpCheck, httpCheck} {
		err := r.turns(n, func(s subject) error {
			if err := once(s, kind); err != nil {
				return fmt.Errorf("%s: %s: %s: %w", what, kind, s.name, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkCalls counts what the checker process asks of the kernel, with all its threads. A check is a connect.
func (r *run) checkCalls() error {
	return r.perKind(r.pick(1, 2), "checkcalls", r.traceChecks)
}

func (r *run) traceChecks(s subject, kind checkKind) error {
	n := tracedRates[kind]
	st, _, err := r.checked(s, farm{servers: n, kind: kind, delay: 1}, false)
	if err != nil {
		return err
	}
	defer st.close()
	pid, err := st.checkers()
	if err != nil {
		return err
	}
	tr, err := r.strace(st.daemon, pid)
	if err != nil {
		return err
	}
	from := time.Now().UnixNano()
	r.sleep(time.Duration(r.pick(5, 10)) * time.Second)
	calls, err := tr.stop(from, time.Now().UnixNano())
	if err != nil {
		return err
	}
	all := calls.all()
	checks := all["connect"]
	if checks == 0 {
		return fmt.Errorf("%d checks: %s", checks, st.log())
	}
	thread := calls.busiest("connect")
	r.book.add("calls-"+string(kind), s, float64(total(all))/float64(checks))
	r.book.add("calls-"+string(kind)+"-thread", s, float64(total(thread))/float64(thread["connect"]))
	r.progress("checkcalls %s: per %s check: %s; by the checking thread: %s", s.name, kind, perUnit(all, checks), perUnit(thread, thread["connect"]))
	return nil
}

// checked starts a subject on a farm that answers, and waits until all servers are in the table.
func (r *run) checked(s subject, f farm, counting bool, prepare ...func(*stand) error) (st *stand, pages *pageServer, err error) {
	st, err = s.raise(f.conf(""), func(st *stand) (err error) {
		pages, err = st.answer(counting)
		for _, p := range prepare {
			err = errors.Join(err, p(st))
		}
		return err
	}, "-C")
	if err != nil {
		return nil, nil, err
	}
	if err := r.full(st, f.servers, time.Minute); err != nil {
		st.close()
		return nil, nil, err
	}
	r.sleep(time.Duration(f.delay+2) * time.Second)
	return st, pages, nil
}

// checks measures what checks cost, and how soon a server that dies or returns is out of the table or back.
func (r *run) checks() error { return r.perKind(r.pick(1, 3), "checks", r.checksOnce) }

func (r *run) checksOnce(s subject, kind checkKind) error {
	var m *mortal
	f := farm{servers: quietRates[kind], kind: kind, delay: 1, mortals: mortals}
	st, _, err := r.checked(s, f, false, func(st *stand) (err error) {
		m, err = newMortal(st)
		return err
	})
	if err != nil {
		return err
	}
	defer st.close()
	err = r.costs("cpu-"+string(kind), s, func() (float64, error) {
		began := time.Now()
		before, err := st.connects()
		r.sleep(time.Duration(r.pick(8, 15)) * time.Second)
		after, err2 := st.connects()
		done := after - before
		due := float64(f.servers+f.mortals) * time.Since(began).Seconds() / float64(f.delay)
		r.book.add("due-"+string(kind), s, done/due)
		r.progress("checks %s: %.0f %s checks, %.3f of those due", s.name, done, kind, done/due)
		return done / 1000, errors.Join(err, err2)
	})
	if err != nil {
		return err
	}
	m.die()
	if err := r.turnOf(st, "dead-"+string(kind), s, false); err != nil {
		return err
	}
	if err := m.live(); err != nil {
		return err
	}
	return r.turnOf(st, "back-"+string(kind), s, true)
}

// connects returns how many connections were begun in the space: one for each check.
func (st *stand) connects() (n float64, err error) {
	err = st.space.Do(func() error {
		text, err := os.ReadFile("/proc/thread-self/net/snmp")
		if err == nil {
			n, err = activeOpens(string(text))
		}
		return err
	})
	return n, err
}

// activeOpens reads ActiveOpens of two lines, one of names and one of values, that begin with "Tcp:".
func activeOpens(snmp string) (float64, error) {
	var names []string
	for line := range strings.Lines(snmp) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "Tcp:" {
			continue
		}
		if names == nil {
			names = fields
			continue
		}
		if i := slices.Index(names, "ActiveOpens"); i > 0 && i < len(fields) {
			return strconv.ParseFloat(fields[i], 64)
		}
	}
	return 0, errors.New("the kernel does not count connections")
}

// turnOf notes how long each mortal server takes to be in the table or out of it.
func (r *run) turnOf(st *stand, id string, s subject, in bool) error {
	began, seen := time.Now(), map[netip.AddrPort]bool{}
	var err error
	r.await(20*time.Second, func() bool {
		var w map[netip.AddrPort]uint32
		if w, err = st.in(mortalService); err != nil {
			return true
		}
		for i := range mortals {
			at := netip.AddrPortFrom(mortalAddr(i), mortalAt)
			if !seen[at] && (w[at] > 0) == in {
				seen[at] = true
				r.book.add(id, s, time.Since(began).Seconds())
			}
		}
		return len(seen) == mortals
	})
	if len(seen) < mortals && err == nil {
		err = fmt.Errorf("%d of %d servers: %s", len(seen), mortals, st.log())
	}
	return err
}

// mortal is the servers that die together.
type mortal struct {
	st    *stand
	pages *pageServer
}

func newMortal(st *stand) (*mortal, error) {
	m := &mortal{st: st}
	st.ends = append(st.ends, m.die)
	return m, m.live()
}

func (m *mortal) live() (err error) {
	m.pages, err = newPageServer(m.st.space, netip.AddrPortFrom(netip.IPv4Unspecified(), mortalAt), false)
	return err
}

func (m *mortal) die() {
	if m.pages != nil {
		m.pages.close()
		m.pages = nil
	}
}

const saturatedDelay = 5

// saturated has more checks due than the guest can do, and looks how many are done, and by whom the rest is borne.
func (r *run) saturated() error {
	return r.turns(r.pick(1, 2), func(s subject) error {
		f := farm{servers: checkedServers, kind: httpCheck, delay: saturatedDelay}
		st, pages, err := r.checked(s, f, true)
		if err != nil {
			return fmt.Errorf("saturated: %s: %w", s.name, err)
		}
		defer st.close()
		r.sleep(2 * saturatedDelay * time.Second)
		pages.take()
		began := time.Now()
		r.sleep(time.Duration(r.pick(20, 40)) * time.Second)
		rounds := time.Since(began).Seconds() / saturatedDelay
		done, least := 0, rounds
		served := pages.take()
		for i := range checkedServers {
			n := served[serverAddr(i).As4()]
			done += n
			least = min(least, float64(n))
		}
		r.book.add("saturated", s, float64(done)/rounds/checkedServers)
		r.book.add("saturated-least", s, least/rounds)
		r.progress("saturated %s: %.3f, the least %.3f; log: %s", s.name, float64(done)/rounds/checkedServers, least/rounds, st.log())
		return nil
	})
}
