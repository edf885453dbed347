package play

import (
	"fmt"
	"slices"
	"time"
)

// handOver is how long the client may go without answers, and both routers may be master, when the
// mastership passes between two routers that both live.
const (
	handOverOutage = 150 * time.Millisecond
	handOverBoth   = 100 * time.Millisecond
)

// stage builds a scenario: it keeps in mind who ought to be up and master after each step.
type stage struct {
	pair   *Pair
	up     []string
	master []string // by position in pair.Instances
	steps  []Step
}

// Cold is how many steps of every scenario make up the cold start.
const Cold = 2

// Scenario returns what the lab plays with a pair. Every expectation follows from its configurations.
func Scenario(p *Pair) []Step {
	st := &stage{pair: p, master: make([]string, len(p.Instances))}
	st.arrive("cold start", Start, Routers[0])
	st.arrive("second router", Start, Routers[1])
	st.leave("crash", Crash, st.master[0])
	st.arrive("return", Start, st.missing())
	st.leave("orderly stop", Stop, st.master[0])
	st.arrive("return", Start, st.missing())
	st.leave("link failure", Unplug, st.master[0])
	st.arrive("link returns", Plug, st.missing())
	for i := range st.steps {
		st.steps[i].Name = fmt.Sprintf("%d %s", i+1, st.steps[i].Name)
	}
	return st.steps
}

func (st *stage) missing() string {
	if slices.Contains(st.up, Routers[0]) {
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

// act returns a step that does the same to each of the node's interfaces, or once to the node.
func (st *stage) act(verb Verb, node string) []Act {
	if verb != Plug && verb != Unplug {
		return []Act{{Verb: verb, Node: node}}
	}
	var acts []Act
	for _, l := range st.pair.Links() {
		acts = append(acts, Act{verb, node, l})
	}
	return acts
}

// notify adds an expectation about the notify script, and the wait for it.
func (st *stage) notify(s *Step, in Instance, node string, words ...string) {
	if !st.pair.Scripted {
		return
	}
	if len(words) > 0 {
		s.Goals = append(s.Goals, told(in, node, words[len(words)-1]))
	}
	s.Checks = append(s.Checks, notified(in, node, words))
}

// arrive has a router come up.
func (st *stage) arrive(name string, verb Verb, node string) {
	s := Step{Name: name + " of " + node, Acts: st.act(verb, node), Limit: st.limit()}
	if verb == Start && len(st.up) < len(Routers) && name != "return" {
		s.Name = name + ": " + node
	}
	st.up = append(st.up, node)
	slices.Sort(st.up)
	s.Checks = append(s.Checks, lives(node))
	since := "its start"
	if verb == Plug {
		since, s.Name = "its link is back", name+" on "+node
	}
	for i, in := range st.pair.Instances {
		was, heir := st.master[i], in.Heir(st.master[i], st.up)
		st.master[i] = heir
		switch {
		case heir != node:
			st.stays(&s, in, heir, node)
		default:
			st.comes(&s, in, was, node, since)
		}
	}
	st.steps = append(st.steps, s)
}

// stays: the newcomer is no match for the master.
func (st *stage) stays(s *Step, in Instance, master, newcomer string) {
	s.Story = fmt.Sprintf("%s comes up and stays BACKUP", newcomer)
	s.Goals = append(s.Goals, claims(in, master, 5))
	s.Checks = append(s.Checks, silent(in, newcomer))
	for _, ip := range in.VIPs {
		s.Goals = append(s.Goals, served(ip, master))
		s.Checks = append(s.Checks, outage(ip, 0))
	}
	st.notify(s, in, newcomer, "backup")
}

// comes: the newcomer becomes master, of nobody or over a lesser one.
func (st *stage) comes(s *Step, in Instance, was, node, since string) {
	s.Story = fmt.Sprintf("%s comes up and becomes MASTER", node)
	s.Goals = append(s.Goals, claims(in, node, 2))
	s.Checks = append(s.Checks, startsAfter(in, node, since))
	for _, ip := range in.VIPs {
		s.Goals = append(s.Goals, holds(ip, node, true), served(ip, node))
		s.Checks = append(s.Checks, announced(ip, node))
		if was != "" {
			s.Checks = append(s.Checks, outage(ip, handOverOutage))
		}
	}
	st.notify(s, in, node, "backup", "master")
	if was != "" {
		s.Story = fmt.Sprintf("%s comes up and takes over from %s, which has a lower priority", node, was)
		s.Checks = append(s.Checks, twoMasters(in, node, handOverBoth))
		st.notify(s, in, was, "backup")
	}
}

// leave has a router go: by a crash, an orderly stop, or the loss of its link.
func (st *stage) leave(name string, verb Verb, node string) {
	s := Step{Name: name + " of " + node, Acts: st.act(verb, node), Limit: st.limit()}
	st.up = slices.DeleteFunc(slices.Clone(st.up), func(n string) bool { return n == node })
	for i, in := range st.pair.Instances {
		was, heir := st.master[i], in.Heir(st.master[i], st.up)
		st.master[i] = heir
		if was != node {
			s.Goals = append(s.Goals, claims(in, heir, 5))
			for _, ip := range in.VIPs {
				s.Checks = append(s.Checks, outage(ip, 0))
			}
			continue
		}
		st.goes(&s, in, verb, node, heir)
	}
	if verb == Stop {
		s.Goals = append(s.Goals, gone(node))
		s.Checks = append(s.Checks, ends(node))
	}
	if verb != Crash { // the dead let go of nothing
		s.Goals = append(s.Goals, released(node, st.pair.VIPs()))
	}
	st.steps = append(st.steps, s)
}

// goes: the master leaves an instance and the heir takes it over.
func (st *stage) goes(s *Step, in Instance, verb Verb, node, heir string) {
	s.Goals = append(s.Goals, claims(in, heir, 2))
	missed := in.Down(heir) + slack
	switch verb {
	case Stop:
		s.Story = fmt.Sprintf("%s says farewell; %s follows after its skew time", node, heir)
		missed = in.Skew(heir) + slack
		s.Checks = append(s.Checks, inherits(in, heir, node))
	case Crash:
		s.Story = fmt.Sprintf("everything on %s dies at once; %s waits out three intervals and its skew time", node, heir)
		s.Checks = append(s.Checks, noFarewell(in, node), takesOver(in, heir, node))
	case Unplug:
		s.Story = fmt.Sprintf("%s loses its carrier and lets go; %s hears nothing more", node, heir)
		s.Checks = append(s.Checks, takesOver(in, heir, node))
		st.notify(s, in, node, "fault")
	case Start, Plug:
	}
	for _, ip := range in.VIPs {
		s.Goals = append(s.Goals, holds(ip, heir, verb != Crash), served(ip, heir))
		s.Checks = append(s.Checks, outage(ip, missed), announced(ip, heir))
	}
	st.notify(s, in, heir, "master")
}
