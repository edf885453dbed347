package sim

import (
	"fmt"
	"strings"
	"time"
)

// plan is a virtual router as all nodes of a random cluster have it.
type plan struct {
	interval int
	link     int
	words    string
	patience string
}

// cluster writes two to five nodes with one to three links that serve one to four virtual routers, alone and in groups.
func (g *generator) cluster() {
	g.links = 1 + g.chance.IntN(3)
	plans := g.plans()
	members := 0
	if len(plans) > 1 && g.pick(2) {
		members = 2 + g.chance.IntN(len(plans)-1)
	}
	// Members of a group should have one priority on each node. One cluster in five does it wrong.
	messy := g.pick(5)
	for i := range 2 + g.chance.IntN(4) {
		g.names = append(g.names, string(rune('a'+i)))
	}
	g.words = make(map[string]string)
	for _, name := range g.names {
		g.words[name] = g.node(plans, members, messy)
		g.line("node %s%s", name, g.words[name])
	}
}

func (g *generator) plans() []plan {
	var plans []plan
	for range 1 + g.chance.IntN(4) {
		p := plan{interval: 1 + g.chance.IntN(3), link: g.chance.IntN(g.links)}
		if g.pick(4) {
			p.patience = ",nopreempt"
		} else if g.pick(4) {
			p.patience = fmt.Sprintf(",preempt_delay:%d", 1+g.chance.IntN(10))
		}
		if g.pick(4) {
			p.words += ",lower_prio_no_advert:true"
		}
		if g.pick(4) {
			p.words += ",higher_prio_send_advert:true"
		}
		switch g.chance.IntN(8) {
		case 0, 1:
			p.words += ",auth=AH:secret"
			g.ah = true
		case 2:
			p.words += ",auth=PASS:secret"
		}
		g.settle = max(g.settle, time.Duration(12*p.interval+25)*time.Second)
		plans = append(plans, p)
	}
	return plans
}

// node writes the words of one node.
func (g *generator) node(plans []plan, members int, messy bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, " links=%d", g.links)
	common := g.priority()
	for v, p := range plans {
		prio := common
		if v >= members || messy {
			prio = g.priority()
		}
		fmt.Fprintf(&b, " vrid=%d,prio=%d,int=%d,if=%d%s", v+1, prio, p.interval, p.link, p.words)
		if prio != 255 { // an address owner always preempts
			b.WriteString(p.patience)
		}
		if v >= members {
			b.WriteString(g.tracking(p.link))
		} else if other := g.chance.IntN(g.links); other != p.link && g.pick(3) {
			fmt.Fprintf(&b, ",track=%s%s", ifname(other), g.weight()) // which does not count
		}
		if g.pick(10) {
			fmt.Fprintf(&b, ",down_timer_adverts:%d", 2+g.chance.IntN(4))
		}
	}
	if members > 0 {
		vrids := make([]string, members)
		for i := range vrids {
			vrids[i] = fmt.Sprint(i + 1)
		}
		fmt.Fprintf(&b, " group=G:%s%s", strings.Join(vrids, "+"), g.tracking(-1))
	}
	return b.String()
}

// tracking writes what a router or a group depends on beyond the router's own link.
func (g *generator) tracking(own int) string {
	s := ""
	if other := g.chance.IntN(g.links); other != own && g.pick(2) {
		s += ",track=" + ifname(other) + g.weight()
	}
	if g.pick(3) {
		check := []string{"web", "dns"}[g.chance.IntN(2)]
		if len(g.checks) == 0 {
			g.checks = []string{"web", "dns"}
		}
		s += ",check=" + check + g.weight()
	}
	return s
}

func (g *generator) weight() string {
	if g.pick(3) {
		return ""
	}
	return fmt.Sprintf(":%d", []int{-100, -20, -1, 1, 20, 100}[g.chance.IntN(6)])
}

// priority prefers a few values, so that equal ones are common.
func (g *generator) priority() int {
	switch g.chance.IntN(20) {
	case 0:
		return 255
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10:
		return 100
	}
	return 1 + g.chance.IntN(254)
}
