package lint

import (
	"strconv"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// owner is the priority of an address owner, which nothing changes.
const owner = 255

// item is something tracked that adds to a priority or takes from it.
type item struct {
	name     string // "chk_nginx", "interface eth1"
	weight   int    // as written, for the text
	up, down int    // what it adds while it is well, and when it has failed
	at       diag.Span
}

// drop is how much an instance loses when the item fails; not positive for what is reversed.
func (t item) drop() int { return t.up - t.down }

func newItem(name string, weight int, reverse bool, at diag.Span) item {
	t := item{name: name, weight: weight, at: at}
	w := weight
	if reverse {
		w = -w
	}
	if weight > 0 {
		t.up = w
	} else {
		t.down = w
	}
	return t
}

// items lists what moves the priority of an instance: what it tracks with a weight, and what its group does.
func (n *node) items(in *conf.Instance) []item {
	var out []item
	g := n.group[in.Name]
	have := map[string]bool{}
	refs := func(list []conf.TrackRef) {
		for i := range list {
			t := &list[i]
			s := n.scripts[t.Name]
			if s == nil || have[t.Name] {
				continue
			}
			have[t.Name] = true
			if w := weightOf(t, s); w != 0 {
				out = append(out, newItem(t.Name, w, t.Reversed(s.Reverse), t.At))
			}
		}
	}
	links := func(list []conf.TrackInterface) {
		for _, t := range list {
			if t.Weight != 0 {
				out = append(out, newItem("interface "+t.Name, t.Weight, t.Reverse, t.At))
			}
		}
	}
	if g != nil {
		refs(g.TrackScripts)
		links(g.TrackInterfaces)
	}
	refs(in.TrackScripts)
	if g == nil || g.TrackingWeight.V { // otherwise a member's weight counts as 0
		links(in.TrackInterfaces)
	}
	return out
}

// weightOf is the weight that a line of track_script gives a script.
func weightOf(t *conf.TrackRef, s *conf.Script) int {
	if t.Weight.Set() {
		return t.Weight.V
	}
	return s.Weight.V
}

// score is an instance's effective priority when the items failed has true for have failed and all others are well.
func score(in *conf.Instance, items []item, failed func(int) bool) int {
	p := int(in.Priority.V)
	if p == owner {
		return p
	}
	for i, t := range items {
		if failed(i) {
			p += t.down
		} else {
			p += t.up
		}
	}
	return min(max(p, 1), owner-1)
}

func none(int) bool { return false }

func only(n int) func(int) bool { return func(i int) bool { return i == n } }

// every reports as failed whatever makes an instance worse by failing.
func every(items []item) func(int) bool {
	return func(i int) bool { return items[i].drop() > 0 }
}

// sum words how a priority comes about: "101 - 2 = 99".
func sum(in *conf.Instance, items []item, failed func(int) bool) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(int(in.Priority.V)))
	p := int(in.Priority.V)
	for i, t := range items {
		v := t.up
		if failed(i) {
			v = t.down
		}
		switch {
		case v > 0:
			b.WriteString(" + " + strconv.Itoa(v))
		case v < 0:
			b.WriteString(" - " + strconv.Itoa(-v))
		}
		p += v
	}
	got := score(in, items, failed)
	if p == int(in.Priority.V) && got == p {
		return b.String()
	}
	b.WriteString(" = " + strconv.Itoa(p))
	if got != p {
		b.WriteString(", held at " + strconv.Itoa(got))
	}
	return b.String()
}
