package super

import (
	"fmt"
	"net"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// CheckInterfaces compares the interfaces that a configuration names with those that this host has, and
// says what is missing. With dynamic_interfaces nothing is: they may come later.
func CheckInterfaces(cfg *conf.Config) (diag.List, error) {
	all, err := net.Interfaces()
	if err != nil {
		return diag.List{}, fmt.Errorf("interfaces: %w", err)
	}
	loopback := map[string]bool{}
	for _, i := range all {
		loopback[i.Name] = i.Flags&net.FlagLoopback != 0
	}
	return compareInterfaces(cfg, loopback), nil
}

// compareInterfaces judges by what the host has: names, and whether each is a loopback interface.
func compareInterfaces(cfg *conf.Config, loopback map[string]bool) diag.List {
	var found diag.List
	dynamic := cfg.Global.DynamicInterfaces.V
	absent := func(name string) bool {
		_, exists := loopback[name]
		return name != "" && !exists && !dynamic
	}
	stop := false
	var left []diag.Diagnostic // instances without an interface: known when all is read
	for _, in := range cfg.Instances {
		switch {
		case absent(in.Interface.V):
			found.Add(conf.MissingInterface(in))
			stop = true
		case loopback[in.Interface.V]:
			found.Add(conf.LoopbackInterface(in))
			left = append(left, conf.UnknownInterface(in))
		}
		for i := range in.TrackInterfaces {
			if t := &in.TrackInterfaces[i]; absent(t.Name) {
				found.Add(conf.MissingTrackedInterface(in, t))
			}
		}
		for _, list := range [][]conf.Address{in.Addresses, in.Excluded} {
			for i := range list {
				if a := &list[i]; a.Dev.Set() && absent(a.Dev.V) {
					found.Add(conf.MissingAddressInterface(in, a))
					stop = true
				}
			}
		}
	}
	found.Sort()
	found.Add(left...)
	if stop {
		found.Add(conf.MissingInterfaces())
	}
	return found
}
