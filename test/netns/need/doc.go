// Package need says what a test cannot do without, in one wording: a test that lacks it is skipped with a
// message that begins with "needs", and the tally at the end of a run names every one of them.
package need
