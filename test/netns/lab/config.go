package lab

import (
	"fmt"
	"strings"
)

// VI is the text of one vrrp_instance. Zero fields are left out of it, except VRID (51), Dev (eth0) and Name (VI).
type VI struct {
	Name, Dev, State string
	VRID, Prio       int
	Interval         string
	Pass             string
	VIPs             []string
	Extra            []string // further lines
}

func (v VI) String() string {
	var b strings.Builder
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	fmt.Fprintf(&b, "vrrp_instance %s {\n", or(v.Name, "VI"))
	if v.State != "" {
		fmt.Fprintf(&b, "    state %s\n", v.State)
	}
	fmt.Fprintf(&b, "    interface %s\n", or(v.Dev, "eth0"))
	if v.VRID == 0 {
		v.VRID = 51
	}
	fmt.Fprintf(&b, "    virtual_router_id %d\n", v.VRID)
	if v.Prio != 0 {
		fmt.Fprintf(&b, "    priority %d\n", v.Prio)
	}
	if v.Interval != "" {
		fmt.Fprintf(&b, "    advert_int %s\n", v.Interval)
	}
	if v.Pass != "" {
		fmt.Fprintf(&b, "    authentication {\n        auth_type PASS\n        auth_pass %s\n    }\n", v.Pass)
	}
	for _, e := range v.Extra {
		fmt.Fprintf(&b, "    %s\n", e)
	}
	if len(v.VIPs) > 0 {
		fmt.Fprintf(&b, "    virtual_ipaddress {\n        %s\n    }\n", strings.Join(v.VIPs, "\n        "))
	}
	b.WriteString("}\n")
	return b.String()
}

// Config is the text of a configuration: global_defs with those lines, and the instances.
func Config(globals []string, instances ...VI) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global_defs {\n    %s\n}\n", strings.Join(append([]string{"router_id lab", "script_user root"}, globals...), "\n    "))
	for _, v := range instances {
		b.WriteString(v.String())
	}
	return b.String()
}
