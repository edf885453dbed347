// Package lab is a laboratory that anyone with root on a Linux machine can run: two routers, a switch for
// each of their networks and a client on all of them as network namespaces, two daemons, and a scenario of
// crashes, stops and broken links that is watched from the wire, from the kernels and from the client's
// chair. It ends with a table of what VRRP promises and what was measured.
//
// Rooms: record remembers and measures, play knows scenarios and expectations, screen draws; these three
// are pure. rig does everything to the system. This package joins them.
//
// The daemons run as programs of their own, by keepalived's command line, so that any daemon that takes
// keepalived's options can be put beside ours.
package lab
