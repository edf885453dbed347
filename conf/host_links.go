package conf

import "holdfast/conf/diag"

// CheckInterfaces compares the interfaces that a configuration names with those that a host has: their names, and whether
// each is a loopback interface. fatal says that keepalived would not run without what is missing. With dynamic_interfaces nothing is missing: it may come later.
func CheckInterfaces(cfg *Config, loopback map[string]bool) (found diag.List, fatal bool) {
	dynamic := cfg.Global.DynamicInterfaces.V
	absent := func(name string) bool {
		_, exists := loopback[name]
		return name != "" && !exists && !dynamic
	}
	missing := false           // compat: keepalived sums it up also when it would run
	var left []diag.Diagnostic // instances without an interface: known when all is read
	for _, in := range cfg.Instances {
		switch {
		case absent(in.Interface.V):
			found.Add(MissingInterface(in))
			fatal = true
		case loopback[in.Interface.V]:
			found.Add(LoopbackInterface(in))
			left = append(left, UnknownInterface(in))
		}
		if in.VRF.Set() && absent(in.VRF.V) {
			found.Add(MissingVRF(in))
			fatal = true
		}
		for i := range in.TrackInterfaces {
			if t := &in.TrackInterfaces[i]; absent(t.Name) {
				found.Add(MissingTrackedInterface(in, t))
				missing = true
			}
		}
		fatal = checkRouteLinks(in.Routes, in.Rules, absent, &found) || fatal
		for _, list := range [][]Address{in.Addresses, in.Excluded} {
			for i := range list {
				if a := &list[i]; a.Dev.Set() && absent(a.Dev.V) {
					found.Add(MissingAddressInterface(in, a))
					fatal = true
				}
			}
		}
	}
	for _, g := range cfg.Groups {
		for i := range g.TrackInterfaces {
			if t := &g.TrackInterfaces[i]; absent(t.Name) {
				found.Add(missingTracked(g.Name, t))
				missing = true
			}
		}
	}
	fatal = checkStaticLinks(cfg, absent, &found) || fatal
	found.Sort()
	found.Add(left...)
	if fatal || missing {
		found.Add(MissingInterfaces())
	}
	return found, fatal
}

// CheckMulticast finds the instances that need multicast on a link that lacks it. lacking has such links of the host by name.
func CheckMulticast(cfg *Config, lacking map[string]bool) (found diag.List) {
	for _, in := range cfg.Instances {
		if lacking[in.Interface.V] && len(in.UnicastPeers) == 0 {
			found.Add(NoMulticast(in))
		}
	}
	return found
}
