package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Random writes a scenario: a cluster, a time of troubles, and then peace, after which the invariants must hold. The
// same seed always writes the same text.
func Random(seed uint64) string {
	g := &generator{chance: rand.New(rand.NewPCG(seed, 1))}
	g.line("seed %d", seed)
	g.cluster()
	g.line("start all")
	for range 5 + g.chance.IntN(25) {
		g.trouble()
		g.line("run %s", time.Duration(g.chance.Int64N(int64(8*time.Second))).Truncate(time.Millisecond))
		if g.chance.IntN(8) == 0 {
			g.peace()
		}
	}
	g.peace()
	return g.out.String()
}

type generator struct {
	chance *rand.Rand
	out    strings.Builder
	names  []string
	settle time.Duration
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

func (g *generator) pick(n int) bool { return g.chance.IntN(n) == 0 }

// cluster writes two to five nodes that serve one to three virtual routers.
func (g *generator) cluster() {
	type shared struct {
		interval int
		words    string
	}
	var routers []shared
	for range 1 + g.chance.IntN(3) {
		s := shared{interval: 1 + g.chance.IntN(3)}
		if g.pick(4) {
			s.words += ",nopreempt"
		} else if g.pick(4) {
			s.words += fmt.Sprintf(",preempt_delay:%d", 1+g.chance.IntN(10))
		}
		if g.pick(4) {
			s.words += ",lower_prio_no_advert:true"
		}
		if g.pick(4) {
			s.words += ",higher_prio_send_advert:true"
		}
		routers = append(routers, s)
		g.settle = max(g.settle, time.Duration(10*s.interval+25)*time.Second)
	}
	for i := range 2 + g.chance.IntN(4) {
		name := string(rune('a' + i))
		g.names = append(g.names, name)
		words := ""
		for v, s := range routers {
			words += fmt.Sprintf(" vrid=%d,prio=%d,int=%d%s", v+1, g.priority(), s.interval, s.words)
		}
		g.line("node %s%s", name, words)
	}
}

// priority prefers a few values, so that equal ones are common.
func (g *generator) priority() int {
	if g.pick(2) {
		return 100
	}
	return 1 + g.chance.IntN(254)
}

func (g *generator) name() string { return g.names[g.chance.IntN(len(g.names))] }

func (g *generator) trouble() {
	switch g.chance.IntN(9) {
	case 0:
		g.line("kill %s", g.name())
	case 1:
		g.line("stop %s", g.name())
	case 2, 3:
		g.line("start %s", g.name())
	case 4:
		g.line("freeze %s", g.name())
	case 5:
		g.line("thaw %s", g.name())
	case 6:
		g.line("link %s %s", g.name(), []string{"up", "down"}[g.chance.IntN(2)])
	case 7:
		if g.pick(2) {
			g.line("heal")
		} else {
			g.line("partition %s", strings.Join(g.names[:1+g.chance.IntN(len(g.names))], ","))
		}
	case 8:
		g.line("lan loss=%d duplicate=%d delay=%dms", g.chance.IntN(60), g.chance.IntN(30), 1+g.chance.IntN(200))
	}
}

// peace makes the LAN whole and everybody awake, lets the settling time pass and demands the invariants. Dead
// daemons stay dead.
func (g *generator) peace() {
	g.line("heal")
	g.line("lan loss=0 duplicate=0 delay=1ms")
	for _, n := range g.names {
		g.line("link %s up", n)
	}
	g.line("thaw all")
	g.line("run %s", g.settle)
	g.line("settled")
}
