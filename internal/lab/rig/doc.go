// Package rig is the lab's bench: network namespaces joined by bridges, a client that asks every
// millisecond, or for a hundred pages a second, two routers with a service behind the virtual address,
// or web servers behind them, their daemons as child processes, and the eyes on the wire and in the
// routers' kernels.
//
// It does what it is told and reports what it sees as record.Events; it judges nothing. Everything that
// it makes (processes, namespaces, mounts, files) is gone after Close. It needs root and Linux.
package rig
