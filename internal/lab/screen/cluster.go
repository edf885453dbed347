package screen

import (
	"fmt"
	"net/netip"
	"time"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// part is the width in time of a column of a cluster's strip: it has some requests of every server in it.
const part = 250 * time.Millisecond

// cluster draws the directors' tables side by side, the web servers, and what the client gets.
func (d *drawing) cluster() {
	d.tables()
	d.servers()
	d.end()
	n := d.width - 2
	for _, s := range d.Pair.Cluster.Services {
		d.requests(s.Addr.Addr())
		d.put("", " ")
		for _, by := range d.Tape.Load(s.Addr.Addr()).Slice(d.Tape.Now, part, n) {
			d.share(by)
		}
		d.end()
	}
	d.put(dim, " ")
	names := d.Pair.Cluster.Site.Servers()
	d.put(blue, "▀ "+names[0])
	d.put(dim, ", ")
	d.put(green, "▄ "+names[1])
	d.put(dim, ", █ both, ")
	d.put(yellow, "○ page of excuse")
	d.put(dim, ", ")
	d.put(yellow, "▒ some fail")
	d.put(dim, ", ")
	d.put(red, "× all fail")
	d.put(dim, fmt.Sprintf("; last %.0f s", (time.Duration(n)*part).Seconds()))
	d.end()
}

// tables draws what ipvsadm -Ln shows on both directors.
func (d *drawing) tables() {
	d.end()
	row := func(draw func(node string)) { d.sideBySide(func(_ int, node string) { draw(node) }) }
	row(func(node string) {
		d.put(dim, fmt.Sprintf("  %-19s %-5s%2s%4s%6s", "IPVS on "+node, "", "W", "act", "inact"))
	})
	for _, s := range d.Pair.Cluster.Services {
		row(func(node string) {
			if record.Find(d.Tape.Node(node).Table, s.Addr) == nil {
				d.put(dim, fmt.Sprintf("  %v –", s.Addr))
				return
			}
			d.put("", fmt.Sprintf("  TCP %v %s", s.Addr, s.Scheduler))
		})
		for i := range len(s.Servers) {
			row(func(node string) { d.destination(node, s.Addr, i) })
		}
	}
}

// destination draws the line of that number below a service.
func (d *drawing) destination(node string, service netip.AddrPort, i int) {
	s := record.Find(d.Tape.Node(node).Table, service)
	if s == nil || i >= len(s.Destinations) {
		return
	}
	to := s.Destinations[i]
	d.put(d.hue(to.Addr.Addr()), fmt.Sprintf("  → %-17v %-5s%2d%4d%6d", to.Addr, to.Forward, to.Weight, to.Active, to.Inactive))
}

// hue is the color of the machine with that address.
func (d *drawing) hue(ip netip.Addr) style {
	for i, name := range d.Pair.Cluster.Site.Servers() {
		if d.Pair.Cluster.Site.Machine(name).Ports[0].Addr.Addr() == ip {
			return [...]style{blue, green}[i%2]
		}
	}
	return yellow
}

// servers draws who serves, and how much.
func (d *drawing) servers() {
	d.end()
	sum := map[string]int{}
	for _, s := range d.Pair.Cluster.Services {
		for who, n := range d.Tape.Load(s.Addr.Addr()).Rate(d.Tape.Now, time.Second) {
			sum[who] += n
		}
	}
	for i, name := range d.Pair.Cluster.Site.Servers() {
		d.put([...]style{blue, green}[i%2], "■ ")
		d.put(bold, name)
		if d.Tape.Node(name).Running {
			d.put(dim, fmt.Sprintf(" %3d/s   ", sum[name]))
		} else {
			d.put(red, " down    ")
		}
	}
	if n := sum[play.Sorry]; n > 0 {
		d.put(yellow, fmt.Sprintf("■ page of excuse %3d/s   ", n))
	}
	if n := sum[""]; n > 0 {
		d.put(red, fmt.Sprintf("failed %3d/s", n))
	} else {
		d.put(dim, "failed   0/s")
	}
	d.end()
}

// requests draws the line above an address's strip: what goes on now, and how the step has been until now.
func (d *drawing) requests(ip netip.Addr) {
	l := d.Tape.Load(ip)
	sum := 0
	for _, n := range l.Rate(d.Tape.Now, time.Second) {
		sum += n
	}
	d.put(bold, fmt.Sprintf("client → %v", ip))
	d.put("", fmt.Sprintf("  %d requests/s", sum))
	rs := l.Within(record.Span{From: d.Progress.Began, To: d.Tape.Now})
	n := record.Failed(rs)
	if n == 0 {
		d.put(dim, fmt.Sprintf("  in this step %d, none failed", len(rs)))
	} else {
		d.put(dim, fmt.Sprintf("  in this step %d, ", len(rs)))
		g := l.Outage(record.Span{From: d.Progress.Began, To: d.Tape.Now})
		d.put(red, fmt.Sprintf("failed %d, longest outage %.3f s", n, g.Length().Seconds()))
	}
	d.end()
}

// share draws who answered the requests of one part.
func (d *drawing) share(by map[string]int) {
	names := d.Pair.Cluster.Site.Servers()
	first, second := by[names[0]] > 0, by[names[1]] > 0
	switch {
	case len(by) == 0:
		d.put("", " ")
	case by[""] > 0 && len(by) == 1:
		d.put(red, "×")
	case by[""] > 0:
		d.put(yellow, "▒")
	case first && second:
		d.put("", "█")
	case first:
		d.put(blue, "▀")
	case second:
		d.put(green, "▄")
	default:
		d.put(yellow, "○")
	}
}
