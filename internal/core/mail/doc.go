// Package mail words alerts: which mail an event makes, to whom, with which subject, header and body. It sends nothing and reads no
// clock; package post does.
package mail
