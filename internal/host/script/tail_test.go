package script

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTailKeepsTheLastBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 20).Draw(t, "size")
		tl := tail{keep: make([]byte, size)}
		var all strings.Builder
		for _, s := range rapid.SliceOfN(rapid.StringN(0, 30, 30), 0, 8).Draw(t, "writes") {
			tl.add([]byte(s))
			all.WriteString(s)
		}
		want := all.String()
		want = want[max(0, len(want)-size):]
		if got := tl.kept(); got != want {
			t.Fatalf("kept %q, want %q", got, want)
		}
	})
}
