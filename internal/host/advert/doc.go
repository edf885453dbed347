// Package advert is the raw sockets that carry VRRP advertisements.
//
// A Socket belongs to one link and one multicast group (or one unicast source address). It is made for a
// loop on one locked thread: every call is a non-blocking system call of its own, there is no goroutine and
// no Go network poller behind it, and neither Recv nor Send allocates. Wait for FD in an epoll set.
//
// What comes in is filtered by virtual router id in the kernel, so a flood of somebody else's adverts costs
// this process nothing, and is stamped with the time at which the kernel saw it, so a loop that was late
// can still tell when the master spoke. What goes out is complete: the caller has built the IP header.
//
// The package knows IP and where a VRID is found; what an advert means is package vrrp's affair.
package advert
