package script

import (
	"testing"

	"holdfast/conf/explain"
)

// TestKindsAreExplained has "holdfast explain-code" know every code of findings.go.
func TestKindsAreExplained(t *testing.T) {
	codes := []string{"script"}
	for k := NotFound; k <= Unsafe; k++ {
		codes = append(codes, "script-"+k.String())
	}
	for _, code := range codes {
		if _, ok := explain.Lookup(code); !ok {
			t.Errorf("no explanation of %q", code)
		}
	}
}
