package screen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// Scene is what a picture shows.
type Scene struct {
	Pair     *play.Pair
	Tape     *record.Tape
	Progress play.Progress
	Daemon   string
	Notes    []string // shown when the scenario is over
}

// Size is a terminal's.
type Size struct{ Width, Height int }

// cell is the width in time of a column of the reachability strip.
const cell = 100 * time.Millisecond

// Picture draws the scene as lines that fit the size.
func Picture(s Scene, size Size, color bool) []string {
	d := &drawing{Scene: s, pen: pen{color: color, width: max(size.Width, 40)}}
	d.title()
	d.step()
	d.routers()
	d.client()
	d.done()
	spare := size.Height - len(d.lines) - 1 // the last line stays free, or terminals scroll
	d.logs(spare)
	if size.Height > 1 && len(d.lines) >= size.Height {
		d.lines = d.lines[:size.Height-1]
	}
	return d.lines
}

type drawing struct {
	Scene
	pen
	lines []string
}

func (d *drawing) end() { d.lines = append(d.lines, d.line()) }

func (d *drawing) title() {
	d.put(bold, "holdfast lab")
	d.put("", "  "+d.Pair.Name+": "+d.Pair.Title)
	d.tab(d.width - 11)
	d.put(dim, fmt.Sprintf("%9.1f s", d.Tape.Now.Seconds()))
	d.end()
	d.put(dim, "daemon "+d.Daemon)
	d.end()
}

func (d *drawing) step() {
	d.end()
	p := d.Progress
	if p.At >= len(p.Steps) {
		d.put(bold, "all steps done")
		d.end()
		for _, note := range d.Notes {
			d.put("", note)
			d.end()
		}
		return
	}
	s := p.Steps[p.At]
	d.put(bold, fmt.Sprintf("step %s", s.Name))
	d.put(dim, fmt.Sprintf("  (%d of %d, %.1f s)", p.At+1, len(p.Steps), (d.Tape.Now-p.Began).Seconds()))
	d.put("", "  "+s.Story)
	d.end()
	if len(p.Waiting) > 0 {
		d.put(dim, "waiting for "+strings.Join(p.Waiting, "; "))
	}
	d.end()
}

// routers draws both routers side by side.
func (d *drawing) routers() {
	d.end()
	full, half := d.width, d.width/2
	row := func(draw func(i int, node string)) {
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
	row(func(i int, node string) {
		n := d.Tape.Node(node)
		d.put(tint(node), "■ ")
		d.put(bold, node+" "+d.Pair.Hosts[i])
		switch {
		case !n.Running:
			d.put(red, "  daemon gone")
		case !n.Carrier:
			d.put(red, "  no carrier")
		default:
			d.put(dim, "  daemon runs")
		}
	})
	for _, in := range d.Pair.Instances {
		row(func(_ int, node string) {
			word, st := d.state(in, node)
			d.put("", fmt.Sprintf("  %-8s prio %3d  ", in.Name, in.Seats[node].Prio))
			d.put(st, word)
		})
	}
	row(func(_ int, node string) {
		d.put(dim, "  has ")
		d.put("", d.addresses(node))
	})
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

// state tells what a router is, as one can see from outside: by what it says on the wire.
func (d *drawing) state(in play.Instance, node string) (string, style) {
	masters := d.Tape.Masters(in.VRID, in.Down(node))
	n := d.Tape.Node(node)
	switch {
	case !n.Running:
		return "–", dim
	case !n.Carrier:
		return "FAULT", red
	case slices.Contains(masters, node) && len(masters) > 1:
		return "MASTER (contested)", yellow
	case slices.Contains(masters, node):
		return "MASTER", tint(node)
	}
	return "BACKUP", dim
}

func (d *drawing) addresses(node string) string {
	var has []string
	for _, ip := range d.Pair.VIPs() {
		if _, ok := d.Tape.Node(node).IPs[ip]; ok {
			has = append(has, ip.String())
		}
	}
	switch {
	case len(has) == 0:
		return "–"
	case !d.Tape.Node(node).Running:
		has = append(has, "(left behind)")
	}
	return strings.Join(has, " ")
}

// tint is a router's color.
func tint(node string) style {
	if node == play.Routers[0] {
		return blue
	}
	return green
}

// client draws what the client sees, newest at the right.
func (d *drawing) client() {
	d.end()
	n := d.width - 2
	for _, ip := range d.Pair.VIPs() {
		r := d.Tape.Reach(ip)
		d.put(bold, "client → "+ip.String())
		d.put(dim, fmt.Sprintf("  a probe each ms, last %.0f s  ", (time.Duration(n)*cell).Seconds()))
		d.worst(r)
		d.end()
		d.put("", " ")
		for _, c := range r.Strip(d.Tape.Now, cell, n) {
			d.cell(c)
		}
		d.end()
	}
	d.put(dim, " ")
	d.put(blue, "▀ r1")
	d.put(dim, " and ")
	d.put(green, "▄ r2")
	d.put(dim, " answer, ")
	d.put(yellow, "▒")
	d.put(dim, " some lost, ")
	d.put(red, "×")
	d.put(dim, " nobody answers")
	d.end()
}

// worst tells of the step's longest outage so far.
func (d *drawing) worst(r *record.Reach) {
	g := r.Outage(record.Span{From: d.Progress.Began, To: d.Tape.Now - record.Grace})
	if g.Lost > 0 {
		d.put(red, fmt.Sprintf("outage %.3f s, %d lost", g.Length().Seconds(), g.Lost))
	}
}

func (d *drawing) cell(c record.Cell) {
	switch {
	case c.Sent == 0:
		d.put("", " ")
	case c.By == "":
		d.put(red, "×")
	case c.Lost > 0:
		d.put(yellow, "▒")
	case c.By == play.Routers[0]:
		d.put(blue, "▀")
	default:
		d.put(green, "▄")
	}
}

// done draws the rows of the table so far, failed ones in full.
func (d *drawing) done() {
	d.end()
	ok := map[string]bool{}
	var order []string
	for _, r := range d.Progress.Rows {
		if _, seen := ok[r.Step]; !seen {
			order, ok[r.Step] = append(order, r.Step), true
		}
		ok[r.Step] = ok[r.Step] && r.OK
	}
	for _, step := range order {
		if ok[step] {
			d.put(green, "✓ ")
		} else {
			d.put(red, "✗ ")
		}
		d.put("", step+"  ")
		for _, r := range d.Progress.Rows {
			if r.Step == step && !r.OK {
				d.put(red, r.Want+": "+r.Got+"  ")
			}
		}
		d.end()
	}
}

// logs fills what is left of the screen with the routers' last lines.
func (d *drawing) logs(spare int) {
	each := min((spare-3)/2, 8)
	if each < 1 {
		return
	}
	for _, node := range play.Routers {
		lines := folded(d.Tape.Node(node).Lines)
		d.end()
		for _, l := range lines[max(0, len(lines)-each):] {
			d.put(tint(node), node+" ")
			d.put(dim, l)
			d.end()
		}
	}
}

// folded returns the lines without their dates, runs of the same line as one.
func folded(lines []string) []string {
	var out []string
	n := 1
	for i, l := range lines {
		text := LogText(l)
		if i > 0 && text == LogText(lines[i-1]) {
			n++
			out[len(out)-1] = fmt.Sprintf("%s (×%d)", text, n)
			continue
		}
		n = 1
		out = append(out, text)
	}
	return out
}

// stamp is what keepalived puts before each line on the console (ctime(3) and a colon).
var stamp = regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}: `)

// LogText returns a log line without its date.
func LogText(line string) string { return stamp.ReplaceAllString(line, "") }
