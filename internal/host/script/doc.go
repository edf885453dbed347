// Package script runs child programs: notify scripts, tracking and check scripts, the readers of
// FIFOs. It also tells, before anything runs, whether a script may run and if not why: which component
// of its path, with which mode and owner, and what command mends it.
//
// A Runner forks from one thread of its own. The kernel sends a child its parent-death signal when the
// thread that forked it ends, and Go's threads come and go; and a child inherits priority and CPU
// affinity from that thread, so resetting these needs no program between us and the script.
//
//	Start ──▶ spawning thread ──▶ fork, exec          own process group, /dev/null, scrubbed environment
//	          one goroutine per child: exit, timeout  TERM to the group, 2 s, KILL, KILL every 10 s
//
// What is run, when, and what its result means is not known here.
package script
