package corpus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/role/super"
)

// lacking are complaints about what a case's frame has not, on purpose or because another case has it.
var lacking = map[string]bool{
	"missing-interface": true, "no-address": true, "unknown-follow": true, "unknown-service": true,
}

// TestRightArguments: what the table says a keyword takes is taken. It is all that can be asked of keywords newer than the
// keepalived to compare with.
func TestRightArguments(t *testing.T) {
	dir := t.TempDir()
	n := 0
	for _, c := range All() {
		if !c.Right || !c.Newer {
			continue
		}
		n++
		text := strings.ReplaceAll(c.Text, "@DIR@", dir)
		if err := os.WriteFile(filepath.Join(dir, "c.conf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, list := conf.Load(super.Disk{}, filepath.Join(dir, "c.conf"), conf.Options{ConfigID: configID})
		for _, d := range list.All() {
			if d.Severity != diag.Info && !lacking[d.Code] {
				t.Errorf("%s: %s [%s]\n%s", c.Name, d.Summary, d.Code, text)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d cases", n)
	}
}
