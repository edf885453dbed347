package vrrpd

import (
	"slices"
	"time"

	"holdfast/internal/core/table"
)

// herald sends the announcements, at most one per interval on each link: for every repetition each address once, so
// that the first frame of the last address does not wait for the fifth of the first.
type herald struct {
	host     Host
	view     *view
	say      sayer
	interval time.Duration
	next     map[int]time.Time // by ifindex: when the link may carry the next frame
	jobs     []proclamation
}

// proclamation is one burst for one router.
type proclamation struct {
	router int
	plan   *Plan
	addrs  []table.Addr
	rest   int  // repetitions
	at     int  // address whose turn it is
	fresh  bool // in the first repetition
}

func (h *herald) add(router int, p *Plan, list []table.Addr, repeat int, fresh bool) {
	if len(list) == 0 {
		return
	}
	h.jobs = append(h.jobs, proclamation{router: router, plan: p, addrs: list, rest: repeat, fresh: fresh})
}

func kindOf(a table.Addr) string {
	if a.Prefix.Addr().Is4() {
		return "gratuitous ARPs"
	}
	return "gratuitous Neighbour Adverts"
}

// drop forgets what a router still had to announce: it no longer holds the addresses.
func (h *herald) drop(router int) {
	h.jobs = slices.DeleteFunc(h.jobs, func(j proclamation) bool { return j.router == router })
}

func (h *herald) link(index int) (table.Link, bool) {
	h.view.mu.RLock()
	defer h.view.mu.RUnlock()
	return h.view.mirror.Link(index)
}

// framesPerPass bounds how long announcements keep the hand from taking or giving up addresses.
const framesPerPass = 500

// work sends what may be sent now.
func (h *herald) work(now time.Time) {
	budget := framesPerPass
	waiting := 0 // jobs in front whose link may not carry a frame yet
	for waiting < len(h.jobs) && budget > 0 {
		j := h.jobs[waiting]
		blocked, turned := false, false
		for budget > 0 && !turned {
			a := j.addrs[j.at]
			if blocked = h.interval > 0 && now.Before(h.next[a.Link]); blocked {
				break
			}
			times := 1
			if h.interval == 0 && len(j.addrs) == 1 { // nobody has to wait for it, and nothing in between
				times = min(j.rest, budget)
			}
			h.announce(j.plan, a, j.fresh, times)
			h.next[a.Link] = now.Add(h.interval)
			budget -= times
			if j.at++; j.at == len(j.addrs) {
				j.at, j.rest, j.fresh, turned = 0, j.rest-times, false, true
			}
		}
		switch {
		case j.rest == 0:
			h.jobs = slices.Delete(h.jobs, waiting, waiting+1)
		case turned: // the others' turn
			h.jobs = append(slices.Delete(h.jobs, waiting, waiting+1), j)
		default:
			h.jobs[waiting] = j
			if blocked {
				waiting++
			}
		}
	}
}

func (h *herald) announce(p *Plan, a table.Addr, fresh bool, times int) {
	l, ok := h.link(a.Link)
	if !ok {
		return
	}
	if fresh && h.say.q.full {
		h.say.detail(p, "Sending/queueing "+kindOf(a)+" on "+l.Name+" for "+a.Prefix.Addr().String())
	}
	if err := h.host.Announcer.Announce(l, a.Prefix.Addr(), times); err != nil {
		if !l.NoARP() {
			h.say.detail(p, "Error sending gratuitous announcement on "+l.Name+" for "+a.Prefix.Addr().String()+": "+err.Error())
		}
		return
	}
	if !h.say.q.full {
		return
	}
	what := "Sending gratuitous ARP on "
	if a.Prefix.Addr().Is6() {
		what = "Sending unsolicited Neighbour Advert on "
	}
	for range times {
		h.say.detail(nil, what+l.Name+" for "+a.Prefix.Addr().String())
	}
}

// deadline returns when work has something to do again.
func (h *herald) deadline() (at time.Time, armed bool) {
	for i := range h.jobs {
		t := h.next[h.jobs[i].addrs[h.jobs[i].at].Link]
		if !armed || t.Before(at) {
			at, armed = t, true
		}
	}
	return at, armed
}
