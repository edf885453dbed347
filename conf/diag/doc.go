// Package diag holds positions in configuration sources and the diagnostics that point at them.
//
// It is the leaf of the configuration language: the lexer, the decoder and the checks all speak
// through a List of Diagnostics, and one renderer turns that list into what a person, an editor or a
// deploy script reads. Nothing in here opens a file or writes to a stream by itself.
package diag
