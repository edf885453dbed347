package syntax

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// TestPieces holds the sizes of pieces against the size of what is in them: one more and they would be rounded up.
func TestPieces(t *testing.T) {
	const room = 32 << 10
	if n := room / unsafe.Sizeof(Node{}); n != nodePiece {
		t.Errorf("%d nodes fill a piece, not %d", n, nodePiece)
	}
	if n := room / unsafe.Sizeof(Word{}); n != wordPiece {
		t.Errorf("%d words fill a piece, not %d", n, wordPiece)
	}
}

// TestStore adds rows of numbers, keeps some of what came between two deliveries and looks whether that stays as it was.
func TestStore(t *testing.T) {
	type row struct{ is, was []int64 }
	rng := rand.New(rand.NewPCG(1, 2))
	s := store[int64]{size: 4096}
	var kept, open []row
	for i := range 200_000 {
		for range rng.IntN(7) {
			s.extend(rng.Int64())
		}
		is := s.row()
		r := row{is, slices.Clone(is)}
		if rng.IntN(40) == 0 {
			if rng.IntN(2) == 0 {
				s.keep()
				kept = append(kept, open...)
			} else {
				s.reuse()
			}
			open = nil
		}
		open = append(open, r)
		if i%5000 == 0 {
			s.extend(1)
			for range 3 * 4096 { // a row longer than a piece
				s.extend(2)
			}
			if long := s.row(); long[0] != 1 || long[len(long)-1] != 2 || len(long) != 1+3*4096 {
				t.Fatalf("a long row has %d values", len(long))
			}
		}
	}
	for _, r := range append(kept, open...) {
		if !slices.Equal(r.is, r.was) {
			t.Fatalf("%v was %v", r.is, r.was)
		}
	}
	if len(kept) < 1000 {
		t.Fatalf("%d rows were kept", len(kept))
	}
}

// TestStoreUsesAgain adds for ever and needs only as much as is in use.
func TestStoreUsesAgain(t *testing.T) {
	s := store[int64]{size: 4096}
	allocs := testing.AllocsPerRun(100, func() {
		for range 5 * 4096 {
			s.add(1)
		}
		s.reuse()
	})
	if allocs > 0 {
		t.Errorf("%v allocations", allocs)
	}
}
