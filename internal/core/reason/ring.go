package reason

// kept is how many decisions a Ring remembers.
const kept = 32

// Ring keeps the latest decisions. The zero Ring is empty and ready.
type Ring struct {
	list [kept]Decision
	n    int // how many were ever added
}

// Add takes a decision in; the oldest one may go for it.
func (r *Ring) Add(d Decision) {
	r.list[r.n%kept] = d
	r.n++
}

// List gives the decisions that are kept, the latest first.
func (r *Ring) List() []Decision {
	out := make([]Decision, 0, min(r.n, kept))
	for i := r.n - 1; i >= 0 && i >= r.n-kept; i-- {
		out = append(out, r.list[i%kept])
	}
	return out
}
