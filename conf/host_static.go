package conf

import "holdfast/conf/diag"

// missingLink is for a link that the host lacks; compat are keepalived's words.
func missingLink(v Value[string], compat, effect string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface", At: v.At,
		Summary: "interface " + v.V + " does not exist", Compat: compat, Effect: effect,
	}
}

// checkStaticLinks judges the interfaces that the blocks of Static name. fatal is as in CheckInterfaces.
func checkStaticLinks(cfg *Config, absent func(string) bool, found *diag.List) (fatal bool) {
	s := &cfg.Static
	add := func(d diag.Diagnostic) {
		found.Add(d)
		fatal = true
	}
	for i := range s.Addresses {
		switch a := &s.Addresses[i]; {
		case a.Dev.Set() && absent(a.Dev.V):
			add(missingLink(a.Dev, "WARNING - interface "+a.Dev.V+" for ip address "+a.Written()+" doesn't exist", "the address cannot be set"))
		case !a.Dev.Set() && absent(cfg.Global.DefaultInterface.V):
			add(missingDefault(a, cfg.Global.DefaultInterface.V))
		}
	}
	poll := func(d diag.Diagnostic) {
		d.Class = diag.ClassAbsent
		found.Add(d)
	}
	fatal = checkRouteLinks(s.Routes, s.Rules, absent, found) || fatal
	for _, g := range s.GARPGroups {
		for i, v := range g.Interfaces {
			if absent(v.V) {
				d := missingLink(v, "WARNING - interface "+v.V+" specified for garp_group doesn't exist", "it is left out of the group")
				d.CompatLine = g.told[i]
				add(d)
			}
		}
	}
	for _, p := range s.LinkPolls {
		if absent(p.Interface.V) {
			poll(missingLink(p.Interface, "unknown interface "+p.Interface.V+" specified for linkbeat interface", "the line is ignored"))
		}
	}
	for _, l := range s.LinkDelays {
		if absent(l.Interface.V) {
			poll(missingLink(l.Interface, "unknown interface "+l.Interface.V+" specified for up/down delay", "the line is ignored"))
		}
	}
	return fatal
}

// checkRouteLinks judges the interfaces that routes and rules name.
func checkRouteLinks(routes []Route, rules []Rule, absent func(string) bool, found *diag.List) (fatal bool) {
	for i := range routes {
		for _, v := range routes[i].Interfaces() {
			if absent(v.V) {
				found.Add(missingLink(v, "WARNING - interface "+v.V+" for VROUTE nexthop doesn't exist", "the route cannot be set"))
				fatal = true
			}
		}
		if v := routes[i].VRF; absent(v.V) {
			found.Add(missingLink(v, "VRF "+v.V+" not found for route", "the route is ignored"))
		}
	}
	for i := range rules {
		for _, v := range rules[i].Interfaces() {
			if absent(v.V) {
				found.Add(missingLink(v, "WARNING - interface "+v.V+" for rule doesn't exist", "the rule cannot be set"))
				fatal = true
			}
		}
	}
	return fatal
}

// missingDefault is for a static address without dev when default_interface is not there.
func missingDefault(a *Address, link string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassFatal, Code: "missing-interface", At: a.At,
		Summary: "the address names no interface, and the default one, " + link + ", does not exist",
		Compat:  "Static address " + a.Written() + " requires either an interface or default interface must exist",
		Effect:  "the address cannot be set", Suggest: "add: dev NAME",
	}
}
