// Package lvs says what the kernel's table of virtual services is to hold, as plain values: services, the destinations
// behind each, and the operations that lead from one table to another. Pure: no kernel, no clock.
//
// Diff compares one service as it is wanted with what is there. Its operations never leave less than needed: what is to be
// added comes first, then what is edited in place, and what must go comes last. So a sorry server is in before the last
// real server is out. What is not in Owned is never touched.
package lvs
