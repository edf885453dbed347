// Package pattern compiles the regular expressions of the configuration, which are in the syntax of PCRE2, and matches
// bytes with them.
//
// What Go's own engine takes runs in linear time. The rest (look-around, back-references, possessive and atomic groups)
// goes to an engine that backtracks, within a limit of time and memory. What neither takes is an error that names the
// construct: \K, recursion, verbs, branch reset.
//
// Text is bytes, as in PCRE2 without UTF: a dot is one byte. With the option utf it is characters.
package pattern
