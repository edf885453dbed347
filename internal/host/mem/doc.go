// Package mem is a whole host in memory: links, addresses, their notifications and the announcements
// made of them, for the tests of whatever stands on host/link and host/neigh.
//
// A Host does as the Linux kernel does: the first IPv4 address of a subnet is its primary and the others
// follow it (or are promoted in its stead); a link that goes down keeps its IPv4 addresses and loses the
// IPv6 ones; duplicates and absences are settled as link.Conn settles them. Package contract holds the
// tests that both pass.
//
// It has no clock: lifetimes do not run down, and duplicate address detection is over at once.
package mem
