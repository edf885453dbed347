package main

import (
	"cmp"
	"os"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
	"holdfast/internal/role/checkd"
	"holdfast/internal/role/super"
	"holdfast/internal/role/vrrpd"
)

// roles lists what the parent may start.
func roles() []super.Spec {
	return []super.Spec{
		{
			Name: "checkers", Title: "Healthcheck", Ident: "Keepalived_healthcheckers",
			PIDFile: func(f *super.Flags) string { return f.CheckersPIDFile },
			Process: func(g *conf.Global) string {
				return cmp.Or(g.CheckerProcess.Name.V, g.ProcessName.V)
			},
			Wanted: func(c *conf.Config, f super.Flags) bool {
				return !f.NoCheck && len(c.VirtualServers) > 0
			},
			Needs:     []proc.Cap{proc.NetAdmin},
			Bequeaths: true,
			Lasting:   true,
			Keeps:     func(f *super.Flags) bool { return f.DontReleaseIPVS },
			Make:      newCheckers,
		},
		{
			Name: "vrrp", Title: "VRRP", Ident: "Keepalived_vrrp",
			PIDFile: func(f *super.Flags) string { return f.VRRPPIDFile },
			Process: func(g *conf.Global) string {
				return cmp.Or(g.VRRPProcessName.V, g.ProcessName.V)
			},
			Wanted: func(c *conf.Config, f super.Flags) bool {
				return !f.NoVRRP && (len(c.Instances) > 0 || f.All)
			},
			Needs:     []proc.Cap{proc.NetAdmin, proc.NetRaw},
			Skips:     []string{"virtual_server", "virtual_server_group"},
			Bequeaths: true,
			Keeps:     func(f *super.Flags) bool { return f.DontReleaseVRRP },
			Make:      newVRRP,
		},
	}
}

func newCheckers(b super.Birth) (bus.Role, error) {
	r, err := checkd.Open(checkd.Options{
		Config: b.Config, Log: b.Log, Bus: b.Bus, KeepTable: b.Flags.DontReleaseIPVS, Thaw: b.Thaw,
		Respawn: b.Respawn, Farewell: b.Farewell, Legacy: b.Legacy, Confine: !b.Flags.Single,
		TableIn: tableIn(b), Where: *whereabouts(b), Dump: dumped(b),
		Beside: !b.Flags.NoVRRP && len(b.Config.Instances) > 0,
	})
	if err != nil {
		return nil, err // not a nil *checkd.Role in an interface
	}
	return r, nil
}

func newVRRP(b super.Birth) (bus.Role, error) {
	r, err := vrrpd.Open(vrrpd.Options{
		Config: b.Config, Log: b.Log, Bus: b.Bus, KeepAddresses: b.Flags.DontReleaseVRRP, Thaw: b.Thaw,
		Respawn: b.Respawn, Farewell: b.Farewell, BalancerIn: tableIn(b),
		Where: *whereabouts(b), Dump: dumped(b),
	})
	if err != nil {
		return nil, err // not a nil *vrrpd.Role in an interface
	}
	return r, nil
}

// tableIn names the network namespace of the IPVS table if that is another one than the roles'; an empty name is the parent's.
// A reload does not change it.
func tableIn(b super.Birth) *string {
	name := b.Config.Global.NetNamespaceIPVS
	if !name.Set() || name.V == "" && namespace(b) == "" {
		return nil
	}
	return &name.V
}

// namespace is the network namespace that the roles were moved into; empty: none.
func namespace(b super.Birth) string {
	return cmp.Or(b.Flags.Namespace, b.Config.Global.NetNamespace.V)
}

// dumped is what -d tells of where we run; nil without -d.
func dumped(b super.Birth) *dump.Machine {
	if !b.Flags.DumpConf {
		return nil
	}
	return whereabouts(b)
}

// whereabouts is what listings tell of where we run.
func whereabouts(b super.Birth) *dump.Machine {
	m := &dump.Machine{Namespace: namespace(b), Umask: b.Config.Global.Umask.V}
	if b.Flags.UmaskSet {
		m.Umask = b.Flags.Umask
	}
	m.Name, _ = os.Hostname()
	return m
}
