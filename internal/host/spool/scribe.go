package spool

import "context"

// Placer puts a whole file where people look for it: Dir, or a test's.
type Placer interface {
	Place(name string, text []byte) error
}

// Scribe writes files about how things stand, one after the other. It may be as slow as the disk: nobody waits for it.
type Scribe struct {
	work chan func()
}

// Pages is how many files may wait to be written.
const Pages = 16

// NewScribe returns a Scribe whose work begins with Run.
func NewScribe() *Scribe { return &Scribe{work: make(chan func(), Pages)} }

// Run works until ctx ends.
func (s *Scribe) Run(ctx context.Context) {
	for {
		select {
		case f := <-s.work:
			f()
		case <-ctx.Done():
			return
		}
	}
}

// Full reports whether as many wait as may.
func (s *Scribe) Full() bool { return len(s.work) == cap(s.work) }

// Write has f called in its turn. Who is the only one to call it and has seen that it is not Full does not wait.
func (s *Scribe) Write(f func()) { s.work <- f }
