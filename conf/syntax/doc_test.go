package syntax

import (
	"os"
	"strings"
	"testing"

	"holdfast/conf/diag"
)

// TestPageExamples: every example in docs/preprocessor.md can be read without a complaint.
func TestPageExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/preprocessor.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(page), "```\n")
	if len(parts) < 13 || len(parts)%2 == 0 {
		t.Fatalf("%d parts", len(parts))
	}
	for i := 1; i < len(parts); i += 2 {
		src := mapSource{
			"main.conf": "$INSTANCE=leaf ${id} ${prio}\n" + parts[i], "/etc/keepalived/conf.d/a.conf": "leaf\n",
			"common.conf": "leaf\n", "main2.conf": "leaf\n", "peers.conf": "leaf\n",
		}
		tree, list := Parse(src, "main.conf", Options{ConfigID: "main2"})
		if len(tree.Nodes) == 0 {
			t.Errorf("nothing comes of\n%s", parts[i])
		}
		for _, d := range list.All() {
			if d.Severity != diag.Info {
				t.Errorf("%v: %s in\n%s", d.At, d.Summary, parts[i])
			}
		}
	}
}
