// Package neigh tells the neighbours on a link where an address now lives: gratuitous ARP for IPv4 and
// unsolicited neighbour advertisements for IPv6. It makes one frame and sends one frame; how often and
// how fast is the caller's to decide. Ethernet only.
package neigh
