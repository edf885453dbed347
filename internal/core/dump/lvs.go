package dump

import (
	"strconv"

	"holdfast/conf"
)

// lvs gives the lines of global_defs on virtual servers in front of local IGMP's, and sync those behind it.
func (t *text) lvs(g *conf.Global) {
	to := g.Timeouts.V
	t.when(to.TCP > 0, " LVS TCP timeout = %d", whole(to.TCP))
	t.when(to.TCPFin > 0, " LVS TCP FIN timeout = %d", whole(to.TCPFin))
	t.when(to.UDP > 0, " LVS TCP timeout = %d", whole(to.UDP)) // compat: it is UDP's
}

func (t *text) sync(g *conf.Global, m *Machine) {
	if s := g.SyncDaemon.V; g.SyncDaemon.Set() {
		t.when(s.Instance.Set(), " LVS syncd vrrp %s = %s", either(m.Checks, "name", "instance"), s.Instance.V)
		t.add(" LVS syncd interface = %s", s.Interface.V)
		t.add(" LVS syncd syncid = %d", s.ID.V)
		t.when(s.MaxLen.Set(), " LVS syncd maxlen = %d", s.MaxLen.V)
		t.when(s.Group.Set(), " LVS mcast group %s", s.Group.V)
		t.when(s.Port.Set(), " LVS syncd mcast port = %d", s.Port.V)
		t.when(s.TTL.Set(), " LVS syncd mcast ttl = %d", s.TTL.V)
	}
	t.add(" LVS flush = %t", g.LVSFlush.V)
	t.add(" LVS flush on stop = %s", [...]string{conf.FlushNothing: "disabled", conf.FlushAll: "enabled", conf.FlushVirtualServers: "VS"}[g.LVSFlushOnStop.V])
	if f := &g.LVSNotifyFIFO; f.Path.Set() && m.FIFO != nil {
		t.add(" LVS notify fifo = %s, uid:gid %d:%d", f.Path.V, m.FIFO.UID, m.FIFO.GID)
		if p, ok := m.program(f.Script); ok {
			t.add(" LVS notify fifo script = %s '%s', uid:gid %d:%d", quoted(p.Argv), f.Path.V, p.UID, p.GID)
		}
	}
}

// topology gives the sections on what SSL_GET shows of itself, on groups and on virtual servers.
func (t *text) topology(cfg *conf.Config, m *Machine) {
	t.ssl(cfg)
	t.header("LVS Topology")
	t.add(" System is compiled with LVS v1.2.1")
	for _, g := range cfg.ServerGroups {
		t.serverGroup(g, m)
	}
	for i := range m.Census {
		t.service(cfg, &m.Census[i], m)
	}
}

func (t *text) ssl(cfg *conf.Config) {
	s := cfg.SSL
	switch {
	case s != nil:
		t.header("SSL definitions")
		t.when(s.Password.Set(), " Password : ********") // it opens a key, and the file and the log are made to be read
		t.when(s.CA.Set(), " CA-file : %s", s.CA.V)
		t.when(s.Certificate.Set(), " Certificate file : %s", s.Certificate.V)
		t.when(s.Key.Set(), " Key file : %s", s.Key.V)
	case speaksTLS(cfg):
		t.header("SSL definitions")
		t.add(" Using autogen SSL context")
	}
}

func speaksTLS(cfg *conf.Config) bool {
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				if c.Kind == "SSL_GET" {
					return true
				}
			}
		}
	}
	return false
}

func (t *text) serverGroup(g *conf.ServerGroup, m *Machine) {
	var four, six bool
	for i := range g.Entries {
		if a := g.Entries[i].First; a.IsValid() {
			four, six = four || a.Is4(), six || !a.Is4()
		}
	}
	alive := m.alive(g.Name)
	t.add(" ------< Virtual server group >------")
	t.add(" Virtual Server Group = %s, IPv4 = %s, IPv6 = %s", g.Name, either(four, "yes", "no"), either(six, "yes", "no"))
	for i := range g.Entries {
		switch e := &g.Entries[i]; {
		case e.IsMark():
			t.add("   FWMARK = %d", e.Mark)
			t.add("     Alive: %d IPv4, %d IPv6", alive.four, alive.six)
		case e.Last != e.First:
			t.add("   VIP Range = %s-%s, VPORT = %d", e.First, e.Last, e.Port)
			t.add("     Alive: %d tcp, %d udp, %d sctp", alive.tcp, alive.udp, alive.sctp)
		default:
			t.add("   VIP = %s, VPORT = %d", e.First, e.Port)
			t.add("     Alive: %d tcp, %d udp, %d sctp", alive.tcp, alive.udp, alive.sctp)
		}
		t.add("     reloaded = %s", either(m.Reloaded, "True", "False"))
	}
}

// living counts servers that are in the table, if only at weight 0.
type living struct{ tcp, udp, sctp, four, six int }

// alive counts those of the virtual servers that name a group.
func (m *Machine) alive(group string) (n living) {
	for i := range m.Census {
		s := &m.Census[i]
		if !s.Conf.Group.Set() || s.Conf.Group.V != group {
			continue
		}
		in := 0
		for j := range s.Servers {
			if s.Servers[j].In {
				in++
			}
		}
		switch s.Conf.Protocol.V {
		case conf.ProtocolTCP:
			n.tcp += in
		case conf.ProtocolUDP:
			n.udp += in
		case conf.ProtocolSCTP:
			n.sctp += in
		}
		if s.Conf.Family.V == conf.FamilyIPv6 {
			n.six += in
		} else {
			n.four += in
		}
	}
	return n
}

// protocol is the word for what a service carries. compat: a mark has none.
func protocol(vs *conf.VirtualServer) string {
	return [256]string{conf.ProtocolTCP: "tcp", conf.ProtocolUDP: "udp", conf.ProtocolSCTP: "sctp", 0: "none"}[vs.Protocol.V]
}

// onOff is a setting that is on or off.
func onOff(v bool) string { return either(v, "ON", "OFF") }

func bit(v bool) string { return strconv.Itoa(map[bool]int{true: 1}[v]) }
