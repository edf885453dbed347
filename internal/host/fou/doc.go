// Package fou opens and closes the UDP ports at which the kernel takes packets out of UDP (foo over UDP, linux/fou.h), by generic
// netlink.
package fou
