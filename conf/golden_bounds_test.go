package conf_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
)

// locked is a file system in which nobody may read the file of that name.
type locked struct {
	mapSource
	name string
}

func (l locked) ReadFile(p string) ([]byte, error) {
	if p == l.name {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrPermission}
	}
	return l.mapSource.ReadFile(p)
}

// TestBoundsGolden has the findings whose files are too large, too many or too odd for an archive, with text and place.
func TestBoundsGolden(t *testing.T) {
	chain := mapSource{"main.conf": "include 1.conf\n"}
	for i := range 40 {
		chain[fmt.Sprintf("%d.conf", i+1)] = fmt.Sprintf("# the next one\n  include %d.conf\n", i+2)
	}
	var steps strings.Builder
	for i := range 30 {
		fmt.Fprintf(&steps, "      = included from at %d.conf:2\n", 30-i)
	}
	line := "# " + strings.Repeat("x", 998)
	for name, c := range map[string]struct {
		src  mapSource
		want string
	}{
		"include-too-deep": {chain, `31.conf:2:11: error: cannot include "32.conf": includes nest deeper than 32 [include-too-deep]
    2 |   include 32.conf
      |           ^^^^^^^
` + steps.String() + `      = included from at main.conf:1
      = effect: skipped
`},
		"include-too-many": {
			mapSource{"main.conf": "include conf.d/" + strings.Repeat("{a,b}", 13) + "\n"},
			`main.conf:1:9: error: cannot include "conf.d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}": the braces stand for more than 4096 names [include-too-many]
    1 | include conf.d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = effect: skipped
`,
		},
		"include-bad-pattern": {mapSource{"main.conf": "  include conf.d/[a\n"}, `main.conf:1:11: error: cannot include "conf.d/[a": bad pattern [include-bad-pattern]
    1 |   include conf.d/[a
      |           ^^^^^^^^^
      = effect: skipped
`},
		"too-many-files": {
			mapSource{"main.conf": strings.Repeat("include big.conf\n", 100), "big.conf": strings.Repeat(line+"\n", 64)},
			`main.conf:67:9: error: more than 4 MiB are included that were included before [too-many-files]
   67 | include big.conf
      |         ^^^^^^^^
      = effect: nothing of the configuration is used
`,
		},
		"too-deep": {
			mapSource{"main.conf": strings.Repeat("qqqqqqqq {\n", 66) + strings.Repeat("}\n", 66)},
			`main.conf:1:1: error: unknown keyword "qqqqqqqq" [unknown-block]
    1 | qqqqqqqq {
      | ^^^^^^^^
      = effect: the whole block is ignored
main.conf:65:10: error: blocks nest deeper than 64 [too-deep]
   65 | qqqqqqqq {
      |          ^
      = effect: what is inside is skipped
`,
		},
		"long-line": {mapSource{"main.conf": "! short\n# é" + strings.Repeat("x", 1100) + "\n"}, `main.conf:2:1: info: the line has 1104 bytes [long-line]
    2 | # é` + strings.Repeat("x", 157) + `
      | ^
      = effect: read in full; to keepalived what is behind 1023 bytes is another line
      = help: split it if keepalived is to read this file too
`},
	} {
		t.Run(name, func(t *testing.T) {
			_, list := conf.Load(c.src, "main.conf", conf.Options{})
			checkJSON(t, &list)
			if d := cmp.Diff(c.want, string(rich(t, c.src, &list))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// TestUnreadableGolden includes a file that nobody may read.
func TestUnreadableGolden(t *testing.T) {
	src := locked{mapSource{"main.conf": "global_defs {\n}\n  include secret.conf\n", "secret.conf": ""}, "secret.conf"}
	_, list := conf.Load(src, "main.conf", conf.Options{})
	const want = `main.conf:3:11: warning: cannot read "secret.conf": Permission denied [cannot-read]
    3 |   include secret.conf
      |           ^^^^^^^^^^^
      = effect: skipped
`
	if d := cmp.Diff(want, string(rich(t, src, &list))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
