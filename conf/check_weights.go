package conf

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// weightRule is what becomes of the weights of one kind of tracked thing where weights cannot count, and keepalived's words for
// it: NAME, WEIGHT, WHY.
type weightRule struct {
	opens    string
	instance func(*Instance) *[]TrackRef
	group    func(*SyncGroup) *[]TrackRef
	drop     string // an instance's reference with a weight is dropped
	zero     string // one without its own is kept with weight 0; empty: dropped too
	clear    string // a group's reference is kept with weight 0
}

// compat: processes keep the weights that an instance gives them.
var weightRules = []weightRule{
	{
		"vrrp_script",
		func(in *Instance) *[]TrackRef { return &in.TrackScripts }, func(g *SyncGroup) *[]TrackRef { return &g.TrackScripts },
		"ignoring tracked script NAME with weights due to WHY", "",
		"Cannot have weighted track script 'NAME' with member having priority 255 - clearing weight",
	},
	{
		"track_file",
		func(in *Instance) *[]TrackRef { return &in.TrackFiles }, func(g *SyncGroup) *[]TrackRef { return &g.TrackFiles },
		"ignoring tracked file NAME with weight WEIGHT due to WHY", "ignoring weight from tracked file NAME due to WHY. specify weight 0",
		"Cannot have weighted track file 'NAME' with member having priority 255 - setting weight 0",
	},
	{
		"vrrp_track_process",
		nil, func(g *SyncGroup) *[]TrackRef { return &g.TrackProcesses },
		"", "",
		"Cannot have weighted track process 'NAME' with member having priority 255 - setting weight 0",
	},
	{
		"bfd_instance",
		func(in *Instance) *[]TrackRef { return &in.TrackBFDs }, func(g *SyncGroup) *[]TrackRef { return &g.TrackBFDs },
		"ignoring tracked bfd NAME with weight WEIGHT due to WHY", "",
		"Cannot have weighted track bfd 'NAME' with member having priority 255 - setting weight 0",
	},
}

// ownWeights are the weights of what can be tracked, by the keyword that defines it and the name.
type ownWeights map[string]map[string]int

func (c *Config) ownWeights() ownWeights {
	w := ownWeights{"vrrp_script": {}, "track_file": {}, "vrrp_track_process": {}, "bfd_instance": {}}
	for _, s := range c.Scripts {
		w["vrrp_script"][s.Name] = s.Weight.V
	}
	for _, f := range c.Static.TrackFiles {
		w["track_file"][f.Name] = f.Weight.V
	}
	for _, p := range slices.Backward(c.Static.TrackProcesses) { // of two with a name the first counts
		w["vrrp_track_process"][p.Name] = p.Weight.V
	}
	for _, b := range c.Static.BFDs {
		w["bfd_instance"][b.Name] = b.Weight.V
	}
	return w
}

// of is the weight that a reference counts with.
func (w ownWeights) of(opens string, t *TrackRef) int {
	if t.Weight.Set() {
		return t.Weight.V
	}
	return w[opens][t.Name]
}

// checkWeights takes away the weights that cannot count: an address owner's priority never changes, and the members of a
// sync group need the same one, unless the group says otherwise.
func checkWeights(c *Config, l *diag.List) {
	own := c.ownWeights()
	group := make(map[string]*SyncGroup)
	for _, g := range c.Groups {
		for _, m := range g.Members {
			group[m.V] = g
		}
	}
	for _, in := range c.Instances {
		g := group[in.Name]
		if g != nil {
			tellTwice(in, g, l)
		}
		switch {
		case g != nil && !g.TrackingWeight.V:
			own.weightless(in, "SYNC group", "weights do not count in a sync group without sync_group_tracking_weight", l)
		case in.Priority.V == ownerPriority:
			own.weightless(in, "address_owner", "the priority of an address owner never changes", l)
		}
	}
	for _, g := range c.Groups {
		if slices.ContainsFunc(c.Instances, func(in *Instance) bool { return in.Priority.V == ownerPriority && group[in.Name] == g }) {
			own.weightlessGroup(g, l)
		}
	}
}

