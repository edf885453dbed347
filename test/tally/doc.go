// Command tally reads what "go test -json" writes, says in a line how each package did, shows what failed in
// full, and ends with the names of all failed and skipped tests, with their reasons, and the count:
//
//	12 passed, 0 failed, 3 skipped
//
// A test with subtests is not counted, its subtests are. The exit status is 1 if anything failed.
//
// With -again REGEXP, tests of the packages that match which failed are run once more, alone. They look at the clock, and a machine
// that is busy with other things can make them fail. One that passes then counts as passed and is named at the end with what it
// is: unsteady. When many fail it is not the machine, and nothing is run again.
package main
