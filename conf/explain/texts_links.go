package explain

// linkTexts explain the codes about links, unicast and signatures of instances.
var linkTexts = []Text{
	{
		Code: "no-multicast", Title: "an interface that cannot send multicast",
		Means: "The instance has no unicast_peer, and its interface has multicast turned off, or is of a kind that has none.",
		Hurts: "keepalived disables the instance: no adverts are sent or heard, and this node never holds the addresses.",
		Example: `vrrp_instance VI_1 {
    interface tun0
}`,
		Mend: "Name the other routers in unicast_peer, or turn it on: ip link set DEV multicast on.",
	},
	{
		Code: "unresolved-host", Title: "the name of a host that leads to no address",
		Means: "smtp_server is a name, and neither /etc/hosts nor a name server has an address for it, or no name server answered within five seconds. Other sources of names in /etc/nsswitch.conf are not asked; where there are some, it is a warning only.",
		Hurts: "No mail is sent. keepalived looks the name up once, when it reads the file.",
		Example: `global_defs {
    smtp_server mail.exmaple.com
}`,
		Mend: "Correct the name, or write an address, which needs no name server at the worst of times.",
	},
	{
		Code: "bad-key", Title: "a key that cannot be used",
		Means: "A key of auth_hmac has 32 to 64 bytes: as text, as an even number of hexadecimal digits after hex:, or in a file.",
		Hurts: "The key is not there. If it is the active one, adverts are not signed.",
		Example: `auth_hmac {
    key 1 hex:00112233
    active_key 1
}`,
		Mend: "Make a key of 32 bytes: openssl rand -hex 32.",
	},
	{
		Code: "hmac-no-key", Title: "auth_hmac without a key to sign with",
		Means: "active_key is missing, or names a key that is not there.",
		Hurts: "auth_hmac is disabled: adverts are not signed, and any is believed.",
		Example: `auth_hmac {
    key 1 file:/etc/keepalived/key
}`,
		Mend: "Add active_key ID of a key in the block.",
	},
	{
		Code: "hmac-and-authentication", Title: "authentication beside auth_hmac",
		Means: "An instance has one kind of authentication.",
		Hurts: "authentication is ignored; nodes that know only that one refuse the adverts.",
		Example: `authentication {
    auth_type PASS
    auth_pass secret
}
auth_hmac {
    key 1 file:/etc/keepalived/key
    active_key 1
}`,
		Mend: "Leave authentication out once all nodes have auth_hmac.",
	},
	{
		Code: "version-conflict", Title: "a version that contradicts what stands above",
		Means: "The version of the instance follows from an earlier line already, such as an IPv6 address, which means version 3.",
		Hurts: "The line is ignored.",
		Example: `vrrp_instance VI_1 {
    virtual_ipaddress {
        2001:db8::10
    }
    version 2
}`,
		Mend: "Leave the line out, or make the lines agree.",
	},
	{
		Code: "not-link-local", Title: "a multicast address beyond the link",
		Means:   "Adverts over IPv6 go to a multicast address of link-local scope, ff02::/16.",
		Hurts:   "The line is ignored and the default group is used.",
		Example: `mcast_dst_ip ff05::12`,
		Mend:    "Use an address of ff02::/16.",
	},
	{
		Code: "no-broadcast", Title: "a broadcast address where there is none",
		Means:   "Networks of /31 and /32 have no broadcast address.",
		Hurts:   "The address is set without one.",
		Example: `192.0.2.10/32 brd +`,
		Mend:    "Leave brd out, or write the network's prefix length.",
	},
	{
		Code: "bad-mac", Title: "a MAC address that cannot be used",
		Means:   "The address of a virtual link has five or six octets, is no multicast address and none of those that VRRP makes from VRIDs.",
		Hurts:   "The link gets the address that goes by the VRID.",
		Example: `use_vmac vrrp.51 01:00:5e:00:00:01`,
		Mend:    "Leave the address out, or use a locally administered one, such as 02:00:00:00:00:33.",
	},
	{
		Code: "bad-name", Title: "a name that cannot be",
		Means:   "The name is too long, has characters that are not allowed, or has an empty part.",
		Hurts:   "Another name is chosen, or another one is asked for.",
		Example: `use_vmac a-name-much-too-long`,
		Mend:    "Use a name of at most 15 characters without / and white space; in a DNS_CHECK write no two dots in a row.",
	},
	{
		Code: "link-taken", Title: "a link that another instance has",
		Means: "Each instance with use_vmac or use_ipvlan has a link of its own; this name belongs to another instance.",
		Hurts: "The link gets another name; firewall rules by name do not match it.",
		Example: `vrrp_instance VI_1 {
    use_vmac vrrp.1
}
vrrp_instance VI_2 {
    use_vmac vrrp.1
}`,
		Mend: "Give each its own name, or none.",
	},
	{
		Code: "xmit-base", Title: "vmac_xmit_base without use_vmac",
		Means: "vmac_xmit_base sends adverts on the parent of a virtual link, and the instance has no virtual link.",
		Hurts: "It is ignored.",
		Example: `vrrp_instance VI_1 {
    vmac_xmit_base
}`,
		Mend: "Remove it, or add use_vmac.",
	},
	{
		Code: "vrf-and-interface", Title: "vrf with an interface",
		Means: "vrf is for instances that use unicast and name no interface; an interface has its VRF already.",
		Hurts: "vrf is ignored.",
		Example: `vrrp_instance VI_1 {
    interface eth0
    vrf red
}`,
		Mend: "Leave one of the two.",
	},
	{
		Code: "ipvlan-address", Title: "use_ipvlan without an address",
		Means: "An ipvlan link has its parent's MAC address and needs an IPv4 address of its own to send from.",
		Hurts: "The instance stays in FAULT.",
		Example: `vrrp_instance VI_1 {
    use_ipvlan
}`,
		Mend: "Add the address: use_ipvlan ADDR/LEN.",
	},
	{
		Code: "unicast-vmac", Title: "unicast through a virtual link",
		Means: "Packets to single nodes cannot go out by a link that has the virtual MAC address.",
		Hurts: "vmac_xmit_base is turned on: adverts go out by the parent link.",
		Example: `vrrp_instance VI_1 {
    use_vmac
    unicast_peer {
        192.0.2.2
    }
}`,
		Mend: "Say vmac_xmit_base, to show what happens.",
	},
	{
		Code: "unicast-no-peer", Title: "a keyword of unicast without peers",
		Means: "unicast_src_ip or the like is there, and unicast_peer is not or is empty.",
		Hurts: "Adverts are multicast. The other node, if it uses unicast, hears nothing.",
		Example: `vrrp_instance VI_1 {
    unicast_src_ip 192.0.2.1
}`,
		Mend: "Add unicast_peer { ADDR }, or use mcast_src_ip.",
	},
	{
		Code: "unicast-ttl", Title: "unicast_ttl without peers",
		Means: "unicast_ttl is the TTL of adverts to single nodes, and there are none.",
		Hurts: "It is ignored.",
		Example: `vrrp_instance VI_1 {
    unicast_ttl 64
}`,
		Mend: "Remove it, or add unicast_peer.",
	},
	{
		Code: "unicast-group", Title: "a multicast group beside unicast peers",
		Means: "With unicast_peer adverts go to the peers and to no group.",
		Hurts: "mcast_dst_ip is ignored.",
		Example: `vrrp_instance VI_1 {
    mcast_dst_ip 224.0.0.111
    unicast_peer {
        192.0.2.2
    }
}`,
		Mend: "Leave one of the two.",
	},
	{
		Code: "empty-range", Title: "a range of TTLs with nothing in it",
		Means: "min_ttl of a peer is above its max_ttl.",
		Hurts: "No advert of this peer is believed: both nodes become MASTER.",
		Example: `unicast_peer {
    192.0.2.2 min_ttl 255 max_ttl 64
}`,
		Mend: "Write the smaller number as min_ttl.",
	},
	{
		Code: "needs-nopreempt", Title: "timer_expired_backup without nopreempt",
		Means: "A node that falls back to BACKUP after a long stall would take over again at once, unless it has nopreempt.",
		Hurts: "timer_expired_backup is ignored.",
		Example: `vrrp_instance VI_1 {
    timer_expired_backup
}`,
		Mend: "Add nopreempt, with state BACKUP.",
	},
	{
		Code: "promote-secondaries", Title: "promote_secondaries where it holds anyway",
		Means: "The kernel's setting promote_secondaries is for the instance's own interface; the virtual link of use_vmac has it already.",
		Hurts: "The line is ignored; the interface below keeps its setting.",
		Example: `vrrp_instance VI_1 {
    use_vmac
    promote_secondaries
}`,
		Mend: "Remove the line.",
	},
}
