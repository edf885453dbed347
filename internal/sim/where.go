package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// How scenario lines name nodes, links and LANs.

func (w *world) each(names []string, f func(*node) error) error {
	if len(names) == 1 && names[0] == "all" {
		for _, n := range w.nodes {
			if err := f(n); err != nil {
				return err
			}
		}
		return nil
	}
	for _, name := range names {
		n := w.node(name)
		if n == nil {
			return fmt.Errorf("no node %q", name)
		}
		if err := f(n); err != nil {
			return err
		}
	}
	return nil
}

// eachLink takes names such as a/eth1, or a for all its links.
func (w *world) eachLink(names []string, f func(n *node, link int) error) error {
	for _, name := range names {
		name, at, one := strings.Cut(name, "/")
		err := w.each([]string{name}, func(n *node) error {
			if one {
				i, ok := linkNumber(at)
				if !ok || i >= len(n.links) {
					return fmt.Errorf("%s has no link %q", name, at)
				}
				return f(n, i)
			}
			for i := range n.links {
				if err := f(n, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func linkNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "eth")
	i, err := strconv.Atoi(digits)
	return i, ok && err == nil && i >= 0
}

// someLANs takes the LAN's name off the arguments; without one, it is about all of them.
func (w *world) someLANs(args []string) ([]*lan, []string) {
	if len(args) > 0 {
		if i, ok := linkNumber(args[0]); ok && i < len(w.lans) {
			return w.lans[i : i+1], args[1:]
		}
	}
	return w.lans, args
}

func (w *world) doLAN(verb string, args []string) error {
	lans, args := w.someLANs(args)
	for _, l := range lans {
		switch verb {
		case "partition":
			var lists [][]string
			for _, names := range args {
				lists = append(lists, strings.Split(names, ","))
			}
			l.partition(lists)
		case "heal":
			l.heal()
		case "lan":
			if err := l.set(args); err != nil {
				return err
			}
		default:
			return fmt.Errorf("unknown verb %q", verb)
		}
	}
	return nil
}

func (l *lan) set(args []string) (err error) {
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		switch k {
		case "loss":
			l.loss, err = strconv.Atoi(v)
		case "duplicate":
			l.duplicate, err = strconv.Atoi(v)
		case "delay":
			l.delay, err = time.ParseDuration(v)
		default:
			err = fmt.Errorf("unknown key %q", k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
