package corpus

import (
	"testing"
)

// TestNamesAreUnique: a difference is known by the name of its case.
func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		k := (&difference{Case: c}).key()
		if seen[k] {
			t.Errorf("two cases are called %q", k)
		}
		seen[k] = true
	}
}
