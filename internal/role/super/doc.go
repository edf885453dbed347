// Package super is the parent of the daemon: it reads the configuration once, starts the roles that it
// asks for, hands each the same bytes, keeps them alive, carries signals to them and takes them down.
//
// It parses nothing that comes off a wire and holds no protocol state. A role is a process of its own
// (this program again, marked by the environment, with a bus on descriptor 3, the configuration in a sealed
// memory file on descriptor 4 and a pipe for its last words on descriptor 5), or with --single a goroutine;
// Child and the goroutine run the same code, and the role cannot tell.
//
// A configuration goes through two steps, prepare and commit, so that a reload can refuse a bad one and
// keep the old: see generation.go.
package super
