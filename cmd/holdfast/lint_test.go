package main

import "testing"

// TestMeaningsAreCodes finds the ones that were renamed.
func TestMeaningsAreCodes(t *testing.T) {
	for _, code := range meanings {
		if e, ok := explanation(code); !ok || e.Code != code {
			t.Errorf("%s is no code", code)
		}
	}
}
