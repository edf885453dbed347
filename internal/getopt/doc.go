// Package getopt reads a command line as glibc's getopt_long(3) does: clusters of short options
// ("-nlD", "-S3"), long options by any prefix that can mean only one ("--use-f"), arguments attached or
// following, optional arguments attached only, "--", and operands anywhere between.
//
// Its errors carry glibc's words; a program with words of its own looks at Error.Kind.
package getopt
