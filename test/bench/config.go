package main

import (
	"fmt"
	"strings"
	"time"
)

// Priorities of the two routers. The second one's decides the floor.
const (
	prioA = 200
	prioB = 100
)

// globals is what both daemons get in global_defs beyond their defaults, one line.
var globals string

// withGlobals puts global_defs in front of instances.
func withGlobals(instances string) string {
	if globals == "" {
		return instances
	}
	return "global_defs {\n  " + globals + "\n}\n" + instances
}

// node is which of the two routers a configuration is for.
type node int

const (
	nodeA node = iota
	nodeB
)

func (n node) state() (string, int) {
	if n == nodeA {
		return "MASTER", prioA
	}
	return "BACKUP", prioB
}

// pairConf is one virtual router on eth0.
func pairConf(n node, version int, interval time.Duration) string {
	state, prio := n.state()
	return withGlobals(fmt.Sprintf(`vrrp_instance v {
  state %s
  interface eth0
  virtual_router_id 51
  priority %d
  version %d
  advert_int %g
  virtual_ipaddress { %s/24 dev eth0 }
}
`, state, prio, version, interval.Seconds(), pairVIP))
}

const trunkHead = `vrrp_instance i%d {
  state %s
  interface v%d
  virtual_router_id %d
  priority %d
  advert_int 1
`

// manyConf is many virtual routers with one address each.
func manyConf(n node, routers int) string {
	var b strings.Builder
	state, prio := n.state()
	for i := range routers {
		cable, vrid := i/routersPerCable, i%routersPerCable+1
		fmt.Fprintf(&b, trunkHead, i, state, cable, vrid, prio)
		fmt.Fprintf(&b, "  virtual_ipaddress { 10.201.%d.%d/32 dev v%d }\n}\n", cable, vrid, cable)
	}
	return withGlobals(b.String())
}

// wideConf is one virtual router with many addresses, one of which is in the adverts.
func wideConf(n node, addrs int) string {
	var b strings.Builder
	state, prio := n.state()
	fmt.Fprintf(&b, trunkHead, 0, state, 0, 1, prio)
	b.WriteString("  virtual_ipaddress { 10.200.0.1/32 dev v0 }\n  virtual_ipaddress_excluded {\n")
	for i := range addrs - 1 {
		fmt.Fprintf(&b, "    10.201.%d.%d/32 dev v0\n", i/256, i%256)
	}
	b.WriteString("  }\n}\n")
	return withGlobals(b.String())
}
