package check_test

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
)

// row is a destination of the table.
type row struct {
	key  lvs.Key
	addr netip.AddrPort
}

// draining is a row that is not wanted any more and stays for a while.
type draining struct {
	lvs.Entry
	since, until time.Time
}

func rowsOf(entries []lvs.Entry) map[row]lvs.Entry {
	m := map[row]lvs.Entry{}
	for _, e := range entries {
		for _, d := range e.Dests {
			m[row{e.Service.Key, d.Addr}] = lvs.Entry{Service: e.Service, Dests: []lvs.Dest{d}}
		}
	}
	return m
}

// drainRules says how many seconds each row may drain.
func drainRules(cfg *conf.Config) map[row]int {
	m := map[row]int{}
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, w := range keysOf(cfg, vs) {
				r := row{w.key, w.dest(rs.Address.V, rs.Forward.V == conf.ForwardDR)}
				if secs := int(rs.DrainTimeout.V / time.Second); secs > 0 && m[r] == 0 {
					m[r] = secs
				}
			}
		}
	}
	return m
}

// ours reports whether a configuration names a row.
func ours(cfg *conf.Config, r row) bool {
	for _, vs := range cfg.VirtualServers {
		for _, w := range keysOf(cfg, vs) {
			if w.key != r.key {
				continue
			}
			for _, rs := range vs.RealServers {
				if w.dest(rs.Address.V, rs.Forward.V == conf.ForwardDR) == r.addr {
					return true
				}
			}
			if vs.SorryServer.Set() && w.dest(vs.SorryServer.V, vs.SorryForward.V == conf.ForwardDR) == r.addr {
				return true
			}
		}
	}
	return false
}

// drain says in its own way what of the table before stays beside what is wanted now, and adds it.
func (m *model) drain(ev check.Event, want *kernel) {
	is, rules, closed := rowsOf(want.entries), drainRules(m.cfg), m.closed()
	for r := range m.drains {
		if closed[r.key] {
			delete(m.drains, r)
			delete(m.rows, r)
		}
	}
	for r, e := range m.rows {
		if _, wanted := is[r]; wanted || m.drains[r] != nil {
			continue
		}
		secs := rules[r]
		if secs == 0 {
			secs = m.former[r]
		}
		if secs > 0 && !closed[r.key] {
			e.Dests[0].Weight = 0
			m.drains[r] = &draining{e, m.now, m.now.Add(time.Duration(secs) * time.Second)}
		}
	}
	m.former = nil
	for r, dr := range m.drains {
		over := false
		switch ev := ev.(type) {
		case check.Tick:
			over = !dr.until.After(m.now)
		case check.Counted:
			n := m.conns[r.addr]
			over = !ev.Unknown && n[0] == 0 && (r.key.Protocol != 17 || n[1] == 0) && m.asked.Sub(dr.since) >= time.Second
		}
		if _, wanted := is[r]; wanted || over {
			delete(m.drains, r)
		}
	}
	for _, dr := range m.drains {
		at := want.find(dr.Service.Key)
		if at < 0 {
			want.entries = append(want.entries, lvs.Entry{Service: dr.Service})
			at = len(want.entries) - 1
		}
		want.entries[at].Dests = append(want.entries[at].Dests, dr.Dests...)
	}
	m.rows = rowsOf(slices.Clone(want.entries))
	for r, dr := range m.drains {
		dr.Service = m.rows[r].Service
	}
}

// place says which virtual servers are out of the table because they follow an instance that is not MASTER. unknown decides while
// nobody has said how it stands, by whether the virtual server was out before, and whether it was there at all.
func (m *model) place(unknown func(vs *conf.VirtualServer, was, known bool) bool) {
	away := map[string]bool{}
	for _, vs := range m.cfg.VirtualServers {
		if !vs.Follow.Set() {
			away[name(vs)] = false
			continue
		}
		master, said := m.masters[vs.Follow.V]
		was, known := m.away[name(vs)]
		away[name(vs)] = said && !master || !said && unknown(vs, was, known)
	}
	m.away = away
}

// closed are the services that are out of the table for all who name them.
func (m *model) closed() map[lvs.Key]bool {
	out, in := map[lvs.Key]bool{}, map[lvs.Key]bool{}
	for _, vs := range m.cfg.VirtualServers {
		for _, w := range keysOf(m.cfg, vs) {
			if m.away[name(vs)] {
				out[w.key] = true
			} else {
				in[w.key] = true
			}
		}
	}
	for k := range in {
		delete(out, k)
	}
	return out
}
