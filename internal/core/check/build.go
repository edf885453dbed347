package check

import (
	"encoding/binary"
	"net/netip"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
)

// build makes the services of a configuration, without IDs and as they start: alpha checkers have failed, all else is good.
func (d *Director) build(cfg *conf.Config) []*service {
	groups := make(map[string]*conf.ServerGroup, len(cfg.ServerGroups))
	for _, g := range cfg.ServerGroups {
		groups[g.Name] = g
	}
	files := make(map[string]*conf.TrackFile, len(cfg.Static.TrackFiles))
	for _, f := range cfg.Static.TrackFiles {
		files[f.Name] = f
	}
	ordinals := make(map[string]int)
	services := make([]*service, 0, len(cfg.VirtualServers))
	for _, vs := range cfg.VirtualServers {
		s := &service{conf: vs, logAll: cfg.Global.CheckerLogAll.V}
		if vs.Group.Set() {
			s.group = groups[vs.Group.V]
			s.ordinal = ordinals[vs.Group.V]
			ordinals[vs.Group.V]++
		}
		s.expand()
		for _, rs := range vs.RealServers {
			r := &server{service: s, conf: rs}
			for _, c := range rs.Checkers {
				if d.opt.Usable == nil || d.opt.Usable(c) {
					r.checkers = append(r.checkers, d.checkersOf(r, c, files)...)
				}
			}
			s.servers = append(s.servers, r)
		}
		s.arrange()
		services = append(services, s)
	}
	return services
}

// checkersOf makes one checker, or one for each host of an SMTP_CHECK.
func (d *Director) checkersOf(r *server, c *conf.Checker, files map[string]*conf.TrackFile) []*checker {
	one := func(h *conf.SMTPHost) *checker {
		return &checker{server: r, conf: c, host: h, place: absent, failed: c.Alpha.V && c.File == nil}
	}
	switch {
	case c.SMTP != nil && len(c.SMTP.Hosts) > 0:
		var all []*checker
		if !c.SMTP.HostsOnly {
			all = append(all, one(nil))
		}
		for _, h := range c.SMTP.Hosts {
			all = append(all, one(h))
		}
		return all
	case c.File != nil:
		k := one(nil)
		k.factor, k.invert = int64(c.File.Weight.V), c.File.Reverse.V
		if f := files[c.File.TrackFile.V]; !c.File.Weight.Set() && f != nil {
			k.factor, k.invert = int64(f.Weight.V), f.Reverse
		}
		if k.invert {
			k.factor = -k.factor
		}
		return []*checker{k}
	}
	return []*checker{one(nil)}
}

// maxEntries is how many addresses of one group are served. A table of that many services is beyond what anyone runs, and a
// prefix of IPv6 would fill any memory.
const maxEntries = 1 << 16

// expand lists what the kernel is to know the service by.
func (s *service) expand() {
	vs := s.conf
	add := func(k lvs.Key, of *conf.GroupEntry) {
		s.entries = append(s.entries, entry{service: kernelService(vs, k), of: of})
	}
	switch {
	case vs.Mark.Set():
		add(lvs.MarkKey(family(vs.Family.V), vs.Mark.V), nil)
	case vs.Address.Set():
		add(lvs.AddrKey(uint8(vs.Protocol.V), vs.Address.V), nil)
	case s.group != nil:
		seen := make(map[lvs.Key]bool)
		for i := range s.group.Entries {
			e := &s.group.Entries[i]
			for _, k := range s.keysOf(e) {
				if !seen[k] {
					seen[k] = true
					add(k, e)
				}
			}
			if len(s.entries) > maxEntries {
				s.entries, s.surplus = s.entries[:maxEntries], true
				return
			}
		}
	}
}

// keysOf lists the addresses from the entry's first to its last, or its mark.
func (s *service) keysOf(e *conf.GroupEntry) (keys []lvs.Key) {
	if e.IsMark() {
		f := e.Family
		if f == conf.FamilyUnknown {
			f = s.conf.Family.V
		}
		return []lvs.Key{lvs.MarkKey(family(f), e.Mark)}
	}
	for a := e.First; a.IsValid() && a.Compare(e.Last) <= 0 && len(keys) <= maxEntries; a = a.Next() {
		keys = append(keys, lvs.AddrKey(uint8(s.conf.Protocol.V), netip.AddrPortFrom(a, e.Port)))
	}
	return keys
}

