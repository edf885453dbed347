package check

import "holdfast/conf"

// Need is a setting of the kernel's IPVS that a configuration supposes.
type Need struct {
	Name  string
	Value int
	Why   string // what is so if it is not
}

// Needs lists the settings that a configuration with keywords of ours supposes and does not set itself. One without them is told nothing,
// as keepalived tells nothing; lint does.
func Needs(cfg *conf.Config) (needs []Need) {
	asked := len(cfg.Global.IPVSSysctl) > 0
	var sticky *conf.VirtualServer
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			asked = asked || rs.DrainTimeout.V > 0
			if vs.Persistence.V > 0 && (rs.DrainTimeout.V > 0 || rs.InhibitOnFailure.V) && sticky == nil {
				sticky = vs
			}
		}
	}
	const quiescent = "expire_quiescent_template"
	if _, set := cfg.Global.Sysctl(quiescent); !set && asked && sticky != nil {
		needs = append(needs, Need{quiescent, 1, "persistent clients of virtual server " + sticky.Name() + " go on to open connections to servers of weight 0"})
	}
	return needs
}
