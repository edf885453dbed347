// Package plane reads and changes the kernel's table of virtual services (IPVS), in the values of core/lvs.
//
// A Conn wants things to be so, and does not mind if they are so already: what exists is not added but set, what is missing is
// not set but added, and to delete what does not exist is no error. Operations travel a hundred in a datagram, and each has an
// error of its own. Decisions are made elsewhere; the Conn keeps no table.
//
// A kernel that lacks IPVS, a scheduler or a persistence engine is an *ipvs.MissingError; what the kernel refuses otherwise is an
// *ipvs.OpError. Both hold the errno. Modules the kernel loads by itself if it can; for ip_vs, modprobe is tried once besides.
package plane
