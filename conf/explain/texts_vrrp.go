package explain

// vrrpTexts explain the codes about VRRP instances and sync groups.
var vrrpTexts = []Text{
	{
		Code: "vrrp-priority", Title: "a priority out of range",
		Means:   "A priority is a number from 1 to 255; 255 is for the owner of the addresses.",
		Hurts:   "The instance runs at the default priority 100: another node may win.",
		Example: `priority 300`,
		Mend:    "Write a number from 1 to 254.",
	},
	{
		Code: "missing-vrid", Title: "an instance without a VRID",
		Means: "virtual_router_id is missing or was not understood. It has no default.",
		Hurts: "The instance does not run.",
		Example: `vrrp_instance VI_1 {
    interface eth0
}`,
		Mend: "Add virtual_router_id N, from 1 to 255, the same on every node of the pair and used by nobody else on the LAN.",
	},
	{
		Code: "duplicate-vrid", Title: "two instances with one VRID on one interface",
		Means: "A virtual router is known by its VRID, its family and its interface. Two instances agree in all three.",
		Hurts: "The second one does not run.",
		Example: `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
}
vrrp_instance VI_2 {
    interface eth0
    virtual_router_id 51
}`,
		Mend: "Give each its own virtual_router_id, on all nodes.",
	},
	{
		Code: "missing-interface-keyword", Title: "an instance without an interface",
		Means: "The keyword interface is missing or was not understood.",
		Hurts: "The instance does not run.",
		Example: `vrrp_instance VI_1 {
    virtual_router_id 51
}`,
		Mend: "Add interface NAME.",
	},
	{
		Code: "missing-interface", Title: "an interface that this host does not have",
		Means:   "The file names an interface and the kernel has none of that name.",
		Hurts:   "The instance cannot run, or the address cannot be set, or nothing is tracked by the line.",
		Example: `interface eth7`,
		Mend:    "Correct the name (ip link shows them). If the interface comes later, say dynamic_interfaces in global_defs.",
	},
	{
		Code: "missing-interfaces", Title: "the file names interfaces that do not exist",
		Means: "The closing line after one or more findings missing-interface.",
		Hurts: "keepalived counts it as a configuration error.",
		Mend:  "See the findings before it.",
	},
	{
		Code: "loopback-interface", Title: "an instance on a loopback interface",
		Means:   "Adverts are sent to neighbours; a loopback interface has none.",
		Hurts:   "The instance cannot run.",
		Example: `interface lo`,
		Mend:    "Name the interface of the LAN. The address itself may be set elsewhere: 192.0.2.10 dev lo.",
	},
	{
		Code: "own-interface", Title: "an instance tracks its own interface",
		Means: "The interface of an instance is tracked anyway, as a condition.",
		Hurts: "The line is ignored, and a weight in it with it.",
		Example: `vrrp_instance VI_1 {
    interface eth0
    track_interface {
        eth0
    }
}`,
		Mend: "Remove the line. With dont_track_primary it would count.",
	},
	{
		Code: "no-address", Title: "an instance without virtual addresses",
		Means: "virtual_ipaddress is missing or has nothing that could be used.",
		Hurts: "A master is elected, and nothing moves. With scripts that move something else this can be meant.",
		Example: `vrrp_instance VI_1 {
    virtual_router_id 51
}`,
		Mend: "Add virtual_ipaddress { ADDR/LEN }.",
	},
	{
		Code: "duplicate-address", Title: "an address that is there already",
		Means: "The same address stands twice in one instance, or in two instances of one interface. keepalived says nothing about it.",
		Hurts: "Twice in one instance it does nothing. Two instances both set and remove it: when one of them leaves MASTER, the address is gone from the other.",
		Example: `virtual_ipaddress {
    192.0.2.10
    192.0.2.10/24
}`,
		Mend: "Leave it in one place.",
	},
	{
		Code: "too-many-addresses", Title: "more addresses than an advert can name",
		Means: "The advert counts its addresses in one byte; more than 255 do not fit.",
		Hurts: "The others move with the instance and are not advertised, as if they stood in virtual_ipaddress_excluded.",
		Mend:  "Put them into virtual_ipaddress_excluded yourself; one advertised address is enough.",
	},
	{
		Code: "advert-interval", Title: "an interval that the protocol version cannot say",
		Means: "VRRP version 2 counts whole seconds, version 3 hundredths of a second up to 40.95.",
		Hurts: "The interval is rounded. The other node must round in the same way, or both become MASTER.",
		Example: `vrrp_version 2
advert_int 0.5              # 1 s is used`,
		Mend: "Write whole seconds, or use version 3 on all nodes.",
	},
	{
		Code: "auth-version", Title: "authentication with VRRP version 3",
		Means: "Version 3 has no authentication.",
		Hurts: "Adverts are not authenticated: anybody on the LAN can send them.",
		Example: `vrrp_version 3
authentication {
    auth_type PASS
    auth_pass secret
}`,
		Mend: "Leave authentication out, or use version 2 on all nodes. A firewall that lets protocol 112 in from the other node only does more than PASS.",
	},
	{
		Code: "auth-no-password", Title: "authentication without a password",
		Means: "auth_type is there and auth_pass is not.",
		Hurts: "Adverts are not authenticated, and those of a node that has a password are refused.",
		Example: `authentication {
    auth_type PASS
}`,
		Mend: "Add auth_pass WORD, the same on every node.",
	},
	{
		Code: "auth-pass-cut", Title: "a password longer than eight bytes",
		Means:   "The protocol has room for eight bytes; the rest is not used.",
		Hurts:   "Passwords that differ only after the eighth byte are the same. Nothing breaks as long as all nodes begin alike.",
		Example: `auth_pass 1-internal-ha       # 1-intern`,
		Mend:    "Write eight characters.",
	},
	{
		Code: "auth-ah-master", Title: "state MASTER with AH",
		Means: "With AH authentication a node must hear the sequence number in use before it can speak.",
		Hurts: "The instance starts as BACKUP.",
		Example: `state MASTER
authentication {
    auth_type AH
    auth_pass secret
}`,
		Mend: "Say state BACKUP; the priority decides all the same.",
	},
	{
		Code: "strict-mode", Title: "something that strict mode takes away",
		Means: "With vrrp_strict or strict_mode only what RFC 9568 knows is done: no authentication, no preempt_delay, state MASTER only for the owner of the addresses.",
		Hurts: "The setting is ignored. Authentication that is ignored on one node only makes both MASTER.",
		Example: `global_defs {
    vrrp_strict
}
vrrp_instance VI_1 {
    authentication {
        auth_type PASS
        auth_pass secret
    }
}`,
		Mend: "Leave vrrp_strict out, or the setting.",
	},
	{
		Code: "preempt", Title: "nopreempt or preempt_delay that cannot work",
		Means: "nopreempt needs a state of BACKUP and a priority below 255; preempt_delay needs state BACKUP and no nopreempt.",
		Hurts: "It is cleared: the returning node takes its addresses back at once.",
		Example: `state MASTER
nopreempt`,
		Mend: "Say state BACKUP on all nodes. See also LINT010.",
	},
	{
		Code: "empty-group", Title: "a sync group without members",
		Means: "The group block is missing, is empty, or none of its members can be used.",
		Hurts: "The group is ignored.",
		Example: `vrrp_sync_group VG_1 {
}`,
		Mend: "Add group { NAME NAME }, with the names of instances.",
	},
	{
		Code: "lonely-group", Title: "a sync group with one member",
		Means: "A sync group keeps its members in one state; here there is only one.",
		Hurts: "It has no effect on the election. Its notify scripts run.",
		Example: `vrrp_sync_group VG_1 {
    group {
        VI_1
    }
}`,
		Mend: "Add the other instances, or remove the group.",
	},
	{
		Code: "two-groups", Title: "an instance in two sync groups",
		Means: "An instance can be in one sync group only; the first one has it.",
		Hurts: "This group lacks the member and moves without it.",
		Example: `vrrp_sync_group VG_1 {
    group {
        VI_1
        VI_2
    }
}
vrrp_sync_group VG_2 {
    group {
        VI_1
        VI_3
    }
}`,
		Mend: "Put all that move together into one group.",
	},
	{
		Code: "unknown-instance", Title: "a sync group or lvs_sync_daemon names an instance that does not exist",
		Means: "No vrrp_instance of this name is there, or it was dropped because of a fault of its own.",
		Hurts: "The member is ignored; what was to move with the group does not. Connections are not synchronized.",
		Example: `vrrp_sync_group VG_1 {
    group {
        VI_l                # VI_1
    }
}`,
		Mend: "Correct the name, or mend the instance.",
	},
}
