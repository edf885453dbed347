package screen

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// cell is the width in time of a column of the reachability strip.
const cell = 100 * time.Millisecond

// client draws what the client sees, newest at the right.
func (d *drawing) client() {
	d.end()
	if vips := d.Pair.VIPs(); len(vips) > 2 {
		d.dense(vips)
	} else {
		d.roomy(vips)
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

// roomy gives each address a line of its own above its strip.
func (d *drawing) roomy(vips []netip.Addr) {
	n := d.width - 2
	for _, ip := range vips {
		r := d.Tape.Reach(ip)
		d.put(bold, "client → "+ip.String())
		d.put(dim, fmt.Sprintf("  a probe each ms, last %.0f s  ", (time.Duration(n)*cell).Seconds()))
		d.worst(r)
		d.end()
		d.put("", " ")
		d.strip(r, n)
		d.end()
	}
}

// dense puts each address and its strip on one line, and the step's longest outage behind it.
func (d *drawing) dense(vips []netip.Addr) {
	label := 0
	for _, ip := range vips {
		label = max(label, len(ip.String())+2)
	}
	const outage = len(" 12.345 s")
	n := max(d.width-1-label-outage, 1)
	d.put(bold, "client")
	d.put(dim, fmt.Sprintf("  a probe of each address each ms, last %.0f s; longest outage of this step", (time.Duration(n)*cell).Seconds()))
	d.end()
	for _, ip := range vips {
		r := d.Tape.Reach(ip)
		d.put("", " "+pad(ip.String(), label))
		d.strip(r, n)
		if g := d.gap(r); g.Lost > 0 {
			d.put(red, fmt.Sprintf(" %6.3f s", g.Length().Seconds()))
		}
		d.end()
	}
}

func (d *drawing) strip(r *record.Reach, n int) {
	for _, c := range r.Strip(d.Tape.Now, cell, n) {
		d.cell(c)
	}
}

// gap is the step's longest outage so far.
func (d *drawing) gap(r *record.Reach) record.Gap {
	return r.Outage(record.Span{From: d.Progress.Began, To: d.Tape.Now - record.Grace})
}

// worst tells of the step's longest outage so far.
func (d *drawing) worst(r *record.Reach) {
	if g := d.gap(r); g.Lost > 0 {
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
