package conf_test

import (
	"testing"

	"holdfast/conf"
)

// TestKeywordTable holds the table's rows against what they promise.
func TestKeywordTable(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			key := string(w) + "/" + k.Name
			if seen[key] {
				t.Errorf("%s is there twice", key)
			}
			seen[key] = true
		}
		if k.Doc == "" || k.Since == "" || k.Status == 0 || len(k.Where) == 0 {
			t.Errorf("%s: a cell is empty: %+v", k.Name, k)
		}
	}
}
