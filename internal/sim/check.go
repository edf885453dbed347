package sim

import (
	"fmt"
	"slices"
	"time"

	"holdfast/vrrp"
)

// checker watches the invariants. It knows nothing of how an Instance works: it sees packets, announcements and
// transitions, and compares them with what the node lines and the scenario allow.
type checker struct {
	w      *world
	faults []string
}

// record is what the checker has seen of one router on one node. Times are the world's, but for notBefore.
type record struct {
	state vrrp.State

	standing      // as the daemon was told last
	humble   bool // an address owner that met another one
	held     bool // it may be in FAULT without having told anybody

	sentAt   time.Duration // the last advert that was no farewell
	sent     bool          // there was one, and nothing happened since that excuses silence
	early    bool          // it was sent by one who was not MASTER yet
	farewell time.Duration
	left     bool // there was a farewell

	index     int           // of its interface, when the daemon last looked; 0: there was none
	notBefore time.Duration // BACKUP: the earliest moment to take over, by the node's clock
	vague     bool          // and it may be later than that
	owes      time.Duration // BACKUP: has to take over by then, because the master said farewell; 0: no such thing
	overlap   time.Duration // MASTER: since when another one was seen
	overlaps  bool

	quelled  bool // asleep as BACKUP, and a master that counts was heard meanwhile
	humbled  bool // asleep as MASTER, and a better one was heard meanwhile
	replayed time.Duration
	replays  bool
}

// enough is how many violations of one scenario are worth telling.
const enough = 20

func (c *checker) fail(format string, args ...any) {
	if len(c.faults) >= enough {
		return
	}
	c.faults = append(c.faults, fmt.Sprintf("%9.3fs  ", c.w.now.Seconds())+fmt.Sprintf(format, args...))
}

// clock is the node's monotonic clock.
func (n *node) clock() time.Duration { return n.w.now - n.slept }

// sent: only a master, or one that takes over in this very moment, sends adverts; it leaves no interval out and tells its
// priority; nobody whose group has a fault says anything but farewell.
func (c *checker) sent(n *node, slot int, prio uint8) {
	s := &n.seats[slot]
	if prio == 0 {
		if s.state != vrrp.Master {
			c.fail("%s vrid %d says farewell in %s", n.name, s.vrid, s.state)
		}
		s.sent, s.left, s.farewell = false, true, c.w.now
		return
	}
	if n.reloading { // it tells what is new before it is judged again
		s.sentAt, s.sent = c.w.now, true
		return
	}
	s.early = s.early || s.state != vrrp.Master
	if s.faulty {
		c.fail("%s vrid %d sends an advert although it or its group has a fault", n.name, s.vrid)
	}
	if prio != s.ours {
		c.fail("%s vrid %d sends priority %d, which should be %d", n.name, s.vrid, prio, s.ours)
	}
	limit := s.every() + c.w.lag
	if gap := c.w.now - s.sentAt; s.sent && s.state == vrrp.Master && gap > limit {
		c.fail("%s vrid %d was silent for %s with an interval of %s", n.name, s.vrid, gap, s.every())
	}
	s.sentAt, s.sent = c.w.now, true
	c.rivals(n, s)
}

// unsent: what could not be sent counts for a farewell; an advert is no obligation without a link.
func (c *checker) unsent(n *node, vrid, prio uint8) {
	for i := range n.seats {
		if s := &n.seats[i]; prio == 0 && s.router != nil && s.vrid == int(vrid) {
			s.left, s.farewell = true, c.w.now
		}
	}
}

// rivals: where everything arrives, there are not two masters for longer than it takes them to hear each other.
func (c *checker) rivals(n *node, s *seat) {
	l := c.w.lans[s.link]
	if s.state != vrrp.Master || s.ah() || !l.whole() || c.rival(n, s) == nil {
		s.overlaps = false
		return
	}
	if !s.overlaps {
		s.overlaps, s.overlap = true, c.w.now
		return
	}
	if d := c.w.now - s.overlap; d > 2*s.every()+2*(latency+l.delay+c.w.lag) {
		c.fail("%s and %s have both been master of vrid %d for %s", n.name, c.rival(n, s).name, s.vrid, d)
	}
}

// rival returns another master that should hear n.
func (c *checker) rival(n *node, s *seat) *node {
	for _, o := range c.w.nodes {
		if o == n || !o.awake() {
			continue
		}
		if i := o.slot(s.link, uint8(s.vrid)); i >= 0 && o.seats[i].state == vrrp.Master && o.seats[i].agrees(s.router) {
			return o
		}
	}
	return nil
}

// disturbed is called when the scenario does something: overlaps of masters are excused.
func (c *checker) disturbed() {
	for _, n := range c.w.nodes {
		for i := range n.seats {
			n.seats[i].overlaps = false
		}
	}
}

// owned: addresses are taken and given up in turn.
func (c *checker) owned(n *node, slot int, own bool) {
	s := &n.seats[slot]
	inherited := s.inherited
	if s.inherited = false; s.owned == own && !inherited {
		c.fail("%s vrid %d is told twice in a row that it owns its addresses: %v", n.name, s.vrid, own)
	}
}

