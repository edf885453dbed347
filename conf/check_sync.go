package conf

import (
	"slices"

	"holdfast/conf/diag"
)

// checkSync finds what keeps the kernel's sync daemons from running. keepalived finds it when it runs; a configuration test passes.
func checkSync(c *Config, l *diag.List) {
	own := func(in *Instance) bool { return in.LVSSyncInterface.Set() }
	if !c.Global.SyncDaemon.Set() && !slices.ContainsFunc(c.Instances, own) {
		return
	}
	doubt := diag.Diagnostic{Severity: diag.Warning, Effect: "connections are not synchronized"}
	s := &c.Global.SyncDaemon.V
	if name := s.Instance; name.Set() {
		var names []string
		for _, in := range c.Instances {
			names = append(names, in.Name)
		}
		if !slices.Contains(names, name.V) {
			doubt.At, doubt.Code, doubt.Summary = name.At, "unknown-instance", "lvs_sync_daemon follows the instance "+name.V+", which does not exist"
			doubt.Suggest = near(name.V, names[:min(len(names), enoughNames)])
			l.Add(doubt)
			return
		}
	}
	for _, vs := range c.VirtualServers {
		if at, is := vs.mixed(); is {
			doubt.At, doubt.Code, doubt.Summary = at, "sync-families", "the kernel synchronizes no connections while a server has an address of another family than its service"
			doubt.Effect = "of the sync daemons and this server the kernel refuses whichever comes second"
			doubt.Suggest = "give it an address of the service's family, or take lvs_sync_daemon away"
			doubt.In = []diag.Context{{What: "virtual_server " + vs.text(), At: vs.At}}
			l.Add(doubt)
			return
		}
	}
}

// mixed gives the first server that has an address of another family than the service.
func (vs *VirtualServer) mixed() (at diag.Span, is bool) {
	family := vs.Family.V
	if family == FamilyUnknown && vs.Address.Set() {
		family = lvsFamily(vs.Address.V.Addr())
	}
	if family == FamilyUnknown {
		return at, false
	}
	for _, rs := range vs.RealServers {
		if lvsFamily(rs.Address.V.Addr()) != family {
			return rs.Address.At, true
		}
	}
	if a := vs.SorryServer; a.Set() && lvsFamily(a.V.Addr()) != family {
		return a.At, true
	}
	return at, false
}
