package sim

import "time"

// queue holds what is going to happen, in order of time and, at the same time, of arrival in the queue. It is a binary heap
// of values: a simulation does little else than put things into it and take them out.
type queue struct {
	list []appointment
	seq  uint64
}

// kind is what an appointment is for.
type kind uint8

const (
	wake     kind = iota // the node's engine has a deadline
	delivery             // a packet arrives on the node's link with that number
	oath                 // the checker looks at the node's router with that number
)

type appointment struct {
	at     time.Duration
	seq    uint64
	node   *node
	packet *packet
	number int
	life   int // wake: of the daemon that wanted it
	kind   kind
}

func (a *appointment) before(b *appointment) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (q *queue) add(a appointment) {
	q.seq++
	a.seq = q.seq
	q.list = append(q.list, a)
	i := len(q.list) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !a.before(&q.list[parent]) {
			break
		}
		q.list[i] = q.list[parent]
		i = parent
	}
	q.list[i] = a
}

// next returns the time of the first appointment.
func (q *queue) next() (time.Duration, bool) {
	if len(q.list) == 0 {
		return 0, false
	}
	return q.list[0].at, true
}

func (q *queue) pop() appointment {
	first, end := q.list[0], len(q.list)-1
	last := q.list[end]
	q.list[end] = appointment{}
	q.list = q.list[:end]
	if end == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= end {
			break
		}
		if right := child + 1; right < end && q.list[right].before(&q.list[child]) {
			child = right
		}
		if !q.list[child].before(&last) {
			break
		}
		q.list[i] = q.list[child]
		i = child
	}
	q.list[i] = last
	return first
}
