package conf

import (
	"fmt"
	"net/netip"

	"holdfast/conf/diag"
)

// VMAC is the link of its own that use_vmac gives an instance: a private macvlan.
type VMAC struct {
	At            diag.Span
	Name          Value[string] // without one: vrrp.VRID
	MAC           Value[MAC]    // without one: 00:00:5e:00:01:VRID, or 00:00:5e:00:02:VRID for IPv6
	NetlinkNotify bool          // netlink_notify_msg: tell listeners when the link comes up
	Group         Value[string] // of links: a number or a name of the host's
}

// Words are those behind use_vmac.
func (v *VMAC) Words() []string {
	var w []string
	if v.Name.Set() {
		w = append(w, v.Name.V)
	}
	if v.MAC.Set() {
		w = append(w, v.MAC.V.String())
	}
	if v.NetlinkNotify {
		w = append(w, "netlink_notify_msg")
	}
	return append(w, groupWords(v.Group)...)
}

func groupWords(g Value[string]) []string {
	if !g.Set() {
		return nil
	}
	return []string{"group", g.V}
}

// MAC is a link-layer address of six octets. Of one written with five, VRIDLast is set and the sixth is the VRID.
type MAC struct {
	Octets   [6]byte
	VRIDLast bool
}

// String gives the address as it is written.
func (m MAC) String() string {
	o := m.Octets
	if m.VRIDLast {
		return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4])
	}
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5])
}

// IPVLAN is the link of its own that use_ipvlan gives an instance.
type IPVLAN struct {
	At      diag.Span
	Name    Value[string]       // without one: vrrp.VRID
	Address Value[netip.Prefix] // also the source of adverts; without a written length that of a host
	Mode    Value[IPVLANMode]
	Group   Value[string] // of links: a number or a name of the host's
}

// Words are those behind use_ipvlan.
func (v *IPVLAN) Words() []string {
	var w []string
	if v.Name.Set() {
		w = append(w, v.Name.V)
	}
	if p := v.Address; p.Set() && p.V.IsSingleIP() {
		w = append(w, p.V.Addr().String())
	} else if p.Set() {
		w = append(w, p.V.String())
	}
	if v.Mode.Set() {
		w = append(w, v.Mode.V.String())
	}
	return append(w, groupWords(v.Group)...)
}

// IPVLANMode says who of the links on one parent may speak with whom.
type IPVLANMode uint8

// The modes of use_ipvlan.
const (
	IPVLANBridge IPVLANMode = iota
	IPVLANPrivate
	IPVLANVEPA
)

// String gives the mode's word.
func (m IPVLANMode) String() string {
	return [...]string{"bridge", "private", "vepa"}[m]
}
