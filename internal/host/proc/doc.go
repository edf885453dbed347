// Package proc is what a role process does to itself: the loop it waits in, the priority it runs with, the
// memory it locks, the namespace it lives in, the names and pid files it is known by, and the children it
// starts.
//
// Calls that change the calling thread only (scheduling, affinity, network namespace) say so; lock the
// goroutine to its thread before them, and do them before anything else runs: threads inherit from the
// thread that creates them.
//
// Nothing here logs and nothing here decides. A privilege or a kernel feature that is missing comes back as
// a *DeniedError or an *UnsupportedError that says what would help; most callers warn and go on.
package proc
