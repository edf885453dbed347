package sim

import (
	"container/heap"
	"time"
)

// queue holds what is going to happen, in order of time and, at the same time, of arrival in the queue.
type queue struct {
	list []*appointment
	seq  int
}

type appointment struct {
	at  time.Time
	seq int
	do  func()
}

func (q *queue) add(at time.Time, do func()) {
	q.seq++
	heap.Push(q, &appointment{at, q.seq, do})
}

// next returns the time of the first appointment.
func (q *queue) next() (time.Time, bool) {
	if len(q.list) == 0 {
		return time.Time{}, false
	}
	return q.list[0].at, true
}

func (q *queue) pop() func() { return heap.Pop(q).(*appointment).do }

// The methods of heap.Interface.

func (q *queue) Len() int { return len(q.list) }

func (q *queue) Less(i, j int) bool {
	a, b := q.list[i], q.list[j]
	return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
}

func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }

func (q *queue) Push(x any) { q.list = append(q.list, x.(*appointment)) }

func (q *queue) Pop() any {
	last := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return last
}
