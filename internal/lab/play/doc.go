// Package play holds what the lab plays: the pairs of configurations, the steps of a scenario, what is
// expected of each by VRRP's own arithmetic (RFC 3768 §6.1, RFC 9568 §6.1), and the engine that takes a
// bench through them and fills in the table.
//
// What changes hands is a Unit: an instance, or a sync group as a whole. A group's new master waits for the
// slowest of its members. If only one link of the old master fails, the heir hears farewells on the others,
// yet has to wait out the master-down time of the silent one; then all addresses move at once.
//
// The engine never reads a clock: time comes with the bench's events.
package play
