// Package site says what stands where: machines, their ports on the segments of a network, their ways and what they serve. A scenario
// has one, and the bench builds it. Pure.
package site
