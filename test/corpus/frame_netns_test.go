package corpus

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/test/netns/need"
)

// TestFramesAreClean: keepalived has nothing against what is put around the keywords, so that what it says of a case is
// about the keyword.
func TestFramesAreClean(t *testing.T) {
	if why := cannotAsk(); why != "" {
		t.Skip(why)
	}
	ns := "/run/netns/" + need.Namespace(t, "hfcorpus")
	dir := t.TempDir()
	newer := []string{"vrrp_instance/auth_hmac", "tls", "GRPC_CHECK"} // than 2.2.7, or not keepalived's at all
	blocks := slices.DeleteFunc(slices.Sorted(maps.Keys(frames)), func(b string) bool { return slices.Contains(newer, b) })
	files := make([]string, len(blocks))
	for i, b := range blocks {
		files[i] = "c" + strconv.Itoa(i) + ".conf"
		text := file(b, "")
		if e := entries[b]; e != nil {
			text = file(b, "", e[0])
		}
		text = strings.ReplaceAll(text, "@DIR@", dir)
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range theirs(t, ns, dir, files) {
		if said := neutral(v.lines, dir, files[i]); len(said) > 0 || v.status != 0 {
			t.Errorf("%q: exit %d, %q\n%s", blocks[i], v.status, said, file(blocks[i], ""))
		}
	}
}
