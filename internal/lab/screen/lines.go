package screen

import (
	"fmt"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// Teller turns events into lines for a log or a pipe: what changes, not what repeats.
type Teller struct {
	Pair   *play.Pair
	master map[record.VR]string // who claimed a virtual router last
	by     map[string]string
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
		return ev.Node + ": daemon ended: " + ev.Text
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
