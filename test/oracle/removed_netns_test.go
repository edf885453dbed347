package oracle

import (
	"strings"
	"testing"

	"holdfast/test/netns/lab"
)

// Somebody removes a virtual address from the master. Ours is told to step down for that as keepalived does.
func TestAddressRemoved(t *testing.T) {
	const second, spare = "10.9.0.51", "10.9.0.52"
	alone := func(change func(*lab.VI)) func() string {
		return func() string {
			v := instance(recorded, "garp_master_delay 0")
			change(&v)
			return lab.Config(nil, v)
		}
	}
	for name, c := range map[string]struct {
		config  func() string
		remove  string
		masters int // lines "Entering MASTER STATE" of the instances before and after
	}{
		"one of two":    {alone(func(v *lab.VI) { v.VIPs = []string{vip + "/24", second + "/24"} }), vip + "/24", 1},
		"excluded":      {alone(func(v *lab.VI) { v.Extra = append(v.Extra, "virtual_ipaddress_excluded {", spare+"/24", "}") }), spare + "/24", 1},
		"owner":         {alone(func(v *lab.VI) { v.State, v.Prio = "MASTER", 255 }), vip + "/24", 1},
		"nopreempt":     {alone(func(v *lab.VI) { v.Extra = append(v.Extra, "nopreempt") }), vip + "/24", 1},
		"long interval": {alone(func(v *lab.VI) { v.Interval, v.Prio = "2", 200 }), vip + "/24", 1},
		"group":         {groupOfTwo, vip + "/24", 2},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) []string {
				config := c.config()
				if s.seat != lab.Keepalived {
					config = strings.Replace(config, "global_defs {", "global_defs {\n vrrp_vip_removal_step_down", 1)
				}
				s.start(config)
				s.said("Entering MASTER STATE", c.masters)
				s.master(1)
				s.a.IP("addr del " + c.remove + " dev eth0")
				s.said("Entering MASTER STATE", 2*c.masters)
				s.master(1)
				return s.told(t)
			})
		})
	}
}

// groupOfTwo is a synchronised pair of instances on one link; the second has the longer skew.
func groupOfTwo() string {
	v1, v2 := instance(recorded, "garp_master_delay 0"), instance(recorded, "garp_master_delay 0")
	v2.Name, v2.VRID, v2.Prio, v2.VIPs = "V2", 52, 50, []string{"10.9.0.60/24"}
	group := "vrrp_sync_group G {\n group {\n VI\n V2\n }\n " + recorded + "\n}\n"
	return strings.Replace(lab.Config(nil, v1), "vrrp_instance", group+"vrrp_instance", 1) + v2.String()
}
