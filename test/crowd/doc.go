// Package crowd is clients that ask a web server a steady number of times a second, each time over a connection of its own, and the
// account of what became of it: how many were lost, and how long nobody was answered.
package crowd
