// Package table compares what is wanted on a host with what is there and says what to do about it.
//
// Addresses, and the links that carry them, are plain values here; Diff orders its operations so that
// nothing that stays is touched and additions come before removals. Pure: no kernel, no clock.
package table
