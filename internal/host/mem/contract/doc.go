// Package contract holds the tests that every host has to pass, whether it is the Linux kernel behind
// link.Conn or package mem: what one of them does and the other does not makes a test elsewhere lie.
package contract
