package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Random writes a scenario: a cluster, a time of troubles, and then peace, after which the invariants must hold. The
// same seed always writes the same text. Seeds that follow each other share a cluster, whose configurations then have to be
// read only once.
func Random(seed uint64) string {
	g := &generator{}
	g.line("seed %d", seed)
	g.chance = rand.New(rand.NewPCG(seed/perCluster, 2))
	g.cluster()
	g.chance = rand.New(rand.NewPCG(seed, 1))
	g.lag()
	g.line("start all")
	for range 5 + g.chance.IntN(20) {
		if g.chance.IntN(6) == 0 {
			g.sleep()
		} else {
			g.trouble()
			g.run(8 * time.Second)
		}
		if g.chance.IntN(10) == 0 {
			g.peace()
		}
	}
	g.peace()
	return g.out.String()
}

// perCluster is how many seeds share a cluster.
const perCluster = 16

type generator struct {
	chance *rand.Rand
	out    strings.Builder
	names  []string
	links  int
	ah     bool
	checks []string
	words  map[string]string // node lines
	settle time.Duration
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

// pick is true once in n times.
func (g *generator) pick(n int) bool { return g.chance.IntN(n) == 0 }

func (g *generator) run(most time.Duration) {
	g.line("run %s", time.Duration(g.chance.Int64N(int64(most))).Truncate(time.Millisecond))
}

func (g *generator) name() string { return g.names[g.chance.IntN(len(g.names))] }

// port names a link of a node, or all of them.
func (g *generator) port() string {
	if g.pick(3) {
		return g.name()
	}
	return g.name() + "/" + ifname(g.chance.IntN(g.links))
}

// lan names a LAN, or none for all of them.
func (g *generator) lan() string {
	if g.pick(2) {
		return ""
	}
	return ifname(g.chance.IntN(g.links)) + " "
}

func (g *generator) trouble() {
	switch g.chance.IntN(20) {
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
	case 6, 7:
		g.line("link %s %s", g.port(), []string{"up", "down", "down", "gone"}[g.chance.IntN(4)])
	case 8:
		g.line("cut %s", g.port())
	case 9:
		g.line("heal %s", g.lan())
	case 10:
		g.line("partition %s%s", g.lan(), strings.Join(g.names[:1+g.chance.IntN(len(g.names))], ","))
	case 11:
		g.line("lan %sloss=%d duplicate=%d delay=%dms", g.lan(), g.chance.IntN(60), g.chance.IntN(30), 1+g.chance.IntN(200))
	case 12, 13:
		g.check()
	case 14, 15, 16:
		g.reload()
	case 17, 18:
		g.line("respawn %s", g.name())
	case 19:
		g.line("strip %s %d", g.name(), 1+g.chance.IntN(4))
	}
}

func (g *generator) check() {
	if len(g.checks) > 0 {
		g.line("check %s %s %s", g.name(), g.checks[g.chance.IntN(len(g.checks))], []string{"ok", "fail", "fail", "unknown"}[g.chance.IntN(4)])
	}
}

// reload gives a node what it has, what it had at first, or something else for once.
func (g *generator) reload() {
	name := g.name()
	words := g.words[name]
	switch g.chance.IntN(4) {
	case 0, 1:
		words = ""
	case 2:
		words = g.mutate(words)
	}
	g.line("reload %s%s", name, words)
}

// mutate changes a node line: a priority, a router less, or no group.
func (g *generator) mutate(words string) string {
	list := strings.Fields(words)
	if last := len(list) - 1; g.pick(2) && strings.HasPrefix(list[last], "group=") {
		list = list[:last]
	}
	i := g.chance.IntN(len(list))
	if !strings.HasPrefix(list[i], "vrid=") {
		return ""
	}
	vrid, rest, _ := strings.Cut(list[i], ",")
	_, rest, _ = strings.Cut(rest, ",")
	list[i] = fmt.Sprintf("%s,prio=%d,%s", vrid, 1+g.chance.IntN(254), rest)
	if g.pick(2) && len(list) > 1 && !strings.HasPrefix(list[len(list)-1], "group=") {
		list = append(list[:i], list[i+1:]...)
	}
	return " " + strings.Join(list, " ")
}

// lag draws how late timers may be. Masters that speak at the very same moments refuse each other's authentication headers
// for ever (see doc.go); no real machines are so punctual.
func (g *generator) lag() {
	least := 1
	if g.ah {
		least = 1500
	}
	g.line("lag %s", time.Duration(least+g.chance.IntN(2000))*time.Microsecond)
}

// sleep has a daemon or a machine stand still for 0.1 to 60 s.
func (g *generator) sleep() {
	name, long := g.name(), 2*time.Second
	if g.pick(3) {
		long = time.Minute
	}
	verb := []string{"freeze", "freeze", "suspend"}[g.chance.IntN(3)]
	g.line("%s %s", verb, name)
	g.line("run %s", (100*time.Millisecond + time.Duration(g.chance.Int64N(int64(long)))).Truncate(time.Millisecond))
	switch {
	case verb == "freeze":
		g.line("thaw %s", name)
	case g.pick(2):
		g.line("resume %s", name)
	default:
		g.line("resume-late %s", name)
	}
	g.run(5 * time.Second)
}

// peace makes the LANs whole and everybody awake, lets the settling time pass and demands the invariants. Dead daemons stay
// dead; what a node lost of its links and checks stays lost in one peace of three.
func (g *generator) peace() {
	g.line("heal")
	g.line("lan loss=0 duplicate=0 delay=1ms")
	if !g.pick(3) {
		g.line("link all up")
		for _, c := range g.checks {
			g.line("check all %s ok", c)
		}
	}
	for _, n := range g.names {
		if !g.pick(4) {
			g.line("reload %s%s", n, g.words[n])
		}
	}
	g.line("thaw all")
	g.line("resume all")
	g.line("run %s", g.settle)
	g.line("settled")
}
