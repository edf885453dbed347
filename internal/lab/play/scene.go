package play

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// handOver is how long the client may go without answers, and both routers may be master, when the
// mastership passes between two routers that both live.
const (
	handOverOutage = 150 * time.Millisecond
	handOverBoth   = 100 * time.Millisecond
)

// scene is a step in the making: what one act on a node means for each unit.
type scene struct {
	Step
	pair  *Pair
	verb  Verb
	node  string
	link  string // of Plug and Unplug
	since string // what an arriving node's waiting time counts from
	tales []tale
}

// tale is what a step's story says of some units.
type tale struct {
	text  string
	units []string
}

// tell adds to the story.
func (sc *scene) tell(u Unit, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if i := slices.IndexFunc(sc.tales, func(t tale) bool { return t.text == text }); i >= 0 {
		sc.tales[i].units = append(sc.tales[i].units, u.Name)
		return
	}
	sc.tales = append(sc.tales, tale{text, []string{u.Name}})
}

// done returns the finished step. Its story names units only where they fare differently.
func (sc *scene) done() Step {
	var parts []string
	for _, t := range sc.tales {
		if len(sc.tales) > 1 {
			t.text = strings.Join(t.units, ", ") + ": " + t.text
		}
		parts = append(parts, t.text)
	}
	sc.Story = strings.Join(parts, "; ")
	return sc.Step
}

func (sc *scene) await(g ...Goal)   { sc.Goals = append(sc.Goals, g...) }
func (sc *scene) expect(c ...Check) { sc.Checks = append(sc.Checks, c...) }

// notify adds an expectation about the notify script, and the wait for it.
func (sc *scene) notify(who subject, node string, words ...string) {
	if !sc.pair.Scripted {
		return
	}
	if len(words) > 0 {
		sc.await(told(who, node, words[len(words)-1]))
	}
	sc.expect(notified(who, node, words))
}

// group adds what is expected of a sync group's own script.
func (sc *scene) group(u Unit, node string, states ...string) {
	if !u.Grouped {
		return
	}
	for i := range states {
		states[i] += " 0" // the priority of a group
	}
	sc.notify(groupOf(u), node, states...)
}

// stays: the newcomer is no match for the master.
func (sc *scene) stays(u Unit, master string) {
	sc.tell(u, "%s comes up and stays BACKUP", sc.node)
	for _, in := range u.Members {
		sc.await(claims(in, master, 5))
		sc.expect(silent(in, sc.node))
		for _, ip := range in.VIPs {
			sc.await(served(ip, master))
			sc.expect(outage(ip, 0))
		}
		sc.notify(instanceOf(in), sc.node, "backup")
	}
	sc.group(u, sc.node, "BACKUP")
}

// comes: the newcomer becomes master, of nobody or over a lesser one.
func (sc *scene) comes(u Unit, was string) {
	node := sc.node
	if was == "" {
		sc.tell(u, "%s comes up and becomes MASTER", node)
	} else {
		sc.tell(u, "%s comes up and takes over from %s, which has a lower priority", node, was)
	}
	for _, in := range u.Members {
		sc.await(claims(in, node, 2))
		sc.expect(startsAfter(u, in, node, sc.since))
		for _, ip := range in.VIPs {
			sc.await(holds(ip, node, true), served(ip, node))
			sc.expect(announced(ip, node))
			if was != "" {
				sc.expect(outage(ip, handOverOutage))
			}
		}
		sc.notify(instanceOf(in), node, "backup", "master")
		if was != "" {
			sc.expect(twoMasters(in, node, handOverBoth))
			sc.notify(instanceOf(in), was, "backup")
		}
	}
	if !u.Grouped {
		return
	}
	sc.expect(together(u, node), undivided(u))
	sc.group(u, node, "BACKUP", "MASTER")
	if was != "" {
		sc.group(u, was, "BACKUP")
	}
}

// untouched: what happens is none of the unit's business, and its client does not notice.
func (sc *scene) untouched(u Unit, master string) {
	for _, in := range u.Members {
		sc.await(claims(in, master, 5))
		for _, ip := range in.VIPs {
			sc.expect(outage(ip, 0))
		}
	}
}

// faults: a router that is not master of the unit loses a link of it.
func (sc *scene) faults(u Unit) {
	if sc.verb != Unplug {
		return
	}
	for _, in := range u.Members {
		sc.expect(noFarewell(in, sc.node))
		sc.notify(instanceOf(in), sc.node, "fault")
	}
	sc.group(u, sc.node, "FAULT")
}

// goes: the master leaves the unit and the heir takes it over.
func (sc *scene) goes(u Unit, heir string) {
	for _, in := range u.Members {
		sc.await(claims(in, heir, 2))
		missed := sc.parts(u, in, heir) + slack
		for _, ip := range in.VIPs {
			sc.await(holds(ip, heir, sc.verb != Crash), served(ip, heir))
			sc.expect(outage(ip, missed), announced(ip, heir))
		}
		sc.notify(instanceOf(in), heir, "master")
	}
	if !u.Grouped {
		return
	}
	sc.expect(together(u, heir), undivided(u))
	sc.group(u, heir, "MASTER")
	switch sc.verb {
	case Unplug:
		sc.group(u, sc.node, "FAULT")
	case Stop:
		sc.group(u, sc.node, "STOP")
	case Start, Crash, Plug, PowerOff:
	}
}

// parts tells how one instance changes hands, and returns how long that may take.
func (sc *scene) parts(u Unit, in Instance, heir string) time.Duration {
	node := sc.node
	switch sc.verb {
	case Stop:
		sc.tell(u, "%s says farewell; %s follows after its skew time", node, heir)
		sc.expect(inherits(u, in, heir, node))
		return u.Skew(heir)
	case Crash:
		sc.tell(u, "everything on %s dies at once; %s waits out three intervals and its skew time", node, heir)
		sc.expect(noFarewell(in, node), takesOver(u, in, heir, node, ""))
	case Unplug:
		sc.lost(u, in, heir)
	case Start, Plug, PowerOff:
	}
	return u.Down(heir, sc.link)
}

// lost tells of a lost link. The members of a group that are elsewhere leave with it: they say farewell,
// and the heir has to wait for the silent link none the less.
func (sc *scene) lost(u Unit, in Instance, heir string) {
	if u.Grouped {
		sc.tell(u, "%s loses %s and its group leaves with it; %s has to wait for the silent %s", sc.node, sc.link, heir, sc.link)
	} else {
		sc.tell(u, "%s loses its carrier and lets go; %s hears nothing more", sc.node, heir)
	}
	if in.Link != sc.link {
		sc.expect(farewell(in, sc.node))
	}
	sc.expect(takesOver(u, in, heir, sc.node, sc.link))
	sc.notify(instanceOf(in), sc.node, "fault")
}
