package reason

import (
	"fmt"
	"strings"
	"time"

	"holdfast/vrrp"
)

// Grounds are what an Instance's Conditions rest on, by name. They are shared and never changed.
type Grounds struct {
	Adds     []Addition // tracked items that move the priority now
	Faults   []string   // what keeps it from taking part: "interface eth1 down", "script chk failed"
	Failing  int        // how many of the Faults are tracked items of its own
	Awaiting int        // tracked items that have not said yet how they are and that decide by themselves
}

// Addition is what one tracked item adds to a priority.
type Addition struct {
	Name string
	Add  int
}

// Fail notes the fault of a tracked item.
func (g *Grounds) Fail(name string) {
	g.Faults = append(g.Faults, name)
	g.Failing++
}

// Equal reports whether both say the same. Nil says nothing.
func (g *Grounds) Equal(o *Grounds) bool {
	if g == nil || o == nil {
		return g == o
	}
	if len(g.Adds) != len(o.Adds) || len(g.Faults) != len(o.Faults) || g.Failing != o.Failing || g.Awaiting != o.Awaiting {
		return false
	}
	for i := range g.Adds {
		if g.Adds[i] != o.Adds[i] {
			return false
		}
	}
	for i := range g.Faults {
		if g.Faults[i] != o.Faults[i] {
			return false
		}
	}
	return true
}

// Total is a base priority with everything added that the Grounds name, within no bounds.
func (g *Grounds) Total(base uint8) int {
	sum := int(base)
	if g != nil && base != vrrp.PriorityOwner {
		for _, a := range g.Adds {
			sum += a.Add
		}
	}
	return sum
}

// Decision is one state that was entered, and why.
type Decision struct {
	At       time.Time // in the zone that it is to be told in
	From, To vrrp.State
	Why      vrrp.Why
	Base     uint8    // priority as configured
	Priority uint8    // effective
	Grounds  *Grounds // nil: not known
	Because  string   // instead of what Why has to say, if not empty
}

// String is the decision without its time: "BACKUP → MASTER: REASON; PRIORITY".
func (d *Decision) String() string {
	return d.From.String() + " → " + d.To.String() + ": " + d.facts()
}

// Since tells of the decision that is in force: "MASTER since TIME: REASON; PRIORITY".
func (d *Decision) Since() string {
	return d.To.String() + " since " + d.At.Format(clock) + ": " + d.facts()
}

// Past tells of a decision that was overtaken: "TIME BACKUP → MASTER: REASON; PRIORITY".
func (d *Decision) Past() string { return d.At.Format(clock) + " " + d.String() }

// Line is what a log says: "MASTER because REASON; PRIORITY".
func (d *Decision) Line() string { return d.To.String() + " because " + d.facts() }

const clock = "2006-01-02 15:04:05"

func (d *Decision) facts() string {
	why := d.Because
	switch {
	case why != "":
	case d.Why.Cause == vrrp.Recovered && d.Why.Faults == vrrp.Undecided:
		why = "tracked items have said how they are"
	default:
		why = Explain(d.Why, d.Grounds)
	}
	if prio := d.priority(); prio != "" {
		return why + "; " + prio
	}
	return why
}

// priority tells what the effective priority is made of; nothing where it does not matter.
func (d *Decision) priority() string {
	if d.Priority == 0 || d.To != vrrp.Master && d.To != vrrp.Backup {
		return ""
	}
	var adds []Addition
	if d.Grounds != nil && d.Base != vrrp.PriorityOwner {
		adds = d.Grounds.Adds
	}
	if d.Base == d.Priority && len(adds) == 0 {
		return fmt.Sprintf("priority %d", d.Priority)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "base %d", d.Base)
	for _, a := range adds {
		fmt.Fprintf(&b, ", %s %+d", a.Name, a.Add)
	}
	fmt.Fprintf(&b, ", effective %d", d.Priority)
	return b.String()
}
