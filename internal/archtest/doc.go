// Package archtest has the repository test its own habits: which room may import which, what the pure rooms may
// touch, that every package says what it is, and that files stay readable. See ARCHITECTURE.md for the picture.
package archtest
