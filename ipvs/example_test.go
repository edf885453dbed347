package ipvs_test

import (
	"errors"
	"fmt"
	"log"
	"net/netip"
	"time"

	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
)

func Example() {
	c, err := ipvs.New(ipvstest.New().Dial()) // outside of a test: ipvs.Dial(ipvs.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	web := ipvs.Service{
		ServiceKey: ipvs.AddrKey(ipvs.TCP, netip.MustParseAddrPort("192.0.2.1:80")),
		Scheduler:  "wlc",
		Flags:      ipvs.Persistent,
		Timeout:    5 * time.Minute,
		Mask:       ipvs.PrefixMask(ipvs.IPv4, 24),
	}
	ops := []ipvs.Op{{Kind: ipvs.AddService, Service: web}}
	for _, a := range []string{"10.0.0.1:8080", "10.0.0.2:8080", "[fd00::3]:80"} {
		ops = append(ops, ipvs.Op{
			Kind: ipvs.AddDestination, Service: web, Destination: ipvs.Destination{Addr: netip.MustParseAddrPort(a), Weight: 10},
		})
	}
	for _, err := range c.Do(ops) {
		if err != nil {
			fmt.Println(err)
		}
	}
	dests, err := c.Destinations(web.ServiceKey)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range dests {
		fmt.Println(d.Addr, d.Forward, d.Weight, d.Active)
	}
	// Output:
	// ipvs: add destination [fd00::3]:80 of TCP 192.0.2.1:80: invalid argument
	// 10.0.0.2:8080 masquerade 10 0
	// 10.0.0.1:8080 masquerade 10 0
}

// What to do about a kernel that lacks a module is the caller's business.
func ExampleMissingError() {
	k := ipvstest.New()
	k.Unload("ip_vs")
	_, err := ipvs.New(k.Dial())
	var missing *ipvs.MissingError
	if errors.As(err, &missing) {
		fmt.Println("modprobe", missing.Modules[0])
	}
	// Output:
	// modprobe ip_vs
}

// An IPv6 server of an IPv4 service, reached through UDP.
func ExampleEncap() {
	c, err := ipvs.New(ipvstest.New().Dial())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	marked := ipvs.Service{ServiceKey: ipvs.MarkKey(ipvs.IPv4, 7), Scheduler: "mh", Flags: ipvs.MHFallback | ipvs.MHPort}
	dest := ipvs.Destination{
		Addr:    netip.MustParseAddrPort("[fd00::1]:0"),
		Forward: ipvs.Tunnel,
		Encap:   ipvs.Encap{Type: ipvs.GUE, Port: 6080, Flags: ipvs.Checksum},
		Weight:  1,
	}
	fmt.Println(c.AddService(marked), c.AddDestination(marked.ServiceKey, dest))
	got, err := c.Destinations(marked.ServiceKey)
	fmt.Println(err, len(got) == 1 && got[0].Destination == dest)
	// Output:
	// <nil> <nil>
	// <nil> true
}
