package track

// Rule is how somebody tracks an item: with a weight, or without one as a condition for taking part.
type Rule struct {
	Weight  int // -253 to 253
	Reverse bool
}

// Effect is what an item does to those who track it.
type Effect struct {
	Fault     bool // they cannot take part
	Undecided bool // it is not known yet whether they can
	Add       int  // to their priority
}

// Effect gives what a status means under the rule. Without a weight, KO is a fault, or OK if reversed. A positive weight
// is added while OK, a negative one while KO; reversed, the sign is turned: what would be added while OK is taken off.
// An unknown status moves no priority.
func (r Rule) Effect(s Status) (e Effect) {
	w := r.Weight
	if r.Reverse {
		w = -w
	}
	switch {
	case s == Unknown:
		e.Undecided = r.Weight == 0
	case r.Weight == 0:
		e.Fault = (s == OK) == r.Reverse
	case (r.Weight > 0) == (s == OK):
		e.Add = w
	}
	return e
}
