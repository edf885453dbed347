package reason

// kept is how many decisions a Ring remembers.
const kept = 32

// Ring keeps the latest decisions. The zero Ring is empty and ready.
type Ring struct {
	list []Decision // at most kept; the oldest is at next once it is full
	next int
}

// Add takes a decision in; the oldest one may go for it.
func (r *Ring) Add(d Decision) {
	if len(r.list) < kept {
		r.list = append(r.list, d)
	} else {
		r.list[r.next] = d
	}
	r.next = (r.next + 1) % kept
}

// Last gives the latest decision; nil if there is none.
func (r *Ring) Last() *Decision {
	if len(r.list) == 0 {
		return nil
	}
	return &r.list[(r.next+kept-1)%kept]
}

// List gives the decisions that are kept, the latest first.
func (r *Ring) List() []Decision {
	out := make([]Decision, 0, len(r.list))
	for i := range r.list {
		out = append(out, r.list[(r.next+2*kept-1-i)%kept])
	}
	return out
}
