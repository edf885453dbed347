// Package sysctl reads and writes those of the kernel's settings that are numbers. The ones of the network below net belong to the
// network namespace of the thread that asks.
package sysctl