// weightless applies the rules to an instance.
func (w ownWeights) weightless(in *Instance, why, summary string, l *diag.List) {
	in.AskedInterfaces = slices.Clone(in.TrackInterfaces)
	in.TrackInterfaces = slices.DeleteFunc(in.TrackInterfaces, func(t TrackInterface) bool {
		if t.Weight == 0 || why == "SYNC group" {
			return false
		}
		l.Add(of(in, about(t.At, "useless-weight", summary,
			"("+in.Name+") ignoring "+t.Name+" tracked interface due to address owner", "the line is ignored")))
		return true
	})
	for i := range in.TrackInterfaces {
		if t := &in.TrackInterfaces[i]; t.Weight != 0 {
			l.Add(of(in, about(t.At, "useless-weight", summary,
				"("+in.Name+") ignoring "+t.Name+" tracked interface weight due to "+why, "the interface's loss is a fault instead")))
			t.Weight = 0
		}
	}
	for i := range weightRules {
		r := &weightRules[i]
		if r.instance == nil {
			continue
		}
		refs := r.instance(in)
		*refs = slices.DeleteFunc(*refs, func(t TrackRef) bool {
			if w.of(r.opens, &t) == 0 {
				return false
			}
			if r.zero != "" && !t.Weight.Set() {
				return false
			}
			l.Add(of(in, about(t.At, "useless-weight", summary, "("+in.Name+") "+w.fill(r, r.drop, &t, why), "the line is ignored")))
			return true
		})
		for j := range *refs {
			t := &(*refs)[j]
			if w.of(r.opens, t) == 0 {
				continue
			}
			l.Add(of(in, about(t.At, "useless-weight", summary, "("+in.Name+") "+w.fill(r, r.zero, t, why), "weight 0 is used")))
			t.Weight = Value[int]{At: t.At}
		}
	}
}

// weightlessGroup does the same for what a group tracks if a member is an address owner.
func (w ownWeights) weightlessGroup(g *SyncGroup, l *diag.List) {
	const summary = "the priority of the address owner in the group never changes"
	for i := range g.TrackInterfaces {
		if t := &g.TrackInterfaces[i]; t.Weight != 0 {
			l.Add(about(t.At, "useless-weight", summary,
				"("+g.Name+") Cannot have weighted track interface '"+t.Name+"' with member having priority 255 - clearing weight",
				"the interface's loss is a fault instead"))
			t.Weight = 0
		}
	}
	for i := range weightRules {
		r := &weightRules[i]
		refs := *r.group(g)
		for j := range refs {
			t := &refs[j]
			if w.of(r.opens, t) == 0 {
				continue
			}
			l.Add(about(t.At, "useless-weight", summary, "("+g.Name+") "+w.fill(r, r.clear, t, ""), "its failure is a fault instead"))
			t.Weight = Value[int]{At: t.At}
		}
	}
}

// fill makes a complaint of a pattern.
func (w ownWeights) fill(r *weightRule, pattern string, t *TrackRef, why string) string {
	return strings.NewReplacer("NAME", t.Name, "WEIGHT", strconv.Itoa(w.of(r.opens, t)), "WHY", why).Replace(pattern)
}

// tellTwice reports the interfaces that an instance and its group track.
func tellTwice(in *Instance, g *SyncGroup, l *diag.List) {
	for _, t := range in.TrackInterfaces {
		if slices.ContainsFunc(g.TrackInterfaces, func(o TrackInterface) bool { return o.Name == t.Name }) {
			l.Add(of(in, about(t.At, "duplicate-tracking", t.Name+" is tracked by sync group "+g.Name+" already",
				"("+in.Name+") track_interface "+t.Name+" is configured on VRRP instance and sync group. Remove vrrp instance or sync group config",
				"one of the lines is enough")))
		}
	}
}
