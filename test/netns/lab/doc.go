// Package lab builds small networks out of namespaces and runs VRRP daemons in them.
//
// A Lab is one switch namespace with a bridge per segment and any number of Nodes, each a namespace of its
// own with veths into those bridges. A Daemon is a real program in a Node, with private /run, /tmp and
// /etc/keepalived. Everything that happens — a frame on a bridge, an address that comes or goes, a line of a
// log, a script that runs, a process that ends — is recorded with its time and wakes Until, so that tests wait
// for events and never for a number of seconds.
//
// The lab decodes frames by itself: what it says about a packet does not come from the code under test.
//
// LAB_REPORT=1 prints what was recorded also when a test passes.
//
//	l := lab.New(t)
//	a := l.Node("a").Link("eth0", "br0", "10.9.0.1/24")
//	d := a.Start(seat, config)
//	l.Until("a is master", 5*time.Second, func() bool { return a.Has("10.9.0.50") })
package lab
