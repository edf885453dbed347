package conf

import (
	"fmt"
	"net/netip"

	"holdfast/conf/diag"
)

// maxAddresses is how many addresses the count field of an advert can say.
const maxAddresses = 255

// checkAddresses finds instances without virtual addresses or with too many, and sources of the wrong family.
func checkAddresses(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if len(in.Addresses) == 0 {
			d := of(in, about(in.At, "no-address", "vrrp_instance "+in.Name+" has no virtual address",
				"("+in.Name+") No VIP specified; at least one is sensible", "it elects a master and moves nothing"))
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
		if s := in.SourceIP; s.Set() && s.V.Is6() != in.IPv6() {
			d := of(in, about(s.At, "wrong-family", s.V.String()+" is of another address family than the virtual addresses",
				"Configuration error: VRRP instance["+in.Name+"] and src address["+s.V.String()+"] MUST be of the same family !!! Skipping...",
				"the interface's own address is the source"))
			d.Bare, d.Severity = false, diag.Error
			l.Add(d)
			in.SourceIP = Value[netip.Addr]{}
		}
	}
}