func kernelService(vs *conf.VirtualServer, k lvs.Key) lvs.Service {
	s := lvs.Service{Key: k, Scheduler: vs.Scheduler.V, Engine: vs.Engine.V, Mask: lvs.AllBits(k.Family)}
	for flag, on := range map[lvs.Flags]bool{
		lvs.Persistent: vs.Persistence.V > 0, lvs.OnePacket: vs.OnePacket.V,
		lvs.Sched1: vs.Flag1.V, lvs.Sched2: vs.Flag2.V, lvs.Sched3: vs.Flag3.V,
	} {
		if on {
			s.Flags |= flag
		}
	}
	s.Timeout = vs.Persistence.V
	switch g := vs.Granularity.V; {
	case k.Family == lvs.IPv4 && g.Mask.Is4():
		b := g.Mask.As4()
		s.Mask = binary.BigEndian.Uint32(b[:])
	case k.Family == lvs.IPv6 && g.Bits > 0:
		s.Mask = uint32(g.Bits)
	}
	return s
}

// arrange gives every server, and the sorry server, its slot.
func (s *service) arrange() {
	at := make(map[netip.AddrPort]*slot, len(s.servers)+1)
	place := func(a netip.AddrPort, f conf.Forward) *slot {
		if s.group != nil && f != conf.ForwardNAT {
			a = netip.AddrPortFrom(a.Addr(), 0) // each entry has a port of its own
		}
		p := at[a]
		if p == nil {
			p = &slot{index: len(s.slots)}
			at[a] = p
			s.slots = append(s.slots, p)
		}
		return p
	}
	for _, r := range s.servers {
		r.slot = place(r.conf.Address.V, r.conf.Forward.V)
		r.slot.servers = append(r.slot.servers, r)
	}
	if s.conf.SorryServer.Set() {
		place(s.conf.SorryServer.V, s.conf.SorryForward.V).sorry = true
	}
}

// enroll gives IDs to what has none, and makes the lists by which things are found.
func (d *Director) enroll(services []*service) {
	d.users, d.shared = make(map[lvs.Key]int), make(map[lvs.Key]lvs.Entry)
	d.drains.rules = rulesOf(services)
	d.byFile, d.byBFD = make(map[string][]*checker), make(map[string][]*checker)
	d.byName = make(map[string][]*service)
	freeServer, freeChecker := 0, 0
	for _, s := range services {
		d.byName[s.conf.Name()] = append(d.byName[s.conf.Name()], s)
		for i := range s.entries {
			d.users[s.entries[i].service.Key]++
		}
		for _, r := range s.servers {
			if r.id == 0 {
				freeServer = vacant(&d.servers, freeServer)
				r.id = ServerID(freeServer)
			}
			d.servers[r.id] = r
			for _, c := range r.checkers {
				if c.id == 0 {
					freeChecker = vacant(&d.checkers, freeChecker)
					c.id = CheckerID(freeChecker)
				}
				d.checkers[c.id] = c
				switch {
				case c.conf.File != nil:
					d.byFile[c.conf.File.TrackFile.V] = append(d.byFile[c.conf.File.TrackFile.V], c)
				case c.conf.BFD != nil:
					d.byBFD[c.conf.BFD.Name.V] = append(d.byBFD[c.conf.BFD.Name.V], c)
				}
			}
			d.measure(r)
		}
	}
	d.gather(services)
}

// vacant finds a free place in list from i on; place 0 stays free.
func vacant[T any](list *[]*T, i int) int {
	for i = max(i, 1); i < len(*list); i++ {
		if (*list)[i] == nil {
			return i
		}
	}
	for len(*list) <= i {
		*list = append(*list, nil)
	}
	return i
}

// prime takes over what is known of files and sessions, and counts anew.
func (d *Director) prime(r *server) {
	r.failing = 0
	for _, c := range r.checkers {
		switch {
		case c.conf.File != nil:
			c.read(d.files[c.conf.File.TrackFile.V])
		case c.conf.BFD != nil:
			if up, known := d.sessions[c.conf.BFD.Name.V]; known {
				c.failed = !up
			}
		}
		if c.failed {
			r.failing++
		}
	}
}

func family(f conf.Family) lvs.Family {
	if f == conf.FamilyIPv6 {
		return lvs.IPv6
	}
	return lvs.IPv4
}

func forward(f conf.Forward) lvs.Forward {
	switch f {
	case conf.ForwardNAT:
		return lvs.Masq
	case conf.ForwardDR:
		return lvs.Route
	case conf.ForwardTUN:
		return lvs.Tunnel
	}
	panic("check: unknown way to forward")
}

func encap(f conf.Forward, t *conf.Tunnel) lvs.Encap {
	if f != conf.ForwardTUN || t == nil {
		return lvs.Encap{}
	}
	kind := [...]uint8{conf.TunnelIPIP: lvs.IPIP, conf.TunnelGUE: lvs.GUE, conf.TunnelGRE: lvs.GRE}
	sum := [...]uint8{conf.ChecksumNone: lvs.NoChecksum, conf.ChecksumFull: lvs.FullChecksum, conf.ChecksumRemote: lvs.RemoteChecksum}
	return lvs.Encap{Kind: kind[t.Kind.V], Port: t.Port.V, Checksum: sum[t.Checksum.V]}
}
