package conf

import (
	"math"
	"net/netip"
	"slices"
	"strconv"

	"holdfast/conf/diag"
)

// checkServers fills in what a virtual server leaves out, saying so as keepalived does, drops those that cannot be,
// and finds twins, ports and quorums that cannot be.
func checkServers(c *Config, l *diag.List) {
	groups := make(map[string]*groupFacts, len(c.ServerGroups))
	for _, g := range c.ServerGroups {
		groups[g.Name] = g.facts()
	}
	mismatches := 0
	c.VirtualServers = slices.DeleteFunc(c.VirtualServers, func(vs *VirtualServer) bool {
		s := service{vs: vs, l: l, mismatches: &mismatches}
		if vs.Group.Set() && !s.join(groups[vs.Group.V]) {
			return true
		}
		if len(vs.RealServers) == 0 {
			s.warn(vs.At, "no-real-server", "the virtual server has no real server",
				"Virtual server "+vs.text()+" has no real servers - ignoring", "it is ignored")
			return true
		}
		s.protocol()
		s.defaults()
		s.twins()
		s.sorry()
		moved := false
		for _, rs := range vs.RealServers {
			was := rs.Address.V
			s.ports(rs)
			moved = moved || rs.Address.V != was
		}
		if moved {
			s.merged()
		}
		s.quorum()
		return false
	})
}

// groupFacts is what the entries of a group have among them.
type groupFacts struct {
	*ServerGroup
	four, six, bare  bool // IPv4, IPv6, marks that do not say which
	marks, addresses bool
	zero             bool // an address without a port
}

func (g *ServerGroup) facts() *groupFacts {
	f := &groupFacts{ServerGroup: g}
	for i := range g.Entries {
		e := &g.Entries[i]
		family := e.Family
		if e.IsMark() {
			f.marks = true
		} else {
			f.addresses, family = true, lvsFamily(e.First)
			f.zero = f.zero || e.Port == 0
		}
		f.four = f.four || family == FamilyIPv4
		f.six = f.six || family == FamilyIPv6
		f.bare = f.bare || family == FamilyUnknown
	}
	return f
}

// service is one virtual server being judged.
type service struct {
	vs    *VirtualServer
	group *groupFacts // nil: the virtual server is no group
	l     *diag.List

	marks, addresses bool // what the service is made of
	mismatches       *int // told of all groups so far
}

// maxMismatches is how often a port that is not an entry's is told: real servers and entries multiply.
const maxMismatches = 10_000

func (s *service) warn(at diag.Span, code, summary, compat, effect string) {
	d := about(at, code, summary, compat, effect)
	if at != s.vs.At {
		d.In = []diag.Context{{What: "virtual_server " + s.vs.text(), At: s.vs.At}}
	}
	s.l.Add(d)
}

// join finds the virtual server's group. keepalived drops a virtual server without a word if there is no such group, or
// if the group has entries of the family that the virtual server is not of.
func (s *service) join(g *groupFacts) bool {
	name := s.vs.Group.V
	dropped := func(code, summary string) bool {
		s.l.Add(diag.Diagnostic{Severity: diag.Warning, Code: code, At: s.vs.Group.At, Summary: summary, Effect: "the virtual server is ignored"})
		return false
	}
	if g == nil {
		return dropped("unknown-group", "there is no virtual_server_group "+name)
	}
	if f := s.vs.Family.V; f == FamilyIPv4 && g.six || f == FamilyIPv6 && g.four {
		return dropped("family", "virtual_server_group "+name+" has entries of another family than the virtual server")
	}
	s.group, s.marks, s.addresses = g, g.marks, g.addresses
	return true
}

// protocol settles what the service carries; a firewall mark says that itself.
func (s *service) protocol() {
	vs := s.vs
	if s.group == nil {
		s.marks, s.addresses = vs.Mark.Set(), vs.Address.Set()
	}
	switch {
	case !s.addresses && vs.Protocol.Set():
		s.warn(vs.Protocol.At, "useless-protocol", "a firewall mark stands for any protocol",
			"Warning: Virtual server "+vs.text()+": protocol specified for fwmark - protocol will be ignored", "the line is ignored")
		vs.Protocol = Value[Protocol]{}
	case s.addresses && !vs.Protocol.Set():
		s.warn(vs.At, "default-protocol", "no protocol given",
			"Virtual server "+vs.text()+": no protocol set - defaulting to UDP", "UDP is used")
		vs.Protocol.V = ProtocolUDP
	}
	if vs.OnePacket.V && s.addresses && vs.Protocol.V != ProtocolUDP {
		s.warn(vs.OnePacket.At, "ops-needs-udp", "one-packet scheduling is for UDP only",
			"Virtual server "+vs.text()+": one packet scheduling requires UDP - resetting", "it is off")
		vs.OnePacket.V = false
	}
	if vs.HASuspend.V && s.marks {
		s.warn(vs.HASuspend.At, "suspend-mark", "ha_suspend looks for an address, and a firewall mark is none",
			"Virtual server "+vs.text()+": cannot use ha_suspend with fwmarks - clearing ha_suspend", "it is off")
		vs.HASuspend.V = false
	}
}

