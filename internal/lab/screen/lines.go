package screen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// Teller turns events into lines for a log or a pipe: what changes, not what repeats.
type Teller struct {
	Pair   *play.Pair
	master map[record.VR]string // who claimed a virtual router last
	by     map[string]string
	second second // of requests
	tables map[string][]record.Service
}

// Event returns the line for an event; ok is false if it says nothing new.
func (t *Teller) Event(ev record.Event) (line string, ok bool) {
	if text := t.text(ev); text != "" {
		return fmt.Sprintf("%9.3f  %s", ev.At.Seconds(), text), true
	}
	return "", false
}

func (t *Teller) text(ev record.Event) string {
	switch ev.Kind {
	case record.Acted:
		return "lab: " + ev.Text
	case record.Advert:
		return t.advert(ev)
	case record.AddrUp, record.AddrDown:
		return t.address(ev)
	case record.CarrierUp:
		return ev.Node + ": " + ev.Text + " has carrier"
	case record.CarrierDown:
		return ev.Node + ": " + ev.Text + " has no carrier"
	case record.Notified:
		return ev.Node + ": notify " + ev.Text
	case record.Exited:
		return ev.Node + ": " + t.program(ev.Node) + " ended: " + ev.Text
	case record.Served:
		return t.second.count(ev)
	case record.Tabled:
		return t.table(ev)
	case record.Answered:
		return t.answer(ev)
	case record.Announced, record.Line, record.Started, record.Sent:
	}
	return ""
}

func (t *Teller) advert(ev record.Event) string {
	if t.master == nil {
		t.master = map[record.VR]string{}
	}
	switch {
	case ev.Prio == 0:
		delete(t.master, ev.VR())
		return fmt.Sprintf("%s: farewell for virtual router %s", ev.Node, t.name(ev))
	case t.master[ev.VR()] != ev.Node:
		t.master[ev.VR()] = ev.Node
		return fmt.Sprintf("%s: advertises virtual router %s with priority %d", ev.Node, t.name(ev), ev.Prio)
	}
	return ""
}

// name is the virtual router's VRID, and its segment where there are several.
func (t *Teller) name(ev record.Event) string {
	if len(t.Pair.Links()) > 1 {
		return fmt.Sprintf("%d on %s", ev.VRID, ev.Link)
	}
	return fmt.Sprint(ev.VRID)
}

func (t *Teller) address(ev record.Event) string {
	for _, ip := range t.Pair.VIPs() {
		switch {
		case ip != ev.IP:
		case ev.Kind == record.AddrUp:
			return fmt.Sprintf("%s: has %v", ev.Node, ip)
		default:
			return fmt.Sprintf("%s: let go of %v", ev.Node, ip)
		}
	}
	return ""
}

func (t *Teller) answer(ev record.Event) string {
	if t.by == nil {
		t.by = map[string]string{}
	}
	ip := ev.IP.String()
	if t.by[ip] == ev.Node {
		return ""
	}
	t.by[ip] = ev.Node
	return fmt.Sprintf("client: %s answers at %s", ev.Node, ip)
}

// program is what runs on a machine.
func (t *Teller) program(node string) string {
	if c := t.Pair.Cluster; c != nil && slices.Contains(c.Site.Servers(), node) {
		return "web server"
	}
	return "daemon"
}

// table tells of a table that differs in more than counts.
func (t *Teller) table(ev record.Event) string {
	if t.tables == nil {
		t.tables = map[string][]record.Service{}
	}
	if record.SameTable(t.tables[ev.Node], ev.Table) {
		return ""
	}
	t.tables[ev.Node] = ev.Table
	if len(ev.Table) == 0 {
		return ev.Node + ": its table is empty"
	}
	var parts []string
	for _, s := range ev.Table {
		to := "nobody"
		if len(s.Destinations) > 0 {
			var all []string
			for _, d := range s.Destinations {
				all = append(all, fmt.Sprintf("%v %s %d", d.Addr, d.Forward, d.Weight))
			}
			to = strings.Join(all, ", ")
		}
		parts = append(parts, fmt.Sprintf("%v %s → %s", s.Addr, s.Scheduler, to))
	}
	return ev.Node + ": table " + strings.Join(parts, "; ")
}

// often is after how many seconds the requests are told of although nothing has changed.
const often = 5

// second counts the requests that end in one second.
type second struct {
	at, told int
	by       map[string]int // who answered
	why      map[string]int // why nobody did
	last     string         // who and why, when they were told of last
}

// count returns the line for the second that is over, if there is one to tell.
func (s *second) count(ev record.Event) (line string) {
	if now := int(ev.At.Seconds()); s.by == nil || now > s.at {
		line = s.line()
		s.at, s.by, s.why = now, map[string]int{}, map[string]int{}
	}
	if ev.Node != "" {
		s.by[ev.Node]++
	} else {
		s.why[ev.Text]++
	}
	return line
}

func (s *second) line() string {
	who := slices.Sorted(maps.Keys(s.by))
	why := slices.Sorted(maps.Keys(s.why))
	now := strings.Join(who, " ") + ":" + strings.Join(why, " ")
	if len(who)+len(why) == 0 || now == s.last && s.at-s.told < often {
		return ""
	}
	s.last, s.told = now, s.at
	sum := 0
	var parts []string
	for _, n := range who {
		sum += s.by[n]
		parts = append(parts, fmt.Sprintf("%s %d", n, s.by[n]))
	}
	for _, n := range why {
		sum += s.why[n]
		parts = append(parts, fmt.Sprintf("failed %d (%s)", s.why[n], n))
	}
	return fmt.Sprintf("client: %d requests/s: %s", sum, strings.Join(parts, ", "))
}
