// Package play holds what the lab plays: the pairs of configurations, the steps of a scenario, what is
// expected of each by VRRP's own arithmetic (RFC 3768 §6.1, RFC 9568 §6.1), and the engine that takes a
// bench through them and fills in the table.
//
// The engine never reads a clock: time comes with the bench's events.
package play