// shouted: an address that was yielded is quiet.
func (c *checker) shouted(n *node, slot int) {
	if s := &n.seats[slot]; !s.owned {
		c.fail("%s announces the address of vrid %d, which it does not hold", n.name, s.vrid)
	}
}

// became: nobody takes over before its time, and a master that leaves says so.
func (c *checker) became(n *node, slot int, a *vrrp.Action) {
	s := &n.seats[slot]
	if a.From != s.state && !(s.held && s.state == vrrp.Init && a.From == vrrp.Fault) {
		c.fail("%s vrid %d leaves %s, but was %s", n.name, s.vrid, a.From, s.state)
	}
	switch {
	case a.State == vrrp.Master:
		c.w.takeOvers++
		if s.quelled {
			c.fail("%s vrid %d slept while a master lived, and takes over when it wakes", n.name, s.vrid)
		}
		s.early = false
		if early := s.notBefore - n.clock(); a.From == vrrp.Backup && early > 0 && s.prio != vrrp.PriorityOwner {
			c.fail("%s vrid %d takes over %s too early", n.name, s.vrid, early)
		}
	case a.From == vrrp.Master && a.State != vrrp.Backup && !n.links[s.link].gone && (!s.left || s.farewell != c.w.now):
		c.fail("%s vrid %d goes from MASTER to %s without a farewell", n.name, s.vrid, a.State)
	}
	bereft := slices.Contains(n.bereft, slot)
	if a.From == vrrp.Master && a.State == vrrp.Backup && !n.reloading && !bereft && !n.outranked(s) {
		c.fail("%s vrid %d gives way to nobody", n.name, s.vrid)
	}
	if a.State == vrrp.Fault && !s.faulty {
		c.fail("%s vrid %d goes to FAULT without a fault", n.name, s.vrid)
	}
	if a.State == vrrp.Backup {
		s.notBefore, s.vague = n.clock()+s.down(s.ours), false
		if bereft {
			s.notBefore = n.clock() + s.skew(s.ours)
		}
	}
	s.state = a.State
	s.owes, s.sent, s.overlaps = 0, s.sent && a.State == vrrp.Master, false
}

// met: a master with priority 255 heard another one. compat: both are content with 254 for the rest of their lives.
func (c *checker) met(n *node, slot int) {
	s := &n.seats[slot]
	if s.state != vrrp.Master || s.ours != vrrp.PriorityOwner {
		c.fail("%s vrid %d met another owner in %s with priority %d", n.name, s.vrid, s.state, s.ours)
	}
	s.humble, s.ours = true, vrrp.PriorityOwner-1
}

// outranked reports whether the node is hearing an advert at this moment that makes a router, or its group, give way.
func (n *node) outranked(s *seat) bool {
	p := n.hearing
	return p != nil && (s.group >= 0 || int(p.vrid) == s.vrid && p.prio >= s.ours)
}

// believed notes what an advert that passed every check means for one who is BACKUP.
func (c *checker) believed(n *node, slot int, p *packet) {
	s := &n.seats[slot]
	switch {
	case s.state != vrrp.Backup:
	case p.prio == 0:
		soon := n.clock() + s.skew(s.ours)
		if s.group >= 0 { // it may be waiting for the others since long
			soon = min(soon, s.notBefore)
		}
		s.notBefore, s.vague = soon, false
		s.owes = c.w.now + s.skew(s.ours)
		c.w.queue.add(appointment{at: s.owes + c.w.lag + 1, kind: oath, node: n, number: slot})
	case p.prio >= s.ours || s.noPreempt:
		s.notBefore, s.vague = n.clock()+s.down(s.ours), false
		s.owes = 0
	case s.delayed:
		s.vague, s.owes = true, 0
	}
}

// oath: who heard a farewell and nobody better since is master after its skew, with its whole group if all of that heard it.
func (c *checker) oath(n *node, slot int, at time.Duration) {
	if !n.awake() || slot >= len(n.seats) || n.seats[slot].router == nil {
		return
	}
	s := &n.seats[slot]
	if s.owes == 0 || s.owes+c.w.lag+1 != at {
		return
	}
	for _, m := range n.fellows(slot) {
		if o := &n.seats[m]; o.state != vrrp.Master && (o.owes == 0 || o.owes+c.w.lag > c.w.now) {
			return
		}
	}
	if s.state != vrrp.Master {
		c.fail("%s vrid %d is %s, although the master said farewell", n.name, s.vrid, s.state)
	}
}

// rejected: nodes that agree on their configuration believe each other. Only an authentication header may be refused as
// replayed; doc.go says when that cannot be helped.
func (c *checker) rejected(n *node, slot int, p *packet, why vrrp.Reason) {
	s := &n.seats[slot]
	if !s.agrees(p.as) {
		return
	}
	if why != vrrp.Replayed {
		c.fail("%s does not believe %s about vrid %d: %s", n.name, p.from.name, p.vrid, why)
		return
	}
	c.w.rejected++
	s.replays, s.replayed = true, c.w.now
}
