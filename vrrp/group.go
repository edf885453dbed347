package vrrp

// Group is a synchronisation group: instances that are MASTER together or not at all. It holds no state of its own but what
// its members say of themselves, so it cannot disagree with them.
//
// That one member's fault is everybody's is not decided here: whoever computes Conditions gives each member the
// fault MemberFaulted while another one has a fault of its own.
type Group struct {
	Name    string
	members []*Instance
}

// NewGroup makes a group of instances whose Config says Grouped.
func NewGroup(name string, members []*Instance) *Group { return &Group{Name: name, members: members} }

// Directive is an event that a group has for one of its members, given by its index.
type Directive struct {
	Member int
	Event  Event
}

// Step tells the group of one action of one member, and appends what the others, or the member itself, have to be told. The
// member's own directive, if any, comes first.
func (g *Group) Step(member int, a Action, out []Directive) []Directive {
	switch {
	case a.Kind == Ask && g.unanimous():
		out = append(out, Directive{member, Released{}})
		return g.others(member, out, Released{}, Backup)
	case a.Kind == Became && a.State == Backup && a.From == Master:
		return g.others(member, out, Follow{Why: a.Why}, Master)
	case a.Kind == Observed && a.Note.Kind == AnsweredLower:
		return g.others(member, out, Echo{}, Master)
	}
	return out
}

// unanimous reports whether every member is MASTER or wants to be.
func (g *Group) unanimous() bool {
	for _, in := range g.members {
		if in.state != Master && !(in.state == Backup && in.wants) {
			return false
		}
	}
	return true
}

// others appends the event for every other member that is in state s.
func (g *Group) others(member int, out []Directive, ev Event, s State) []Directive {
	for i, in := range g.members {
		if i != member && in.state == s {
			out = append(out, Directive{i, ev})
		}
	}
	return out
}

// State is what the group as a whole is: a state that every member is in, else false.
func (g *Group) State() (s State, uniform bool) {
	s = g.members[0].state
	for _, in := range g.members[1:] {
		if in.state != s {
			return s, false
		}
	}
	return s, true
}
