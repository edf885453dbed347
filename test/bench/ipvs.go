package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
)

func guestCases() []aCase {
	return []aCase{
		{"checkcalls", "system calls per check", (*run).checkCalls, true},
		{"checks", "processor time per check; servers that die and return", (*run).checks, true},
		{"saturated", "more checks than the machine can do", (*run).saturated, true},
		{"program", "10000 real servers in IPVS", (*run).program, true},
		{"requests", "requests lost when servers and directors die", (*run).requests, true},
		{"checkmemory", "memory with 5000 checked servers", (*run).checkMemory, true},
	}
}

// stand is a space with a farm's daemon at work, and its IPVS table.
type stand struct {
	*daemon
	space *space
	table *plane.Conn
	began time.Time
	ends  []func()
}

// raise makes the space, has prepare set up what is in it, and starts the subject.
func (s subject) raise(conf string, prepare func(*stand) error, flags ...string) (st *stand, err error) {
	st = &stand{}
	defer func() {
		if err != nil {
			st.close()
		}
	}()
	if st.space, err = newFarmSpace(); err != nil {
		return nil, err
	}
	err = st.space.Do(func() (err error) {
		st.table, err = plane.Open(plane.Options{})
		return err
	})
	if err != nil {
		return nil, err
	}
	if prepare != nil {
		if err = prepare(st); err != nil {
			return nil, err
		}
	}
	st.began = time.Now()
	st.daemon, err = s.startWith(st.space, conf, flags...)
	return st, err
}

func (st *stand) close() {
	if st.daemon != nil {
		st.daemon.close()
	}
	if st.table != nil {
		_ = st.table.Close()
	}
	for _, end := range st.ends {
		end()
	}
	if st.space != nil {
		st.space.Close()
	}
}

// answer makes the live servers answer.
func (st *stand) answer(counting bool) (*pageServer, error) {
	s, err := newPageServer(st.space, netip.AddrPortFrom(netip.IPv4Unspecified(), aliveAt), counting)
	if err == nil {
		st.ends = append(st.ends, s.close)
	}
	return s, err
}

const protoTCP = 6

// in returns the weights of a service's destinations.
func (st *stand) in(service netip.Addr) (map[netip.AddrPort]uint32, error) {
	entries, err := st.table.Read(lvs.AddrKey(protoTCP, netip.AddrPortFrom(service, 80)))
	weights := map[netip.AddrPort]uint32{}
	for _, e := range entries {
		for _, d := range e.Dests {
			weights[d.Addr] = d.Weight
		}
	}
	return weights, err
}

// full waits until n servers are in the table: the last service first, then all.
func (r *run) full(st *stand, n int, limit time.Duration) error {
	last := (n - 1) / perService
	for i := last; i >= 0; i-- {
		want := min(perService, n-i*perService)
		var err error
		if !r.soon(limit, func() bool {
			var w map[netip.AddrPort]uint32
			w, err = st.in(serviceAddr(i))
			return err == nil && len(w) == want
		}) {
			return errors.Join(fmt.Errorf("service %d of %d is not complete after %v: %s", i, last+1, limit, st.log()), err)
		}
	}
	return nil
}

// soon is await for what costs something to ask: no more than a tenth of the time is spent on it.
func (r *run) soon(limit time.Duration, is func() bool) bool {
	for end := time.Now().Add(limit); time.Now().Before(end) && r.ctx.Err() == nil; {
		asked := time.Now()
		if is() {
			return true
		}
		r.sleep(max(2*time.Millisecond, 9*time.Since(asked)))
	}
	return is()
}

const manyServers = 10000

// program times the start with many servers and without checks, a reload that changes one weight, and the stop.
func (r *run) program() error {
	return r.turns(r.pick(1, 5), func(s subject) error {
		if err := r.programOnce(s); err != nil {
			return fmt.Errorf("program: %s: %w", s.name, err)
		}
		return nil
	})
}

// weighs waits until the last server, alone in its service, has a weight.
func (r *run) weighs(st *stand, weight int) error {
	at := netip.AddrPortFrom(mortalAddr(0), mortalAt)
	if !r.soon(time.Minute, func() bool {
		w, err := st.in(mortalService)
		return err == nil && w[at] == uint32(weight)
	}) {
		return fmt.Errorf("the last server's weight has not become %d: %s", weight, st.log())
	}
	return nil
}

func (r *run) programOnce(s subject) error {
	f := farm{servers: manyServers - 1, mortals: 1}
	var st *stand
	err := r.costs("program-cpu", s, func() (_ float64, err error) {
		if st, err = s.raise(f.conf(""), nil, "-C"); err != nil {
			return 0, err
		}
		return 1, r.weighs(st, 1)
	})
	took := time.Since(st.began)
	if st != nil {
		defer st.close()
	}
	if err != nil {
		return err
	}
	if err := r.full(st, f.servers, time.Second); err != nil {
		return err
	}
	r.book.add("program", s, took.Seconds())
	r.progress("program %s: %.2f s", s.name, took.Seconds())
	for f.weight = 2; f.weight < 2+r.pick(2, 4); f.weight++ {
		r.sleep(3 * time.Second)
		if err := st.write(f.conf("")); err != nil {
			return err
		}
		asked := time.Now()
		if err := st.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			return err
		}
		if err := r.weighs(st, f.weight); err != nil {
			return err
		}
		r.book.add("reload-one", s, time.Since(asked).Seconds())
		r.progress("program %s: reload %.3f s", s.name, time.Since(asked).Seconds())
	}
	r.sleep(2 * time.Second)
	if took, err = st.stop(); err != nil {
		return err
	}
	r.book.add("program-stop", s, took.Seconds())
	return nil
}

const checkedServers = 5000

// besideRouter is a virtual router on the loopback interface's sibling, so that all roles have work.
const besideRouter = `vrrp_instance v {
  state MASTER
  interface d0
  virtual_router_id 51
  priority 200
  advert_int 1
  virtual_ipaddress { 10.99.0.100/24 dev d0 }
}
`

// checkMemory reads the memory of all roles with many checked servers and one virtual router.
func (r *run) checkMemory() error {
	return r.turns(1, func(s subject) error {
		f := farm{servers: checkedServers, kind: tcpCheck, delay: 30}
		st, err := s.raise(f.conf(besideRouter), func(st *stand) error {
			if _, err := st.answer(false); err != nil {
				return err
			}
			return st.space.ip("link add d0 type dummy", "addr add 10.99.0.1/24 dev d0", "link set d0 up")
		})
		if err != nil {
			return fmt.Errorf("checkmemory: %s: %w", s.name, err)
		}
		defer st.close()
		if err := r.full(st, checkedServers, 2*time.Minute); err != nil {
			return fmt.Errorf("checkmemory: %s: %w", s.name, err)
		}
		r.sleep(time.Duration(r.pick(12, 30)) * time.Second)
		if pid, err := st.vrrp(); err != nil || pid == 0 {
			return fmt.Errorf("checkmemory: %s: no VRRP process: %w: %s", s.name, err, st.log())
		}
		rss, pss, err := st.memory()
		if err != nil {
			return fmt.Errorf("checkmemory: %s: %w", s.name, err)
		}
		r.book.add("rss-checks", s, rss)
		r.book.add("pss-checks", s, pss)
		r.progress("checkmemory %s: RSS %s MiB, PSS %s MiB", s.name, strconv.FormatFloat(rss, 'f', 1, 64), strconv.FormatFloat(pss, 'f', 1, 64))
		return nil
	})
}
