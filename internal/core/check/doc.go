// Package check decides what health checks mean: a checker's luck, a real server's weight, a virtual server's quorum, and from
// them what the kernel's table is to hold. Pure: events and the time go in, actions come out.
//
//	conf.Config ──▶ Director ── Service (quorum, sorry server) ──▶ lvs.Entry, one for each address or mark
//	                   │           └─ server (failing checkers, weight)
//	                   │                 └─ checker (retries, period)
//	Result ──▶ checker: counts, or fails, or recovers ──▶ server: up or down ──▶ service: quorum gained or lost
//
// Drive it like this: call Step with what happened and the time, carry out the returned actions in order, and call
// Step(Deadline, Tick{}) when the deadline comes. A Probe asks for one attempt of one check; the Result that answers it repeats
// its Attempt. A Result of an attempt that is no longer awaited does nothing, so a Cancel may cross it.
//
// Wanted is the table that all Apply actions so far lead to. What the kernel really has may be something else, because an operation
// was refused or somebody else was at it: lvs.Diff of both repairs that, and touches only what is lvs.Owned.
//
// The order of actions is part of the contract. Reports and scripts come in the order in which keepalived tells and runs them.
// The operations of an Apply are in the order in which they are to reach the kernel: additions before deletions.
package check
