package conf

import (
	"slices"

	"holdfast/conf/diag"
)

// checkFollow drops what joins VRRP and virtual servers by a name that nothing has.
func checkFollow(c *Config, l *diag.List) {
	var instances, services []string
	known := make(map[string]bool)
	for _, in := range c.Instances {
		instances = append(instances, in.Name)
		known["vrrp_instance "+in.Name] = true
	}
	for _, vs := range c.VirtualServers {
		services = append(services, vs.Name())
		known["virtual_server "+vs.Name()] = true
	}
	lost := func(at diag.Span, code, what, name string, names []string, effect string) diag.Diagnostic {
		d := about(at, code, "there is no "+what+" "+name, "", effect)
		if len(names) <= enoughNames {
			if near := diag.Nearest(name, names); near != "" {
				d.Suggest = "did you mean " + near + "?"
			}
		}
		return d
	}
	for _, vs := range c.VirtualServers {
		if f := vs.Follow; f.Set() && !known["vrrp_instance "+f.V] {
			d := lost(f.At, "unknown-follow", "vrrp_instance", f.V, instances, "the virtual server follows nobody: it is in the kernel's table all the time")
			d.In = []diag.Context{{What: "virtual_server " + vs.Name(), At: vs.At}}
			l.Add(d)
			vs.Follow = Value[string]{}
		}
	}
	drop := func(list []TrackService, in diag.Context) []TrackService {
		return slices.DeleteFunc(list, func(t TrackService) bool {
			if known["virtual_server "+t.Name] {
				return false
			}
			d := lost(t.At, "unknown-service", "virtual_server", t.Name, services, "nothing is tracked by this line")
			d.In = []diag.Context{in}
			l.Add(d)
			return true
		})
	}
	for _, in := range c.Instances {
		in.TrackServices = drop(in.TrackServices, in.context())
	}
	for _, g := range c.Groups {
		g.TrackServices = drop(g.TrackServices, diag.Context{What: "vrrp_sync_group " + g.Name, At: g.At})
	}
}
