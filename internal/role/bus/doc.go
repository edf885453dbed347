// Package bus is what roles say to each other, and the two ways it travels: a socket pair between
// processes, an in-memory pipe inside one (--single). A role cannot tell which one it has.
package bus