// defaults tells of the defaults that keepalived warns about.
func (s *service) defaults() {
	vs, name := s.vs, s.vs.text()
	lacks := vs.SorryServer.Set() && !vs.SorryForward.Set()
	for _, rs := range vs.RealServers {
		lacks = lacks || !rs.Forward.Set()
	}
	if lacks {
		s.warn(vs.At, "default-forward", "no lb_kind given",
			"Virtual server "+name+": no forwarding method set, setting default NAT", "NAT is used")
	}
	if !vs.Scheduler.Set() {
		s.warn(vs.At, "default-scheduler", "no lb_algo given",
			"Virtual server "+name+": no scheduler set, setting default 'wlc'", "wlc is used")
	}
	zero := vs.Address.Set() && vs.Address.V.Port() == 0
	if s.group != nil {
		zero = s.group.zero
	}
	if zero && vs.Persistence.V == 0 {
		s.warn(vs.At, "port-zero", "port 0 needs persistence",
			"Virtual server "+name+": zero port only valid for persistent services - setting", "persistence_timeout 360 is used")
		vs.Persistence.V = defaultPersistence
	}
}

// twins drops real servers that are there already. keepalived compares the ports as they are written.
func (s *service) twins() {
	if len(s.vs.RealServers) < 2 {
		return
	}
	have := make(map[netip.AddrPort]diag.Span, len(s.vs.RealServers))
	s.vs.RealServers = slices.DeleteFunc(s.vs.RealServers, func(rs *RealServer) bool {
		a := rs.Address.V
		if at, twin := have[a]; twin {
			s.warn(rs.Address.At, "duplicate-server", "the real server "+a.String()+" is there already, at "+at.String(),
				"VS "+s.vs.text()+": real server "+s.vs.endpoint(a)+" is duplicated - removing second rs", "this one is ignored")
			return true
		}
		have[a] = rs.Address.At
		return false
	})
}

// ports sets a real server's port where the method of forwarding leaves no choice.
func (s *service) ports(rs *RealServer) {
	vs, a := s.vs, rs.Address.V
	at, name := rs.Address.At, func() string { return vs.endpoint(a) }
	keeps := rs.Forward.V != ForwardNAT // packets keep their port
	switch {
	case vs.Address.Set():
		want := vs.Address.V.Port()
		if keeps && a.Port() != 0 && a.Port() != want {
			s.warn(at, "port-mismatch", "without NAT a real server listens on the virtual server's port",
				"WARNING - virtual server "+vs.text()+" and real server "+name()+" ports don't match - resetting",
				"port "+itoa(want)+" is used")
		}
		if keeps || a.Port() == 0 {
			rs.Address.V = netip.AddrPortFrom(a.Addr(), want)
		}
	case !keeps || a.Port() == 0:
	case vs.Mark.Set():
		s.warn(at, "port-mark", "without NAT a real server listens on the port that the packet is for",
			"WARNING - fwmark virtual server "+vs.text()+", real server "+name()+" has port specified - clearing", "the port is ignored")
		rs.Address.V = netip.AddrPortFrom(a.Addr(), 0)
	default:
		s.groupPorts(rs, name())
	}
}

// merged tells of real servers that have become one by what ports did; keepalived keeps and checks both.
func (s *service) merged() {
	if len(s.vs.RealServers) < 2 {
		return
	}
	have := make(map[netip.AddrPort]diag.Span, len(s.vs.RealServers))
	for _, rs := range s.vs.RealServers {
		at, twin := have[rs.Address.V]
		if !twin {
			have[rs.Address.V] = rs.Address.At
			continue
		}
		s.l.Add(diag.Diagnostic{
			Severity: diag.Warning, Code: "duplicate-server", At: rs.Address.At,
			Summary: "with its port changed this real server is the one at " + at.String(),
			Effect:  "the kernel knows one of both", Suggest: "remove one",
			In: []diag.Context{{What: "virtual_server " + s.vs.text(), At: s.vs.At}},
		})
	}
}

// groupPorts compares a real server's port with the ports of all entries of a group.
func (s *service) groupPorts(rs *RealServer, name string) {
	vs, at := s.vs, rs.Address.At
	if s.marks {
		s.warn(at, "port-mark", "without NAT a real server listens on the port that the packet is for",
			"WARNING - fwmark virtual server "+vs.text()+", real server "+name+" has port specified - port will be ignored",
			"the port does not count for the group's marks")
	}
	for i := range s.group.Entries {
		e := &s.group.Entries[i]
		if e.IsMark() || e.Port == rs.Address.V.Port() {
			continue
		}
		switch *s.mismatches++; {
		case *s.mismatches > maxMismatches:
			return
		case *s.mismatches == maxMismatches:
			s.l.Add(diag.Diagnostic{Severity: diag.Warning, Code: "port-mismatch", At: at, Summary: "further ports that do not match are not told"})
		default:
			s.warn(at, "port-mismatch", "without NAT a real server listens on the virtual server's port",
				"virtual server "+vs.text()+":["+e.text()+"] and real server "+name+" ports don't match",
				"port "+itoa(e.Port)+" is used for the entry at "+e.At.String())
		}
	}
}

