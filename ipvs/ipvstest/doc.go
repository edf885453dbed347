// Package ipvstest is a kernel with IPVS in memory, for tests of what stands on package ipvs. It speaks generic netlink: what
// it hears and says are the messages of the kernel, so that everything above the socket is under test.
//
// It answers as Linux 6.1 does, errors included: duplicates and absences, unknown schedulers, thresholds and weights out of
// range, ports that GUE lacks, destinations of the other family, sync daemons beside them. It forwards nothing: counters are
// what Count has set.
package ipvstest
