// Package ipvs programs the load balancer of the Linux kernel, IP Virtual Server, over generic netlink.
//
// A Client reads and changes the table of one network namespace: virtual services, known by address, port and protocol or by
// a firewall mark, and the destinations (real servers) behind each; further the timeouts, the counters and the sync daemons.
// Addresses are values of net/netip. Many changes travel in one datagram, each with an error of its own: see Client.Do.
//
// The Client does what it is told and keeps no state: no retry, no loading of modules, no log. The kernel may load a module by
// itself when it is asked for what is in it; where it does not, a *MissingError names the module, be it IPVS as a whole, a
// scheduler or a persistence engine. What the kernel refuses is an *OpError with the operation, the service and the errno.
//
// Changing the table needs CAP_NET_ADMIN in the user namespace that owns the network namespace; so does reading it.
//
// Package ipvstest has a kernel in memory to test with. The API has no promise of stability yet.
package ipvs
