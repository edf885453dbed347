package uml

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadOrder(t *testing.T) {
	tree := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("modules.builtin", "kernel/net/tun.ko\n")
	write("modules.dep", "net/ip_vs_rr.ko: net/ip_vs.ko net/nf-conntrack.ko lib/crc.ko\nnet/ip_vs.ko: net/nf-conntrack.ko lib/crc.ko\n"+
		"net/nf-conntrack.ko: lib/crc.ko\nlib/crc.ko:\n")
	got, err := loadOrder(tree, []string{"tun", "nf_conntrack", "ip_vs_rr"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lib/crc.ko", "net/nf-conntrack.ko", "net/ip_vs.ko", "net/ip_vs_rr.ko"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := loadOrder(tree, []string{"ip_vs_xx"}); err == nil {
		t.Error("a module that is not there was found")
	}
}

// A fetch that was interrupted leaves a hundred megabytes, until the next one.
func TestWorkshop(t *testing.T) {
	cache := t.TempDir()
	first, err := workshop(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(first, "half.deb"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	second, err := workshop(cache)
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) != 1 || left[0].Name() != filepath.Base(second) {
		t.Errorf("left are %v, %v", left, err)
	}
}
