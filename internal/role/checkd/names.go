package checkd

import (
	"fmt"
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/check"
)

// serviceName is how keepalived names a virtual server: [10.9.0.1]:tcp:80, FWM 3, [G]:0.
func serviceName(vs *conf.VirtualServer, ordinal int) string {
	switch {
	case vs.Group.Set():
		return fmt.Sprintf("[%s]:%d", vs.Group.V, ordinal)
	case vs.Mark.Set():
		return fmt.Sprintf("FWM %d", vs.Mark.V)
	}
	return addressName(vs.Address.V, vs)
}

// addressName is how keepalived names a server behind vs: [10.2.0.11]:tcp:80.
func addressName(a netip.AddrPort, vs *conf.VirtualServer) string {
	return fmt.Sprintf("[%s]:%s:%d", a.Addr(), carried(vs), a.Port())
}

// carried is the word for a service's protocol. compat: a firewall mark has none.
func carried(vs *conf.VirtualServer) string {
	if vs.Mark.Set() {
		return "none"
	}
	return protocolWord(uint8(vs.Protocol.V))
}

// entryName is how keepalived names an entry of a group when it comes or goes.
func entryName(e *conf.GroupEntry, vs *conf.VirtualServer, gone bool) string {
	switch {
	case e.IsMark() && gone:
		return fmt.Sprint(e.Mark) // compat
	case e.IsMark():
		return fmt.Sprintf("FWM %d", e.Mark)
	}
	name := addressName(netip.AddrPortFrom(e.First, e.Port), vs)
	if e.Last.IsValid() && e.Last != e.First {
		name += "-" + e.Last.String()
	}
	return name
}

func vsName(r *check.Report) string { return serviceName(r.Virtual, r.Ordinal) }
func rsName(r *check.Report) string { return addressName(r.Addr, r.Virtual) }
