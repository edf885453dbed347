package sysctl_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/internal/host/sysctl"
)

func TestReadRefusesWhatIsNoNumber(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "words"), []byte("4096\t131072\t6291456\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sysctl.Tree(dir).Read([]string{"words"}); err == nil || !strings.Contains(err.Error(), "words") {
		t.Errorf("several numbers: %v", err)
	}
	if _, err := sysctl.Tree(dir).Read([]string{"."}); err == nil {
		t.Error("a directory is read")
	}
	if v, err := sysctl.Host.Read([]string{"kernel/pid_max"}); err != nil || v["kernel/pid_max"] < 1 {
		t.Errorf("%v, %v", v, err)
	}
}
