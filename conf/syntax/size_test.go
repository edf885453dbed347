package syntax

import (
	"testing"
	"unsafe"
)

// TestSlabs holds the slabs against the size of what is in them: one more and they would be rounded up.
func TestSlabs(t *testing.T) {
	const room = 32 << 10
	if n := room / unsafe.Sizeof(Node{}); n != nodeSlab {
		t.Errorf("%d nodes fill a slab, not %d", n, nodeSlab)
	}
	if n := room / unsafe.Sizeof(Word{}); n != wordSlab {
		t.Errorf("%d words fill a slab, not %d", n, wordSlab)
	}
}
