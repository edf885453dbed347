// Package oracle holds keepalived against our daemon: the same scene is played for the distribution's keepalived
// and for ours, each in a lab of its own, and what both did must be the same — the bytes on the wire, the
// addresses in the kernel, the scripts that ran, the lines of the log.
//
// With HOLDFAST_SEATS=kk keepalived is held against itself, which shows whether a scene is a fair one.
package oracle
