package vrrpd

import (
	"context"
	"slices"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/core/reason"
	"holdfast/internal/core/table"
	"holdfast/internal/core/track"
	"holdfast/internal/host/script"
	"holdfast/vrrp"
)

// picture is how everything stood at one moment. It shares nothing with the parts that go on working, so that whoever words
// it may take his time.
type picture struct {
	cfg   *conf.Config
	jobs  map[*conf.Command]script.Job
	setup *Setup

	mirror  *table.Mirror
	routers []vrrp.Snapshot
	told    []verdict
	sockets map[lan]int // descriptors
	scripts map[*conf.Script]dump.Outcome
}

// take makes a picture; nil if the role ended meanwhile.
func (r *Role) take(ctx context.Context, clear bool) *picture {
	pic := &picture{cfg: r.opt.Config, jobs: r.opt.Jobs, setup: r.gen.setup}
	count := newCensus(len(r.gen.setup.Plans), clear)
	order := func() {
		r.world.draw(pic)
		r.world.inbox.put(message{router: -1, census: count})
	}
	select {
	case r.world.orders <- order:
	case <-ctx.Done():
		return nil
	}
	select {
	case <-count.done:
	case <-ctx.Done():
		return nil
	}
	pic.routers = count.routers
	return pic
}

// draw copies what the world knows. It is called between updates.
func (w *world) draw(pic *picture) {
	w.view.mu.RLock()
	pic.mirror = copied(&w.view.mirror)
	w.view.mu.RUnlock()
	pic.told = slices.Clone(w.told)
	pic.sockets = make(map[lan]int, len(w.wires))
	for at, wire := range w.wires {
		pic.sockets[at] = wire.FD()
	}
	pic.scripts = make(map[*conf.Script]dump.Outcome)
	for _, watch := range w.tracker.watches {
		if st := watch.state.Status(); st != track.Unknown {
			pic.scripts[watch.script] = dump.Outcome{Luck: watch.state.Luck(), Good: st == track.OK}
		}
	}
}

func copied(m *table.Mirror) *table.Mirror {
	links := m.Links()
	var addrs []table.Addr
	for _, l := range links {
		addrs = append(addrs, m.Addrs(l.Index)...)
	}
	c := &table.Mirror{}
	c.Replace(links, addrs)
	return c
}

// live words the picture for listings.
func (pic *picture) live(a *annals) *dump.Live {
	slots := make(map[*conf.Instance]int, len(pic.setup.Plans))
	for i, p := range pic.setup.Plans {
		if !p.Gone {
			slots[p.Conf] = i
		}
	}
	return &dump.Live{
		Instance: func(in *conf.Instance) (dump.Standing, bool) {
			i, ok := slots[in]
			if !ok {
				return dump.Standing{}, false
			}
			return pic.standing(i, a), true
		},
		Group: func(g *conf.SyncGroup) []reason.Decision { return a.ofGroup(g.Name) },
		Script: func(s *conf.Script) (dump.Outcome, bool) {
			o, ok := pic.scripts[s]
			return o, ok
		},
		Sockets: pic.pool(),
	}
}

func (pic *picture) standing(i int, a *annals) dump.Standing {
	p := pic.setup.Plans[i]
	s := dump.Standing{Snapshot: pic.routers[i], Decisions: a.of(p)}
	v := pic.told[i]
	s.Total = v.grounds.Total(p.VRRP.Priority)
	if v.grounds != nil {
		s.Failing, s.Awaiting = v.grounds.Failing, v.grounds.Awaiting
	}
	s.FD = pic.sockets[p.lan(v.link)]
	return s
}

// pool lists the sockets in the order in which the instances of the file need them.
func (pic *picture) pool() []dump.Socket {
	at := make(map[lan]int)
	var list []dump.Socket
	for _, in := range pic.cfg.Instances {
		i := slices.IndexFunc(pic.setup.Plans, func(p *Plan) bool { return p.Conf == in && !p.Gone })
		if i < 0 {
			continue
		}
		p := pic.setup.Plans[i]
		where := p.lan(pic.told[i].link)
		fd, ok := pic.sockets[where]
		if !ok {
			continue
		}
		n, seen := at[where]
		if !seen {
			n = len(list)
			at[where] = n
			list = append(list, dump.Socket{FD: fd, Interface: p.Interface, AH: where.proto == vrrp.ProtocolAH})
		}
		list[n].Instances = append(list[n].Instances, in)
	}
	return list
}
