package conf_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// TestAbsentFile loads what is not there, directly and out of a snapshot.
func TestAbsentFile(t *testing.T) {
	rec := syntax.NewRecorder(mapSource{})
	cfg, list := conf.Load(rec, "nowhere.conf", conf.Options{})
	if cfg == nil || list.Len() != 1 {
		t.Fatalf("got %v, %d diagnostics", cfg, list.Len())
	}
	if got := list.ExitClass().ExitStatus(); got != 4 {
		t.Errorf("exit status %d, want 4", got)
	}
	if got := diag.CompatLines(&list); !slices.Equal(got, []string{"Config files missing 'nowhere.conf'."}) {
		t.Errorf("compat: %q", got)
	}
	_, again := conf.Load(rec.Snapshot(), "nowhere.conf", conf.Options{})
	if d := cmp.Diff(list.All(), again.All()); d != "" {
		t.Errorf("replayed: %s", d)
	}
}

// sentence draws lines that resemble a configuration, right and wrong.
func sentence(t *rapid.T) string {
	word := rapid.SampledFrom([]string{
		"vrrp_instance", "A", "B", "{", "}", "interface", "eth0", "virtual_router_id", "51", "300", "priority", "virtual_ipaddress",
		"192.0.2.1/24", "dev", "#", "!", "\"", "$X", "${X}", "$X=5", "include", "a.conf", "b*.conf", "@id", "@^id", "\n", "\n", "\n",
		"global_defs", "router_id", ";", "//", "\u00a0", "\u3000", "notify_master", "\"/bin/x 'a b'\"", "\\", "\x00", "track_script", "advert_int", "1.5",
		"~SEQ(n, 1, 3)", "~LST({n, X}, {1, 2}, {a.conf})", "${n}", "${_RANDOM}", "$M=\\\n", "$M", "\\\n", "include {a,b1}.conf", "include_check",
	})
	return strings.Join(rapid.SliceOfN(word, 0, 60).Draw(t, "words"), " ")
}

// TestSnapshotLoadsTheSame holds Load over a recorded, marshalled and unmarshalled source against Load over
// the original.
func TestSnapshotLoadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := mapSource{"main.conf": sentence(t), "a.conf": sentence(t), "b1.conf": sentence(t)}
		opt := conf.Options{ConfigID: "id", CPUs: 2}
		rec := syntax.NewRecorder(src)
		cfg, list := conf.Load(rec, "main.conf", opt)
		data, err := rec.Snapshot().MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var snap syntax.Snapshot
		if err := snap.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		cfg2, list2 := conf.Load(&snap, "main.conf", opt)
		if d := cmp.Diff(list.All(), list2.All()); d != "" {
			t.Fatalf("diagnostics: %s", d)
		}
		if d := cmp.Diff(dump(cfg), dump(cfg2)); d != "" {
			t.Fatalf("configuration: %s", d)
		}
	})
}

// TestSnapshotKeepsFaults replays the kinds of error that a message depends on.
func TestSnapshotKeepsFaults(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.conf"), []byte("include sub\ninclude none.conf\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	rec := syntax.NewRecorder(dirSource{dir})
	_, list := conf.Load(rec, "main.conf", conf.Options{})
	_, again := conf.Load(rec.Snapshot(), "main.conf", conf.Options{})
	want := []string{
		"(main.conf: Line 1) Configuration file 'sub/' is a directory - skipping",
		"(main.conf: Line 2) Config files missing 'none.conf'.",
	}
	for _, l := range []diag.List{list, again} {
		if d := cmp.Diff(want, diag.CompatLines(&l)); d != "" {
			t.Error(d)
		}
	}
	var snap syntax.Snapshot
	if _, err := snap.ReadFile("x"); !errorsIs(err, fs.ErrNotExist) {
		t.Errorf("an empty snapshot says %v", err)
	}
}

func errorsIs(err, target error) bool {
	e, ok := err.(interface{ Is(error) bool })
	return ok && e.Is(target)
}
