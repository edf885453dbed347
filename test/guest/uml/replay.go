package uml

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// event is one line of "go test -json" (go doc test2json).
type event struct {
	Action string
	Test   string
	Output string
}

func decode(lines []byte) (all []event, err error) {
	for line := range bytes.Lines(lines) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// tree is a test that ran elsewhere.
type tree struct {
	name    string // the last part of it
	outcome string // pass, fail or skip; empty: it did not end
	output  strings.Builder
	below   []*tree
	index   map[string]*tree
}

func (n *tree) child(name string) *tree {
	if c := n.index[name]; c != nil {
		return c
	}
	c := &tree{name: name, index: map[string]*tree{}}
	n.index[name] = c
	n.below = append(n.below, c)
	return c
}

// grow makes one tree of all events. Slashes divide levels, as they do where go test shows subtests.
func grow(all []event) *tree {
	root := &tree{index: map[string]*tree{}}
	for _, e := range all {
		if e.Test == "" {
			continue
		}
		n := root
		for part := range strings.SplitSeq(e.Test, "/") {
			n = n.child(part)
		}
		switch e.Action {
		case "pass", "fail", "skip":
			n.outcome = e.Action
		case "output":
			if !marker(e.Output) {
				n.output.WriteString(e.Output)
			}
		}
	}
	return root
}

// marker reports whether a line of output is go test's own word about the course of the test.
func marker(line string) bool {
	line = strings.TrimLeft(line, " ")
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ")
}

// replay lets t be what the test of its name was.
func replay(t *testing.T, all []event) {
	t.Helper()
	n, ok := grow(all).index[t.Name()]
	if !ok {
		t.Error("the test did not run in the guest")
		return
	}
	n.tell(t)
}

func (n *tree) tell(t *testing.T) {
	t.Helper()
	for _, c := range n.below {
		t.Run(c.name, func(t *testing.T) { t.Helper(); c.tell(t) })
	}
	said := strings.TrimRight(n.output.String(), "\n")
	if n.outcome == "skip" {
		t.Skip(strings.TrimSpace(said))
	}
	if said != "" {
		t.Log("\n" + said)
	}
	switch {
	case n.outcome == "":
		t.Error("it did not end in the guest")
	case n.outcome == "fail":
		t.Fail()
	}
}
