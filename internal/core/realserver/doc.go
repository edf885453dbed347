// Package realserver decides what makes a host a real server behind LVS: one that has the virtual address of its director, takes
// what is sent there, and keeps silent about it on the segment. Up and Down turn what is asked for, what the host has and what was
// done before into steps and a new record of what is to be undone; Check says what is missing and how to mend it. Pure: no kernel,
// no files.
//
// With direct routing the director sends a client's packet on as it came, addressed to the virtual address. The server must have
// that address, on a link where it does not disturb, which is the loopback, with a prefix of the whole length. Linux answers ARP for
// every address that it has, on whatever link, and asks with any of them as the sender; both would draw the segment's traffic past
// the director. The kernel's settings arp_ignore and arp_announce (ip-sysctl.rst) stop that. For IPv6 it answers a neighbour
// solicitation only on the link that has the address, and no setting is needed.
package realserver
