package vrrp

import "time"

// bursts is a short queue of announcements to come. Every lower-priority advert earns one of its own, so
// several can be pending; when the queue is full a further one is left out, because those before it will tell the LAN
// the same thing.
type bursts struct {
	n    int
	list [8]struct {
		at     time.Time
		repeat int
	}
}

// add queues a burst. Both delays are constants of the instance but differ from each other, so the order is kept
// by insertion.
func (b *bursts) add(at time.Time, repeat int) {
	if b.n == len(b.list) {
		return
	}
	i := b.n
	for ; i > 0 && at.Before(b.list[i-1].at); i-- {
		b.list[i] = b.list[i-1]
	}
	b.list[i].at, b.list[i].repeat = at, repeat
	b.n++
}

// next returns when the first is due; zero if there is none.
func (b *bursts) next() time.Time {
	if b.n == 0 {
		return time.Time{}
	}
	return b.list[0].at
}

// pop removes the first and returns its repeat count.
func (b *bursts) pop() int {
	r := b.list[0].repeat
	copy(b.list[:], b.list[1:b.n])
	b.n--
	return r
}

func (b *bursts) clear() { b.n = 0 }
