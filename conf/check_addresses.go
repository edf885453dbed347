package conf

import (
	"fmt"

	"holdfast/conf/diag"
)

// maxAddresses is how many addresses the count field of an advert can say.
const maxAddresses = 255

// lacksAddress reports whether the instance cannot run for want of an address.
func (i *Instance) lacksAddress() bool {
	return len(i.Addresses) == 0 && !i.NoAddress.V && (i.Version.V == 3 || i.Strict.V)
}

// checkAddresses finds instances without virtual addresses or with too many, and what strict mode asks of the first one.
func checkAddresses(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if len(in.Addresses) == 0 && !in.NoAddress.V {
			need, effect := "sensible", "it elects a master and moves nothing"
			if in.lacksAddress() {
				need, effect = "required", "keepalived does not run"
			}
			d := of(in, about(in.At, "no-address", "vrrp_instance "+in.Name+" has no virtual address",
				"("+in.Name+") No VIP specified; at least one is "+need, effect))
			d.Suggest = "add: virtual_ipaddress { ADDR/LEN }"
			l.Add(d)
		}
		if n := len(in.Addresses); n > maxAddresses {
			l.Add(of(in, about(in.Addresses[maxAddresses].At, "too-many-addresses",
				fmt.Sprintf("an advert names at most %d addresses; here are %d", maxAddresses, n),
				fmt.Sprintf("(%s) Number of VIPs (%d) exceeds maximum/space available in packet (max %d addresses) - excess moved to eVIPs",
					in.Name, n, maxAddresses),
				"the others are set and not advertised, as if they stood in virtual_ipaddress_excluded")))
			in.Excluded = append(append([]Address(nil), in.Addresses[maxAddresses:]...), in.Excluded...)
			in.Addresses = in.Addresses[:maxAddresses]
		}
	}
}
