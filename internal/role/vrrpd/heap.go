package vrrpd

import "time"

// timerHeap orders the routers that have a deadline, the earliest first.
type timerHeap struct{ list []*runner }

func (h *timerHeap) grow(n int) { h.list = make([]*runner, 0, n) }

func (h *timerHeap) first() *runner {
	if len(h.list) == 0 {
		return nil
	}
	return h.list[0]
}

// set gives a router its deadline, or takes it out.
func (h *timerHeap) set(r *runner, at time.Time, armed bool) {
	switch {
	case !armed && r.heapPos < 0:
		return
	case !armed:
		h.remove(r)
		return
	case r.heapPos < 0:
		r.deadline, r.heapPos = at, len(h.list)
		h.list = append(h.list, r)
		h.up(r.heapPos)
		return
	}
	r.deadline = at
	h.up(r.heapPos)
	h.down(r.heapPos)
}

func (h *timerHeap) remove(r *runner) {
	i, last := r.heapPos, len(h.list)-1
	h.swap(i, last)
	h.list[last] = nil
	h.list = h.list[:last]
	r.heapPos = -1
	if i < last {
		h.up(i)
		h.down(i)
	}
}

func (h *timerHeap) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.list[i].deadline.Before(h.list[parent].deadline) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *timerHeap) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.list) {
			return
		}
		if right := child + 1; right < len(h.list) && h.list[right].deadline.Before(h.list[child].deadline) {
			child = right
		}
		if !h.list[child].deadline.Before(h.list[i].deadline) {
			return
		}
		h.swap(i, child)
		i = child
	}
}

func (h *timerHeap) swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.list[i].heapPos, h.list[j].heapPos = i, j
}
