package probe

// deadlines is a heap of attempts by deadline. Every attempt knows its place, so that it can be moved or taken out.
type deadlines []*attempt

// noPlace is the place of an attempt that is not in the heap.
const noPlace = -1

// set gives a its deadline and its place.
func (h *deadlines) set(a *attempt, deadline int64) {
	a.deadline = deadline
	if a.place == noPlace {
		a.place = len(*h)
		*h = append(*h, a)
	}
	if !h.up(a.place) {
		h.down(a.place)
	}
}

// remove takes a out, if it is in.
func (h *deadlines) remove(a *attempt) {
	i := a.place
	if i == noPlace {
		return
	}
	last := len(*h) - 1
	h.swap(i, last)
	(*h)[last] = nil
	*h = (*h)[:last]
	a.place = noPlace
	if i < last && !h.up(i) {
		h.down(i)
	}
}

func (h deadlines) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h deadlines) up(i int) (moved bool) {
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].deadline <= h[i].deadline {
			break
		}
		h.swap(i, parent)
		i, moved = parent, true
	}
	return moved
}

func (h deadlines) down(i int) {
	for {
		least := 2*i + 1
		if least >= len(h) {
			return
		}
		if right := least + 1; right < len(h) && h[right].deadline < h[least].deadline {
			least = right
		}
		if h[i].deadline <= h[least].deadline {
			return
		}
		h.swap(i, least)
		i = least
	}
}
