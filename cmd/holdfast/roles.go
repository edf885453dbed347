package main

import (
	"cmp"

	"holdfast/conf"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
	"holdfast/internal/role/super"
	"holdfast/internal/role/vrrpd"
)

// roles lists what the parent may start.
func roles() []super.Spec {
	return []super.Spec{
		{
			Name: "checkers", Title: "Healthcheck", Ident: "Keepalived_healthcheckers",
			PIDFile: func(f *super.Flags) string { return f.CheckersPIDFile },
			Wanted: func(c *conf.Config, f super.Flags) bool {
				return !f.NoCheck && len(c.VirtualServers) > 0
			},
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
			Needs: []proc.Cap{proc.NetAdmin, proc.NetRaw},
			Make:  newVRRP,
		},
	}
}

func newVRRP(b super.Birth) (bus.Role, error) {
	r, err := vrrpd.Open(vrrpd.Options{
		Config: b.Config, Log: b.Log, Bus: b.Bus, KeepAddresses: b.Flags.DontReleaseVRRP,
	})
	if err != nil {
		return nil, err // not a nil *vrrpd.Role in an interface
	}
	return r, nil
}
