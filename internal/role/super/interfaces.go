package super

import (
	"fmt"
	"net"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// CheckInterfaces compares the interfaces that a configuration names with those that this host has, and
// says what is missing, or cannot carry adverts. With dynamic_interfaces nothing is: they may come later.
func CheckInterfaces(cfg *conf.Config) (diag.List, error) {
	all, err := net.Interfaces()
	if err != nil {
		return diag.List{}, fmt.Errorf("interfaces: %w", err)
	}
	loopback, deaf := map[string]bool{}, map[string]bool{}
	for _, i := range all {
		loopback[i.Name] = i.Flags&net.FlagLoopback != 0
		deaf[i.Name] = i.Flags&(net.FlagLoopback|net.FlagMulticast) == 0
	}
	found, _ := conf.CheckInterfaces(cfg, loopback)
	found.Join(conf.CheckMulticast(cfg, deaf))
	return found, nil
}
