// Package link talks rtnetlink: it reads the links and addresses of one network namespace, changes
// addresses in batches, tells what changes by itself, and builds the links a laboratory needs.
//
// A Conn holds one socket for questions and changes, which the kernel answers before the call that asked
// has returned, and opens another for every Watch. Answers are matched by sequence number, so a stale one
// is never taken for another's. Everything that the kernel says about an error (its extended
// acknowledgement) is in the error's text.
//
// The package decides nothing: what to add and what to delete comes from core/table.
package link
