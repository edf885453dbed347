package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Result is what a scenario led to.
type Result struct {
	Trace     string   // of Play
	Faults    []string // violated invariants
	TakeOvers int      // transitions to MASTER
	Replays   int      // adverts between nodes that agree, refused for their number in the authentication header
}

// Play runs a scenario. Its lines, with # comments:
//
//	seed N                                   all chance; first line, if at all
//	node NAME WORD…                          a machine with the links eth0, eth1… that its words name. A WORD is a router:
//	     vrid=N,prio=N[,int=N][,if=N][,auth=AH:SECRET|PASS:SECRET][,track=ethN[:WEIGHT]][,check=NAME[:WEIGHT]][,KEYWORD[:ARG]]…
//	     or links=N, if they name less than the node has, or a sync group:
//	     group=NAME:VRID+VRID…[,track=ethN[:WEIGHT]][,check=NAME[:WEIGHT]]…
//	start|stop|kill|freeze|thaw NAME…        its daemon (nodes begin without one; "all" names every node)
//	respawn NAME…                            its daemon dies, and the next one goes on as master of what that one held
//	strip NAME VRID                          somebody removes a router's addresses; it is to step down for that
//	reload NAME WORD…                        its daemon gets another node line; without words, the same one
//	suspend NAME…                            the machine sleeps: nothing reaches it
//	resume NAME…                             and wakes; its monotonic clock stood still
//	resume-late NAME…                        and wakes; its clock ran on
//	link NAME[/ethN] up|down|gone            without ethN: every link of the node
//	cut NAME[/ethN]…                         nothing gets through, but the carrier stays
//	partition [ethN] NAME,NAME… [NAME,NAME… ]…   who is not named stays together
//	heal [ethN]                              undoes partitions and cuts
//	check NAME CHECK ok|fail|unknown         the result of a scripted check; all are ok at first
//	lan [ethN] [loss=PERCENT] [duplicate=PERCENT] [delay=DURATION]
//	lag DURATION                             every timer is served up to that late
//	run DURATION
//	settled                                  demand the invariants of settled LANs
func Play(scenario string) (Result, error) { return play(scenario, true) }

// Try is Play without a Trace.
func Try(scenario string) (Result, error) { return play(scenario, false) }

func play(scenario string, trace bool) (Result, error) {
	var w *world
	number := 0
	for l := range strings.SplitSeq(scenario, "\n") {
		number++
		l, _, _ := strings.Cut(l, "#")
		words := strings.Fields(l)
		if len(words) == 0 {
			continue
		}
		if w == nil {
			seed := uint64(1)
			if words[0] == "seed" && len(words) > 1 {
				seed, _ = strconv.ParseUint(words[1], 10, 64)
			}
			w = newWorld(seed, trace)
		}
		if words[0] == "seed" {
			continue
		}
		if err := w.do(words[0], words[1:]); err != nil {
			return Result{}, fmt.Errorf("line %d: %s: %w", number, l, err)
		}
	}
	if w == nil {
		return Result{}, fmt.Errorf("empty scenario")
	}
	r := Result{Faults: w.check.faults, TakeOvers: w.takeOvers, Replays: w.rejected}
	if trace {
		r.Trace = w.out.String()
	}
	return r, nil
}

// arity is how many words a verb needs.
var arity = map[string]int{
	"node": 1, "start": 1, "stop": 1, "kill": 1, "freeze": 1, "thaw": 1, "suspend": 1, "resume": 1, "resume-late": 1,
	"respawn": 1, "strip": 2,
	"reload": 1, "link": 2, "cut": 1, "partition": 1, "check": 3, "lag": 1, "run": 1,
}

func (w *world) do(verb string, args []string) error {
	if len(args) < arity[verb] {
		return fmt.Errorf("%s needs %d words", verb, arity[verb])
	}
	if verb != "run" && verb != "settled" {
		w.check.disturbed()
	}
	switch verb {
	case "node":
		return w.addNode(args[0], args[1:])
	case "start", "stop", "kill", "freeze", "thaw", "suspend", "resume", "resume-late", "respawn":
		return w.each(args, func(n *node) error { n.act(verb); return nil })
	case "strip":
		vrid, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return w.each(args[:1], func(n *node) error { n.strip(vrid); return nil })
	case "link":
		return w.eachLink(args[:1], func(n *node, link int) error { return n.plug(link, args[1]) })
	case "cut":
		return w.eachLink(args, func(n *node, link int) error { n.links[link].cut = true; return nil })
	case "reload":
		return w.each(args[:1], func(n *node) error { return n.rewrite(args[1:]) })
	case "check":
		return w.each(args[:1], func(n *node) error { return n.result(args[1], args[2]) })
	case "lag":
		return w.wait(args[0], func(d time.Duration) { w.lag = d })
	case "run":
		return w.wait(args[0], w.run)
	case "settled":
		w.check.settled()
	default:
		return w.doLAN(verb, args)
	}
	return nil
}

func (w *world) wait(arg string, f func(time.Duration)) error {
	d, err := time.ParseDuration(arg)
	if err == nil {
		f(d)
	}
	return err
}

func (n *node) act(verb string) {
	switch verb {
	case "start":
		n.boot()
	case "stop":
		n.stop()
	case "kill":
		n.kill()
	case "respawn":
		n.respawn()
	case "freeze":
		n.freeze()
	case "thaw":
		n.thaw()
	case "suspend":
		n.suspend()
	case "resume":
		n.resume(false)
	case "resume-late":
		n.resume(true)
	}
}

func (n *node) plug(link int, how string) error {
	switch how {
	case "up", "down", "gone":
		n.setLink(link, how)
		return nil
	}
	return fmt.Errorf("a link is up, down or gone")
}

func (n *node) result(check, how string) error {
	r, known := results[how]
	if !known {
		return fmt.Errorf("a check is ok, fails or is unknown")
	}
	n.results[check] = r
	n.rejudge()
	return nil
}

func (w *world) addNode(name string, words []string) error {
	s, err := parseSpec(words)
	if err != nil {
		return err
	}
	n, err := newNode(w, name, s)
	if err != nil {
		return err
	}
	w.nodes = append(w.nodes, n)
	return nil
}
