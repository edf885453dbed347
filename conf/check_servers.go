package conf

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/conf/diag"
)

// checkServers fills in what a virtual server leaves out, saying so as keepalived does, and finds twins and
// ports that cannot be.
func checkServers(c *Config, l *diag.List) {
	c.VirtualServers = slices.DeleteFunc(c.VirtualServers, func(vs *VirtualServer) bool {
		if len(vs.RealServers) == 0 {
			l.Add(about(vs.At, "no-real-server", "the virtual server has no real server",
				"Virtual server "+vs.text()+" has no real servers - ignoring", "it is ignored"))
			return true
		}
		checkService(vs, l)
		checkPorts(vs, l)
		return false
	})
}

// checkService tells of the defaults that keepalived warns about.
func checkService(vs *VirtualServer, l *diag.List) {
	if !vs.Protocol.Set() && vs.Address.Set() {
		l.Add(about(vs.At, "default-protocol", "no protocol given",
			"Virtual server "+strings.Replace(vs.text(), ":udp:", ":none:", 1)+": no protocol set - defaulting to UDP", "UDP is used"))
	}
	name := vs.text()
	if vs.OnePacket.V && vs.Protocol.V != ProtocolUDP {
		l.Add(about(vs.OnePacket.At, "ops-needs-udp", "one-packet scheduling is for UDP only",
			"Virtual server "+name+": one packet scheduling requires UDP - resetting", "it is off"))
		vs.OnePacket.V = false
	}
	if !vs.Forward.Set() {
		l.Add(about(vs.At, "default-forward", "no lb_kind given",
			"Virtual server "+name+": no forwarding method set, setting default NAT", "NAT is used"))
	}
	if !vs.Scheduler.Set() {
		l.Add(about(vs.At, "default-scheduler", "no lb_algo given",
			"Virtual server "+name+": no scheduler set, setting default 'wlc'", "wlc is used"))
	}
	if vs.Address.Set() && vs.Address.V.Port() == 0 && vs.Persistence.V == 0 {
		l.Add(about(vs.At, "port-zero", "port 0 needs persistence",
			"Virtual server "+name+": zero port only valid for persistent services - setting", "persistence_timeout 360 is used"))
		vs.Persistence.V = 360 * time.Second
	}
}

// checkPorts drops twins and, where packets keep their destination port, sets the real servers' ports.
func checkPorts(vs *VirtualServer, l *diag.List) {
	have := map[netip.AddrPort]bool{}
	vs.RealServers = slices.DeleteFunc(vs.RealServers, func(rs *RealServer) bool {
		a := rs.Address.V
		if want := vs.Address.V.Port(); rs.Forward.V != ForwardNAT && vs.Address.Set() && a.Port() != want {
			l.Add(about(rs.Address.At, "port-mismatch", "without NAT a real server listens on the virtual server's port",
				"WARNING - virtual server "+vs.text()+" and real server "+vs.endpoint(a)+" ports don't match - resetting",
				"port "+strconv.Itoa(int(want))+" is used"))
			a = netip.AddrPortFrom(a.Addr(), want)
			rs.Address.V = a
		}
		if have[a] {
			l.Add(about(rs.Address.At, "duplicate-server", "the real server "+a.String()+" is there already",
				"VS "+vs.text()+": real server "+vs.endpoint(a)+" is duplicated - removing second rs", "this one is ignored"))
			return true
		}
		have[a] = true
		return false
	})
}

// text names a virtual server as keepalived's lines do.
func (vs *VirtualServer) text() string {
	switch {
	case vs.Mark.Set():
		return "FWM " + strconv.FormatUint(uint64(vs.Mark.V), 10)
	case vs.Group.Set():
		return "[" + vs.Group.V + "]"
	}
	return vs.endpoint(vs.Address.V)
}

func (vs *VirtualServer) endpoint(a netip.AddrPort) string {
	proto := "udp"
	switch vs.Protocol.V {
	case ProtocolTCP:
		proto = "tcp"
	case ProtocolSCTP:
		proto = "sctp"
	}
	return "[" + a.Addr().String() + "]:" + proto + ":" + strconv.Itoa(int(a.Port()))
}
