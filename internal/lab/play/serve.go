package play

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// farm builds a cluster's scenario: it keeps in mind who ought to be up and who serves after each step.
type farm struct {
	pair   *Pair
	units  []Unit
	up     []string // directors
	alive  []string // real servers
	master []string // of each unit
	before []string // the same before the step under way
	steps  []Step
}

// serving returns a cluster's scenario.
func serving(p *Pair) []Step {
	f := &farm{pair: p, units: p.Units(), alive: p.Cluster.Site.Servers()}
	f.master = make([]string, len(f.units))
	web := slices.Clone(f.alive)
	f.begin()
	f.joins("second director", Routers[1])
	f.dies(web[:1])
	if f.excuse() {
		f.dies(web[1:])
	}
	f.back()
	f.falls(f.master[0])
	f.joins("return", f.missing())
	f.falls(f.master[0], web[0])
	for i := range f.steps {
		f.steps[i].Name = fmt.Sprintf("%d %s", i+1, f.steps[i].Name)
	}
	return f.steps
}

// excuse reports whether there is something to see when all servers are dead.
func (f *farm) excuse() bool {
	return !slices.ContainsFunc(f.pair.Cluster.Services, func(s Service) bool { return !s.Sorry.IsValid() })
}

func (f *farm) missing() string { return Other(f.up[0]) }

// begin starts the servers and the first director.
func (f *farm) begin() {
	s := Step{Name: "cold start: " + Routers[0], Story: fmt.Sprintf("%s and %s are up; %s becomes MASTER of all", strings.Join(f.alive, ", "), Routers[0], Routers[0])}
	for _, w := range f.alive {
		s.Acts = append(s.Acts, Act{Verb: Start, Node: w})
	}
	f.rises(&s, Routers[0])
	f.close(s)
}

// joins has a director come up.
func (f *farm) joins(name, node string) {
	s := Step{Name: name + ": " + node}
	if name == "return" {
		s.Name = name + " of " + node
	}
	f.rises(&s, node)
	f.close(s)
}

// rises starts a director: it takes over what prefers it, and the client hardly notices.
func (f *farm) rises(s *Step, node string) {
	s.Acts = append(s.Acts, Act{Verb: Start, Node: node})
	s.Checks = append(s.Checks, lives(node))
	f.up = append(slices.Clone(f.up), node)
	slices.Sort(f.up)
	var takes, leaves []string
	for i, u := range f.units {
		was := f.master[i]
		f.master[i] = u.Heir(was, f.up)
		for _, in := range u.Members {
			switch {
			case f.master[i] != node:
				s.Checks = append(s.Checks, silent(in, node))
				leaves = append(leaves, in.Name)
				for _, ip := range in.VIPs {
					s.Checks = append(s.Checks, lost(ip, 0))
				}
				continue
			case was != "":
				takes = append(takes, in.Name)
				for _, ip := range in.VIPs {
					s.Checks = append(s.Checks, lost(ip, inFlight))
				}
			}
			s.Checks = append(s.Checks, claimsAfter(u, in, node))
		}
	}
	if s.Story != "" {
		return
	}
	var parts []string
	if len(takes) > 0 {
		parts = append(parts, fmt.Sprintf("comes up and takes over %s, which prefers it", strings.Join(takes, ", ")))
	}
	if len(leaves) > 0 {
		parts = append(parts, "stays BACKUP of "+strings.Join(leaves, ", "))
	}
	s.Story = node + " " + strings.Join(parts, "; ")
}

// dies kills web servers.
func (f *farm) dies(names []string) {
	s := Step{Name: "death of " + strings.Join(names, ", ")}
	f.kill(&s, names)
	left := strings.Join(f.alive, ", ")
	s.Story = fmt.Sprintf("its share of the requests is refused until a check has seen it, then %s serves all", left)
	if left == "" {
		s.Story = "nobody is left; once a check has seen it the director serves its page of excuse"
	}
	f.out(&s)
	f.close(s)
}

func (f *farm) kill(s *Step, names []string) {
	for _, n := range names {
		s.Acts = append(s.Acts, Act{Verb: Crash, Node: n})
	}
	f.alive = slices.DeleteFunc(slices.Clone(f.alive), func(n string) bool { return slices.Contains(names, n) })
}

// out expects the dead to leave the tables of those who serve, in time, and that no request fails from then on.
func (f *farm) out(s *Step) {
	for i, svc := range f.pair.Cluster.Services {
		node := f.masterOf(i)
		s.Checks = append(s.Checks, f.settled(i, node, svc.Pace[node].Out, "death"), f.then(i, node))
	}
}

