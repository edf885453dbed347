// Package contract holds the tests that every table of virtual services has to pass, whether the Linux kernel's or the one in
// package mem.
package contract
