// Package netns holds the tests that run the daemon in network namespaces, beside and against software that is
// not ours: the distribution's keepalived as peer, FRR's vrrpd as another, tshark as the reader of the wire.
//
// Every expectation is one that keepalived meets: HOLDFAST_SEATS=kk runs them all with keepalived at both nodes.
package netns
