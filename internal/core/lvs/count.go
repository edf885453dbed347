package lvs

import "net/netip"

// Count is how many connections the kernel remembers of a destination. Of a datagram protocol all are inactive.
type Count struct {
	Key      Key
	Dest     netip.AddrPort
	Active   uint32 // established
	Inactive uint32 // others that have not been forgotten
}

// Open is how many of the connections may still carry something: of UDP, which does not say when it is over, all that are
// remembered.
func (c *Count) Open() uint32 {
	if c.Key.Protocol == 17 {
		return c.Active + c.Inactive
	}
	return c.Active
}
