package sim

import (
	"errors"
	"net/netip"

	"holdfast/internal/role/vrrpd"
	"holdfast/vrrp"
)

var _ vrrpd.Ports = (*node)(nil)

var errNoLink = errors.New("no such device")

// Send implements vrrpd.Ports.
func (n *node) Send(index int, b []byte, _ netip.Addr) error {
	message := b[vrrp.IPv4HeaderLen:]
	if b[9] == vrrp.ProtocolAH {
		_, message, _ = vrrp.SplitAH(message)
	}
	vrid, prio := message[1], message[2]
	number := n.byIndex(index)
	if number < 0 { // it is gone, and the daemon has yet to hear of it
		n.w.check.unsent(n, vrid, prio)
		return errNoLink
	}
	slot := n.slot(number, vrid)
	if slot < 0 {
		n.w.check.fail("%s sends an advert of vrid %d on link %d, where it has none", n.name, vrid, number)
		return nil
	}
	n.w.check.sent(n, slot, prio)
	if prio == 0 && n.w.out != nil {
		n.w.trace("%s vrid %d: send prio=0", n.name, vrid)
	}
	n.w.lan(number).send(n.w.newPacket(n, n.seats[slot].router, b, vrid, prio))
	return nil
}

// Own implements vrrpd.Ports.
func (n *node) Own(slot int, own bool) {
	n.w.check.owned(n, slot, own)
	n.seats[slot].owned = own
	if n.w.out == nil {
		return
	}
	word := "yield"
	if own {
		word = "own"
	}
	n.w.trace("%s %s: %s", n.name, n.instance(slot), word)
}

// Shout implements vrrpd.Ports.
func (n *node) Shout(slot, repeat int) {
	n.w.check.shouted(n, slot)
	if n.w.out != nil {
		n.w.trace("%s %s: announce x%d", n.name, n.instance(slot), repeat)
	}
}

// Tell implements vrrpd.Ports.
func (n *node) Tell(r vrrpd.Report) {
	a := &r.Action
	if a.Kind == vrrp.Observed && a.Note.Kind == vrrp.TwoOwners {
		n.w.check.met(n, r.Router)
	}
	if a.Kind != vrrp.Became {
		return
	}
	if r.Router < 0 {
		if n.w.out != nil && !r.Syncing {
			n.w.trace("%s group %s: %s", n.name, n.setup.Groups[r.Group-1].Name, a.State)
		}
		return
	}
	n.w.check.became(n, r.Router, a)
	if n.w.out != nil {
		n.w.trace("%s %s: %s → %s (%s)", n.name, n.instance(r.Router), a.From, a.State, vrrpd.Explain(a.Why))
	}
}

func (n *node) instance(slot int) string { return n.setup.Plans[slot].VRRP.Name }
