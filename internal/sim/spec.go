package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"holdfast/vrrp"
)

// spec is what a node line says.
type spec struct {
	routers []router
	groups  []group
	ports   int // links that the node has at least
}

// router is one virtual router on one node.
type router struct {
	vrid, prio, interval int
	link                 int // number of its interface
	downs                int // silent intervals that its master may have
	auth                 string
	extra                []string
	tracks, checks       []tracked
	group                int // -1: none
	noPreempt, delayed   bool
}

// group is a sync group.
type group struct {
	name           string
	vrids          []int
	members        []int // routers
	tracks, checks []tracked
}

// owned reports whether a member of the group has the highest priority.
func (s *spec) owned(g *group) bool {
	return slices.ContainsFunc(g.members, func(m int) bool { return s.routers[m].prio == vrrp.PriorityOwner })
}

// tracked is a link ("eth1") or a scripted check, whose loss is a fault if it has no weight.
type tracked struct {
	name   string
	weight int
}

func parseSpec(words []string) (spec, error) {
	var s spec
	for _, word := range words {
		if strings.HasPrefix(word, "group=") {
			g, err := parseGroup(word)
			if err != nil {
				return s, err
			}
			s.groups = append(s.groups, g)
			continue
		}
		if n, ok := strings.CutPrefix(word, "links="); ok {
			var err error
			if s.ports, err = strconv.Atoi(n); err != nil {
				return s, err
			}
			continue
		}
		r, err := parseRouter(word)
		if err != nil {
			return s, err
		}
		s.routers = append(s.routers, r)
	}
	return s, s.join()
}

// join finds the groups' members.
func (s *spec) join() error {
	for at := range s.groups {
		g := &s.groups[at]
		for _, vrid := range g.vrids {
			i := slices.IndexFunc(s.routers, func(r router) bool { return r.vrid == vrid })
			if i < 0 {
				return fmt.Errorf("group %s: no router has vrid %d", g.name, vrid)
			}
			s.routers[i].group = at
			g.members = append(g.members, i)
			for _, c := range s.routers[i].checks {
				if c.weight != 0 {
					return fmt.Errorf("group %s: the weight of check %s belongs to the group", g.name, c.name)
				}
			}
		}
	}
	return nil
}

func parseRouter(word string) (router, error) {
	r := router{prio: 100, interval: 1, downs: 3, group: -1}
	for _, item := range strings.Split(word, ",") {
		k, v, pair := strings.Cut(item, "=")
		if !pair {
			r.say(item)
			continue
		}
		var err error
		switch k {
		case "vrid":
			r.vrid, err = strconv.Atoi(v)
		case "prio":
			r.prio, err = strconv.Atoi(v)
		case "int":
			r.interval, err = strconv.Atoi(v)
		case "if":
			r.link, err = strconv.Atoi(v)
		case "auth":
			r.auth = v
		case "track":
			r.tracks, err = appendTracked(r.tracks, v)
		case "check":
			r.checks, err = appendTracked(r.checks, v)
		default:
			err = fmt.Errorf("unknown key %q", k)
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// say takes in a keyword of keepalived's own.
func (r *router) say(item string) {
	keyword, arg, _ := strings.Cut(item, ":")
	switch keyword {
	case "nopreempt":
		r.noPreempt = true
	case "preempt_delay":
		r.delayed = true
	case "down_timer_adverts":
		r.downs, _ = strconv.Atoi(arg) // the language judges it
	}
	r.extra = append(r.extra, strings.ReplaceAll(item, ":", " "))
}

func parseGroup(word string) (g group, err error) {
	for _, item := range strings.Split(word, ",") {
		k, v, _ := strings.Cut(item, "=")
		switch k {
		case "group":
			name, vrids, _ := strings.Cut(v, ":")
			g.name = name
			for _, vrid := range strings.Split(vrids, "+") {
				n, err := strconv.Atoi(vrid)
				if err != nil {
					return g, err
				}
				g.vrids = append(g.vrids, n)
			}
		case "track":
			g.tracks, err = appendTracked(g.tracks, v)
		case "check":
			g.checks, err = appendTracked(g.checks, v)
		default:
			err = fmt.Errorf("unknown key %q", k)
		}
		if err != nil {
			return g, err
		}
	}
	return g, nil
}

// appendTracked reads NAME or NAME:WEIGHT.
func appendTracked(list []tracked, v string) ([]tracked, error) {
	name, weight, weighted := strings.Cut(v, ":")
	t := tracked{name: name}
	if weighted {
		n, err := strconv.Atoi(weight)
		if err != nil {
			return nil, err
		}
		t.weight = n
	}
	return append(list, t), nil
}

// links is how many links the node needs.
func (s *spec) links() int {
	n := max(s.ports, 1)
	need := func(list []tracked) {
		for _, t := range list {
			if i, err := strconv.Atoi(strings.TrimPrefix(t.name, "eth")); err == nil {
				n = max(n, i+1)
			}
		}
	}
	for i := range s.routers {
		n = max(n, s.routers[i].link+1)
		need(s.routers[i].tracks)
	}
	for i := range s.groups {
		need(s.groups[i].tracks)
	}
	return n
}