// back starts all that are dead.
func (f *farm) back() {
	var dead []string
	for _, n := range f.pair.Cluster.Site.Servers() {
		if !slices.Contains(f.alive, n) {
			dead = append(dead, n)
		}
	}
	s := Step{Name: "return of " + strings.Join(dead, ", "), Story: "once a check has seen it the director sends it requests again"}
	if len(dead) > 1 {
		s.Story = "once a check has seen them the director sends them requests again"
	}
	for _, n := range dead {
		s.Acts = append(s.Acts, Act{Verb: Start, Node: n})
	}
	most := 0
	if len(f.alive) == 0 { // the page of excuse leaves the tables, and the kernel drops what is under way there
		most = inFlight
	}
	f.alive = slices.Concat(f.alive, dead) // earlier steps keep theirs
	slices.Sort(f.alive)
	for i, svc := range f.pair.Cluster.Services {
		for _, node := range f.up {
			s.Checks = append(s.Checks, f.settled(i, node, svc.Pace[node].In, "return"))
		}
		s.Checks = append(s.Checks, lost(svc.Addr.Addr(), most))
	}
	f.close(s)
}

// falls turns a director off, with its links and all that its kernel knows; and at the same time kills web servers.
func (f *farm) falls(node string, names ...string) {
	s := Step{Name: "power failure of " + node, Story: fmt.Sprintf("%s is gone with all its links; %s waits out three intervals and its skew time", node, Other(node))}
	s.Acts = []Act{{Verb: PowerOff, Node: node}}
	if len(names) > 0 {
		s.Name = "both at once: " + node + ", " + strings.Join(names, ", ")
		s.Story = fmt.Sprintf("%s fails and %s dies: %s takes over, and has to see for itself who is left", node, strings.Join(names, ", "), Other(node))
		f.kill(&s, names)
	}
	f.up = slices.DeleteFunc(slices.Clone(f.up), func(n string) bool { return n == node })
	for i, u := range f.units {
		was := f.master[i]
		f.master[i] = u.Heir(was, f.up)
		for _, in := range u.Members {
			if was == node {
				heir := f.master[i]
				s.Checks = append(s.Checks, noFarewell(in, node), takesOver(u, in, heir, node, ""))
			}
			for _, ip := range in.VIPs {
				switch {
				case was == node:
					s.Checks = append(s.Checks, announced(ip, f.master[i]), unserved(ip, u.Down(f.master[i], "")+slack))
				case len(names) == 0:
					s.Checks = append(s.Checks, lost(ip, 0))
				}
			}
		}
	}
	if len(names) > 0 {
		f.out(&s)
	}
	f.close(s)
}

// unitOf is the unit that has the address of the service of that number.
func (f *farm) unitOf(i int) int {
	ip := f.pair.Cluster.Services[i].Addr.Addr()
	return slices.IndexFunc(f.units, func(u Unit) bool { return slices.Contains(u.VIPs(), ip) })
}

// masterOf is the director that serves the service of that number: the master of its address.
func (f *farm) masterOf(i int) string { return f.master[f.unitOf(i)] }

// close adds what every step ends with: masters advertise and have their addresses, their tables are right, and the client is served
// by all who live. A director that stands by has its time.
func (f *farm) close(s Step) {
	s.Limit = 15 * time.Second
	before := f.before
	f.before = slices.Clone(f.master)
	for i, u := range f.units {
		node := f.master[i]
		for _, in := range u.Members {
			s.Goals = append(s.Goals, claims(in, node, 1))
			for _, ip := range in.VIPs {
				s.Goals = append(s.Goals, holds(ip, node, true))
			}
			s.Limit = max(s.Limit, 2*in.Down(node)+10*time.Second)
		}
	}
	c := f.pair.Cluster
	by := f.alive
	if len(by) == 0 {
		by = []string{Sorry}
	}
	for i, svc := range c.Services {
		want := c.wants(&svc, f.alive)
		for _, node := range f.up {
			// Of a death only who serves has to know, of a return also who may have to serve next.
			if node == f.masterOf(i) || len(f.alive) == len(svc.Servers) {
				s.Goals = append(s.Goals, f.tabled(i, node, want))
				s.Limit = max(s.Limit, svc.Pace[node].Out+10*time.Second, svc.Pace[node].In+10*time.Second)
			}
		}
		n := f.unitOf(i)
		s.Goals = append(s.Goals, f.servedBy(i, by, f.master[n], n >= len(before) || f.master[n] != before[n]))
		s.Checks = append(s.Checks, fair(svc.Addr.Addr(), by))
	}
	f.steps = append(f.steps, s)
}
