package play

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// stage builds a scenario: it keeps in mind who ought to be up and master after each step.
type stage struct {
	pair  *Pair
	units []*holding
	steps []Step
}

// holding is a unit and how things stand with it.
type holding struct {
	Unit
	up     []string // the routers that can be its master
	master string
}

// Cold is how many steps of every scenario make up the cold start.
const Cold = 2

// Scenario returns what the lab plays with a pair. Every expectation follows from its configurations.
func Scenario(p *Pair) []Step {
	if p.Cluster != nil {
		return serving(p)
	}
	st := &stage{pair: p}
	for _, u := range p.Units() {
		st.units = append(st.units, &holding{Unit: u})
	}
	st.arrive("cold start", Start, Routers[0])
	st.arrive("second router", Start, Routers[1])
	if len(p.Groups) > 0 {
		st.link()
		st.crash()
		st.leave("orderly stop", Stop, st.first())
	} else {
		st.crash()
		st.leave("orderly stop", Stop, st.first())
		st.arrive("return", Start, st.missing())
		st.link()
	}
	for i := range st.steps {
		st.steps[i].Name = fmt.Sprintf("%d %s", i+1, st.steps[i].Name)
	}
	return st.steps
}

// link takes the first unit's master one carrier and gives it back.
func (st *stage) link() {
	st.leave("link failure", Unplug, st.first())
	st.arrive("link returns", Plug, st.missing())
}

func (st *stage) crash() {
	st.leave("crash", Crash, st.first())
	st.arrive("return", Start, st.missing())
}

// first is the router that is master of the first unit.
func (st *stage) first() string { return st.units[0].master }

// missing is the router that the first unit lacks.
func (st *stage) missing() string {
	if slices.Contains(st.units[0].up, Routers[0]) {
		return Routers[1]
	}
	return Routers[0]
}

// limit is how long a step may take at most: everything in it has happened after two master-down times
// and the five adverts that show that nothing else comes.
func (st *stage) limit() time.Duration {
	limit := 10 * time.Second
	for _, in := range st.pair.Instances {
		for node := range in.Seats {
			limit = max(limit, 2*in.Down(node)+6*in.Interval+5*time.Second)
		}
	}
	return limit
}

// step begins a step that does something to a node: to its first interface, or to the node itself.
func (st *stage) step(verb Verb, node string) *scene {
	sc := &scene{pair: st.pair, verb: verb, node: node}
	if verb == Plug || verb == Unplug {
		sc.link = st.pair.Links()[0]
	}
	sc.Acts, sc.Limit = []Act{{verb, node, sc.link}}, st.limit()
	return sc
}

// arrive has a router come up.
func (st *stage) arrive(name string, verb Verb, node string) {
	sc := st.step(verb, node)
	sc.since = "its start"
	switch {
	case verb == Plug:
		sc.since, sc.Name = "its link is back", name+" on "+node
	case name == "return":
		sc.Name = name + " of " + node
	default:
		sc.Name = name + ": " + node
	}
	sc.expect(lives(node))
	for _, h := range st.units {
		if !h.On(sc.link) {
			sc.untouched(h.Unit, h.master)
			continue
		}
		h.up = append(h.up, node)
		slices.Sort(h.up)
		was := h.master
		h.master = h.Heir(was, h.up)
		if h.master != node {
			sc.stays(h.Unit, h.master)
		} else {
			sc.comes(h.Unit, was)
		}
	}
	st.steps = append(st.steps, sc.done())
}

// leave has a router go: by a crash, an orderly stop, or the loss of a link.
func (st *stage) leave(name string, verb Verb, node string) {
	sc := st.step(verb, node)
	sc.Name = name + " of " + node
	var left []netip.Addr
	for _, h := range st.units {
		if !h.On(sc.link) {
			sc.untouched(h.Unit, h.master)
			continue
		}
		h.up = slices.DeleteFunc(slices.Clone(h.up), func(n string) bool { return n == node })
		was := h.master
		h.master = h.Heir(was, h.up)
		if was != node {
			sc.untouched(h.Unit, was)
			sc.faults(h.Unit)
			continue
		}
		sc.goes(h.Unit, h.master)
		left = append(left, h.VIPs()...)
	}
	if verb == Stop {
		sc.await(gone(node))
		sc.expect(ends(node))
	}
	if verb != Crash { // the dead let go of nothing
		sc.await(released(node, left))
	}
	st.steps = append(st.steps, sc.done())
}
