// Package record is the lab's memory: what was seen on the wire, in the routers' kernels and by the
// client, and the figures drawn from it (who is master, outages, overlaps, take-over times).
//
// Pure: times are durations since the lab's start and come with the events; nothing here reads a clock,
// opens a socket or starts a goroutine.
package record
