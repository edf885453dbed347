// Command tally reads what "go test -json" writes, says in a line how each package did, shows what failed in
// full, and ends with the names of all skipped tests, with their reasons, and the count:
//
//	12 passed, 0 failed, 3 skipped
//
// A test with subtests is not counted, its subtests are. The exit status is 1 if anything failed.
package main
