package sim

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/conf/syntax"
)

// Result is what a scenario led to.
type Result struct {
	Trace  string
	Faults []string // violated invariants
}

// Play runs a scenario. Its lines, with # comments:
//
//	seed N                                   the LAN's chance; first line, if at all
//	node NAME ROUTER…                        a machine; ROUTER is vrid=N,prio=N[,int=N][,KEYWORD[:ARG]]…
//	start|stop|kill|freeze|thaw NAME…        its daemon (nodes begin without one; "all" names every node)
//	link NAME up|down
//	partition NAME,NAME… [NAME,NAME… ]…      who is not named stays together; "heal" undoes it
//	heal
//	lan [loss=PERCENT] [duplicate=PERCENT] [delay=DURATION]
//	run DURATION
//	settled                                  demand the invariants of a settled LAN
func Play(scenario string) (Result, error) {
	var w *world
	for i, l := range strings.Split(scenario, "\n") {
		words := strings.Fields(strings.SplitN(l, "#", 2)[0])
		if len(words) == 0 {
			continue
		}
		if words[0] == "seed" {
			n, _ := strconv.ParseUint(words[1], 10, 64)
			w = newWorld(n)
			continue
		}
		if w == nil {
			w = newWorld(1)
		}
		if err := w.do(words[0], words[1:]); err != nil {
			return Result{}, fmt.Errorf("line %d: %s: %w", i+1, l, err)
		}
	}
	if w == nil {
		return Result{}, fmt.Errorf("empty scenario")
	}
	return Result{Trace: w.out.String(), Faults: w.check.faults}, nil
}

func (w *world) do(verb string, args []string) error {
	switch verb {
	case "node":
		return w.addNode(args[0], args[1:])
	case "start", "stop", "kill", "freeze", "thaw":
		return w.each(args, func(n *node) { w.act(n, verb) })
	case "link":
		return w.each(args[:1], func(n *node) { n.setLink(args[1] == "up"); w.check.forget(n) })
	case "partition":
		for i, names := range args {
			for _, name := range strings.Split(names, ",") {
				w.lan.part[name] = i + 1
			}
		}
	case "heal":
		clear(w.lan.part)
	case "lan":
		return w.setLAN(args)
	case "run":
		d, err := time.ParseDuration(args[0])
		if err != nil {
			return err
		}
		w.run(d)
	case "settled":
		w.check.settled()
	default:
		return fmt.Errorf("unknown verb %q", verb)
	}
	return nil
}

func (w *world) act(n *node, verb string) {
	switch verb {
	case "start":
		n.boot()
	case "stop":
		n.stop()
	case "kill":
		n.kill()
	case "freeze":
		n.freeze()
	case "thaw":
		w.check.forget(n)
		n.thaw()
	}
	w.check.forget(n)
}

func (w *world) each(names []string, f func(*node)) error {
	if len(names) == 1 && names[0] == "all" {
		for _, n := range w.nodes {
			f(n)
		}
		return nil
	}
	for _, name := range names {
		n := w.node(name)
		if n == nil {
			return fmt.Errorf("no node %q", name)
		}
		f(n)
	}
	return nil
}

func (w *world) setLAN(args []string) (err error) {
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		switch k {
		case "loss":
			w.lan.loss, err = strconv.Atoi(v)
		case "duplicate":
			w.lan.duplicate, err = strconv.Atoi(v)
		case "delay":
			w.lan.delay, err = time.ParseDuration(v)
		default:
			err = fmt.Errorf("unknown key %q", k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addNode(name string, specs []string) error {
	var routers []router
	for _, spec := range specs {
		r := router{prio: 100, interval: 1}
		for _, item := range strings.Split(spec, ",") {
			k, v, pair := strings.Cut(item, "=")
			if !pair {
				r.extra = append(r.extra, strings.ReplaceAll(item, ":", " "))
				continue
			}
			n, err := strconv.Atoi(v)
			if err != nil {
				return err
			}
			switch k {
			case "vrid":
				r.vrid = n
			case "prio":
				r.prio = n
			case "int":
				r.interval = n
			default:
				return fmt.Errorf("unknown key %q", k)
			}
		}
		routers = append(routers, r)
	}
	n := &node{w: w, name: name, linkUp: true, text: text(routers)}
	n.addr = netip.AddrFrom4([4]byte{10, 0, 0, byte(len(w.nodes) + 1)})
	cfg, faults := conf.Load(oneFile(n.text), "keepalived.conf", conf.Options{})
	for _, d := range faults.All() {
		return fmt.Errorf("configuration of %s: %s", name, d.Summary)
	}
	n.conf = cfg
	w.nodes = append(w.nodes, n)
	return nil
}

// oneFile is a Source with a single file in it.
type oneFile string

var _ syntax.Source = oneFile("")

func (f oneFile) ReadFile(string) ([]byte, error)       { return []byte(f), nil }
func (f oneFile) Glob(pattern string) ([]string, error) { return []string{pattern}, nil }
func (f oneFile) Getenv(string) string                  { return "" }
