// Package syntax turns the text of keepalived.conf into a tree of words and back.
//
// It knows lines, comments, quotes, braces, includes, definitions and repetitions; it knows no
// keyword. It asks its caller one question only: whether a keyword opens a block. Files are reached through a
// Source, so that a daemon, an editor, a test and a fuzzer all drive the same code.
package syntax