// sorry settles the sorry server's port, and its conflict with a real server that is the same machine.
func (s *service) sorry() {
	vs := s.vs
	if !vs.SorryServer.Set() {
		return
	}
	a, at, name := vs.SorryServer.V, vs.SorryServer.At, vs.text()
	for _, rs := range vs.RealServers {
		if rs.Address.V == a && rs.InhibitOnFailure.V != vs.SorryInhibit.V {
			s.sorryTwin(rs)
		}
	}
	keeps := vs.SorryForward.V != ForwardNAT
	clear := func(compat string) {
		s.warn(at, "port-mark", "without NAT a sorry server listens on the port that the packet is for", compat, "the port is ignored")
	}
	switch {
	case vs.Address.Set():
		want := vs.Address.V.Port()
		if keeps && a.Port() != 0 && a.Port() != want {
			s.warn(at, "port-mismatch", "without NAT a sorry server listens on the virtual server's port",
				"WARNING - virtual server "+name+" and sorry server ports don't match - resetting", "port "+itoa(want)+" is used")
		}
		if keeps || a.Port() == 0 {
			vs.SorryServer.V = netip.AddrPortFrom(a.Addr(), want)
		}
	case !keeps || a.Port() == 0:
	case vs.Mark.Set():
		clear("WARNING - virtual server " + name + ", sorry server has port specified - clearing")
		vs.SorryServer.V = netip.AddrPortFrom(a.Addr(), 0)
	default:
		if s.marks {
			clear("WARNING - fwmark virtual server " + name + ", sorry server has port specified - port will be ignored")
		}
		if s.addresses {
			clear("WARNING - virtual server " + name + ", sorry server has port specified - port will be ignored")
		}
	}
}

func (s *service) sorryTwin(rs *RealServer) {
	vs, does := s.vs, "clearing"
	if rs.InhibitOnFailure.V {
		does = "setting"
	}
	s.warn(vs.SorryServer.At, "sorry-twin", "the sorry server is a real server too, and only one of both is inhibited",
		"Virtual server "+vs.text()+": real server "+vs.endpoint(rs.Address.V)+" matches sorry server, but inhibit setting differs, "+
			does+" on sorry server", "sorry_server_inhibit is as inhibit_on_failure of the real server at "+rs.Address.At.String())
	vs.SorryInhibit.V = rs.InhibitOnFailure.V
}

// quorum takes down what can never be reached.
// compat: the sum of the weights is taken in 32 bits, and so is what is less than a quorum of nothing.
func (s *service) quorum() {
	vs, name := s.vs, s.vs.text()
	var sum uint32
	for _, rs := range vs.RealServers {
		sum += uint32(rs.Weight.V)
	}
	at := func(v Value[uint32]) diag.Span {
		if v.Set() {
			return v.At
		}
		return vs.At
	}
	if vs.Quorum.V > sum {
		s.warn(at(vs.Quorum), "quorum", "the quorum is above the sum of the weights, "+itoa(sum),
			"Warning - quorum "+itoa(vs.Quorum.V)+" for "+name+" exceeds total weight of real servers "+itoa(sum)+", reducing quorum to "+itoa(sum),
			"the quorum is "+itoa(sum))
		vs.Quorum.V = sum
	}
	if vs.Hysteresis.V < vs.Quorum.V {
		return
	}
	to, effect := vs.Quorum.V-1, "the hysteresis is "+itoa(vs.Quorum.V-1)
	if to == math.MaxUint32 {
		effect = "the quorum can never be reached"
	}
	s.warn(at(vs.Hysteresis), "hysteresis", "the hysteresis is not less than the quorum",
		"Virtual server "+name+": hysteresis "+itoa(vs.Hysteresis.V)+" >= quorum "+itoa(vs.Quorum.V)+"; setting hysteresis to "+itoa(to), effect)
	vs.Hysteresis.V = to
}

// text names a virtual server as keepalived's lines do.
func (vs *VirtualServer) text() string {
	switch {
	case vs.Mark.Set():
		return "FWM " + itoa(vs.Mark.V)
	case vs.Group.Set():
		return "[" + vs.Group.V + "]:0"
	}
	return vs.endpoint(vs.Address.V)
}

func (vs *VirtualServer) endpoint(a netip.AddrPort) string {
	proto := "none"
	switch vs.Protocol.V {
	case ProtocolTCP:
		proto = "tcp"
	case ProtocolUDP:
		proto = "udp"
	case ProtocolSCTP:
		proto = "sctp"
	}
	return "[" + a.Addr().String() + "]:" + proto + ":" + strconv.Itoa(int(a.Port()))
}
