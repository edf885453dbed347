package sim

import "holdfast/vrrp"

// stripping: a master and the masters of its group are about to step down.
func (c *checker) stripping(n *node, slot int) {
	if n.seats[slot].state != vrrp.Master {
		return
	}
	for _, m := range n.fellows(slot) {
		if n.seats[m].state == vrrp.Master {
			n.bereft = append(n.bereft, m)
		}
	}
}

// stripped: they did, with a farewell each.
func (c *checker) stripped(n *node, slot int) {
	for _, m := range n.bereft {
		s := &n.seats[m]
		if s.state != vrrp.Backup {
			c.fail("%s vrid %d lost an address of vrid %d and is %s", n.name, s.vrid, n.seats[slot].vrid, s.state)
		}
		if !s.left || s.farewell != c.w.now {
			c.fail("%s vrid %d steps down without a farewell", n.name, s.vrid)
		}
	}
	n.bereft = n.bereft[:0]
}

// adopted: what a daemon held when it died is held by the next one, unless there is a fault.
func (c *checker) adopted(n *node, adopt map[int]bool) {
	for slot := range adopt {
		s := &n.seats[slot]
		if s.inherited {
			c.fail("%s vrid %d: nobody says whether it goes on holding its addresses", n.name, s.vrid)
		}
		if !s.faulty && s.state != vrrp.Master {
			c.fail("%s vrid %d was master before its daemon died and is %s", n.name, s.vrid, s.state)
		}
	}
}
