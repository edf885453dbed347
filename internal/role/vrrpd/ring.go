package vrrpd

import "sync/atomic"

// ring is a bounded queue with one producer and one consumer that never wait for each other.
type ring[T any] struct {
	slots []T
	mask  uint64
	_     [40]byte // head and tail live on cache lines of their own
	head  atomic.Uint64
	_     [56]byte
	tail  atomic.Uint64
	_     [56]byte
	lost  atomic.Uint64
}

// newRing makes a ring of at least n slots.
func newRing[T any](n int) *ring[T] {
	size := 1
	for size < n {
		size *= 2
	}
	return &ring[T]{slots: make([]T, size), mask: uint64(size - 1)}
}

// push puts v in if more than spare slots are free, else counts it as lost. Producer only.
func (r *ring[T]) push(v T, spare int) bool {
	head, tail := r.head.Load(), r.tail.Load()
	if int(head-tail)+spare >= len(r.slots) {
		r.lost.Add(1)
		return false
	}
	r.slots[head&r.mask] = v
	r.head.Store(head + 1)
	return true
}

// pop takes the oldest out. Consumer only.
func (r *ring[T]) pop() (v T, ok bool) {
	tail := r.tail.Load()
	if tail == r.head.Load() {
		return v, false
	}
	slot := &r.slots[tail&r.mask]
	v = *slot
	var zero T
	*slot = zero
	r.tail.Store(tail + 1)
	return v, true
}

// pushed and popped count what has gone in, and out again.
func (r *ring[T]) pushed() uint64 { return r.head.Load() }
func (r *ring[T]) popped() uint64 { return r.tail.Load() }
