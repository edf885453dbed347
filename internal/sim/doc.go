// Package sim plays whole VRRP clusters in virtual time: many nodes, one clock, a LAN that loses, delays, duplicates,
// reorders and partitions, and nodes that crash, freeze, lose their link and come back.
//
// The nodes run the daemon's own Engine on configurations that went through the daemon's own language. A
// scenario is a text (see Play); random scenarios are texts as well, so a failing one can be kept as it is. The same text
// always gives the same trace.
package sim
