package conf

import "holdfast/conf/diag"

// Value is one setting and where it came from. A zero At means that the default is in force.
type Value[T any] struct {
	V  T
	At diag.Span
}

// Set reports whether a file said it.
func (v Value[T]) Set() bool { return !v.At.IsZero() }
