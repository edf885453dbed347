// Package lint finds what a configuration file says correctly and does not do: weights that can never move an address, nodes
// of a pair that will not hear each other, checks that are slower than their period.
//
// Run takes the configurations of one node or of the two nodes of a pair, as conf.Load returns them, and gives
// findings with stable codes. Each rule is one Rule value in the file of its family; docs/lint.md is made from them. A finding
// of severity Error means that the pair does not work as a pair; a Warning bites when something fails; an Info is worth
// knowing. Findings change no exit status of a configuration test: their class is diag.ClassNone.
package lint
