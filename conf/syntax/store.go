package syntax

// store has room for values in pieces that do not move. Pieces are used again when what is in them is done with.
type store[T any] struct {
	size  int // of a piece, in values
	last  piece[T]
	full  []piece[T] // those before it
	spare []piece[T] // empty
	from  int        // where in the last piece the row begins that is being added
}

type piece[T any] struct {
	vals []T
	held bool // somebody keeps something of it
}

// Sizes of pieces: as many as fill 32 KiB, beyond which room is rounded up to whole pages.
const (
	nodePiece = 178
	wordPiece = 682
)

// add takes a value and returns where it is.
func (s *store[T]) add(v T) *T {
	s.extend(v)
	return &s.row()[0]
}

// extend adds a value to the row.
func (s *store[T]) extend(v T) {
	if len(s.last.vals) == cap(s.last.vals) {
		s.next()
	}
	s.last.vals = append(s.last.vals, v)
}

// row ends a row of values that are side by side and returns it.
func (s *store[T]) row() []T {
	row := s.last.vals[s.from:len(s.last.vals):len(s.last.vals)]
	s.from = len(s.last.vals)
	return row
}

// next begins another piece, with the row.
func (s *store[T]) next() {
	row := s.last.vals[s.from:]
	var p piece[T]
	if n := len(s.spare); n > 0 {
		p, s.spare = s.spare[n-1], s.spare[:n-1]
	}
	if need := max(2*len(row), 1); cap(p.vals) < need {
		p.vals = make([]T, 0, max(need, s.size))
	}
	if cap(s.last.vals) > 0 {
		s.full = append(s.full, s.last)
	}
	p.vals = append(p.vals, row...)
	s.last, s.from = p, 0
}

// reuse gives up all that was added before, but for the latest value or row, and what is kept.
func (s *store[T]) reuse() {
	for _, p := range s.full {
		if !p.held {
			clear(p.vals)
			p.vals = p.vals[:0]
			s.spare = append(s.spare, p)
		}
	}
	s.forget()
}

// keep leaves all that was added to whoever has it.
func (s *store[T]) keep() {
	s.last.held = true
	s.forget()
}

func (s *store[T]) forget() {
	clear(s.full)
	s.full = s.full[:0]
}
