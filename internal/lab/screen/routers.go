package screen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"holdfast/internal/lab/play"
)

// routers draws both routers side by side.
func (d *drawing) routers() {
	d.end()
	row := d.sideBySide
	row(func(i int, node string) {
		n := d.Tape.Node(node)
		d.put(tint(node), "■ ")
		d.put(bold, node+" "+d.Pair.Hosts[i])
		switch {
		case !n.Running:
			d.put(red, "  daemon gone")
		case len(n.Cut) > 0 && len(d.Pair.Links()) > 1:
			d.put(red, "  no carrier on "+strings.Join(slices.Sorted(maps.Keys(n.Cut)), ", "))
		case len(n.Cut) > 0:
			d.put(red, "  no carrier")
		default:
			d.put(dim, "  daemon runs")
		}
	})
	for _, u := range d.Pair.Units() {
		for i, in := range u.Members {
			row(func(_ int, node string) { d.instance(&u, i, in, node) })
		}
	}
	for _, link := range d.Pair.Links() {
		row(func(_ int, node string) { d.addresses(link, node) })
	}
	row(func(_ int, node string) {
		n := d.Tape.Node(node)
		d.put(dim, fmt.Sprintf("  adverts %-4d  gratuitous ARP %-4d", n.Adverts, n.Garps))
	})
	row(func(_ int, node string) {
		if word := d.Tape.Node(node).Word; word != "" {
			d.put(dim, "  notify ")
			d.put("", word)
		}
	})
}

// sideBySide draws a line of two halves, one for each router.
func (d *drawing) sideBySide(draw func(i int, node string)) {
	full, half := d.width, d.width/2
	for i, node := range play.Routers {
		d.width = full
		d.tab(i * half)
		if i == 0 {
			d.width = half - 1
		}
		draw(i, node)
	}
	d.width = full
	d.end()
}

// instance draws one instance on one router, with a brace around a sync group.
func (d *drawing) instance(u *play.Unit, at int, in play.Instance, node string) {
	brace := " "
	switch {
	case !u.Grouped:
	case at == 0:
		brace = "┌"
	case at == len(u.Members)-1:
		brace = "└"
	default:
		brace = "│"
	}
	d.put(dim, brace+" ")
	wide := 8
	for _, other := range d.Pair.Instances {
		wide = max(wide, utf8.RuneCountInString(other.Name))
	}
	d.put("", pad(in.Name, wide))
	if len(d.Pair.Links()) > 1 {
		d.put(dim, " "+in.Link)
	}
	d.put("", fmt.Sprintf(" prio %3d  ", in.Seats[node].Prio))
	word, st := d.state(u, in, node)
	d.put(st, word)
}

// state tells what a router is, as one can see from outside: by what it says on the wire.
func (d *drawing) state(u *play.Unit, in play.Instance, node string) (string, style) {
	masters := d.Tape.Masters(in.VR(), in.Down(node))
	n := d.Tape.Node(node)
	cut := slices.ContainsFunc(u.Members, func(m play.Instance) bool { return n.Cut[m.Link] })
	switch {
	case !n.Running:
		return "–", dim
	case cut:
		return "FAULT", red
	case slices.Contains(masters, node) && len(masters) > 1:
		return "MASTER (contested)", yellow
	case slices.Contains(masters, node):
		return "MASTER", tint(node)
	}
	return "BACKUP", dim
}

// addresses draws which of a segment's virtual addresses a router has.
func (d *drawing) addresses(link, node string) {
	var has []string
	for _, in := range d.Pair.Instances {
		for _, ip := range in.VIPs {
			if _, ok := d.Tape.Node(node).IPs[ip]; ok && in.Link == link {
				has = append(has, ip.String())
			}
		}
	}
	lead, several := "  ", len(d.Pair.Links()) > 1
	if several {
		d.put(dim, "  "+link)
		lead = " "
		shorten(has)
	}
	switch {
	case len(has) == 0:
		has = []string{"–"}
	case d.Tape.Node(node).Running:
	case several: // two networks leave less room
		d.put(dim, " still has ")
		d.put(red, strings.Join(has, " "))
		return
	default:
		has = append(has, "(left behind)")
	}
	d.put(dim, lead+"has ")
	d.put("", strings.Join(has, " "))
}

// shorten leaves only the last number of addresses that begin like the first one.
func shorten(ips []string) {
	for i := 1; i < len(ips); i++ {
		if dot := strings.LastIndexByte(ips[0], '.'); strings.HasPrefix(ips[i], ips[0][:dot+1]) {
			ips[i] = ips[i][dot:]
		}
	}
}

// tint is a router's color.
func tint(node string) style {
	if node == play.Routers[0] {
		return blue
	}
	return green
}
