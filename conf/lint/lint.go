package lint

import (
	"slices"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// File is the configuration of one node.
type File struct {
	Name   string // what findings call the node: the path of its main file
	Config *conf.Config
}

// One looks at the configuration of one node. The findings are in the order of their places.
func One(a File) diag.List {
	var l diag.List
	single(newNode(a), false, &l)
	l.Sort()
	return l
}

// Two looks at the configurations of the two nodes of a pair, each by itself and against the other. What needs both
// is told at the word of b, except where it is a that has to change. The findings are in the order of their places, those of a first.
func Two(a, b File) diag.List {
	var l diag.List
	x, y := newNode(a), newNode(b)
	single(x, true, &l)
	single(y, true, &l)
	p := newPair(x, y)
	for _, f := range families {
		for i := range f {
			if r := &f[i]; r.two != nil {
				r.two(p, func(f finding) { l.Add(f.diagnostic(r.Code)) })
			}
		}
	}
	// Sort puts files in the order in which they appear.
	var sorted diag.List
	for _, ours := range []bool{true, false} {
		for _, d := range l.All() {
			if slices.Contains(a.Config.Files, d.At.File()) == ours {
				sorted.Add(d)
			}
		}
	}
	sorted.Sort()
	return sorted
}

func single(n *node, paired bool, l *diag.List) {
	n.paired = paired
	for _, f := range families {
		for i := range f {
			if r := &f[i]; r.one != nil {
				r.one(n, func(f finding) { l.Add(f.diagnostic(r.Code)) })
			}
		}
	}
}
