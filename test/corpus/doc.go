// Package corpus makes configurations from the keyword table, every keyword with right and wrong arguments in the right
// and the wrong block, and from combinations of the preprocessor's features. The test holds what we say about each against
// what keepalived says; where the two differ, testdata/known.txt has the case and the reason, and a new difference fails.
package corpus
