// Package pattern compiles the regular expressions of the configuration, which are in the syntax of PCRE2, and matches
// bytes with them.
//
// Each expression is written anew (speller) as one that the engines read as PCRE2 reads the original. What Go's own engine takes runs in
// linear time. The rest (look-around, back-references, possessive and atomic groups) goes to an engine that backtracks,
// within a limit of time and memory. What neither takes is an error that names the construct: \K, recursion, verbs, branch reset.
//
// Text is bytes, as in PCRE2 without UTF: a dot is one byte, and a byte from 0x80 on is no letter. With the option utf it is characters.
package pattern
