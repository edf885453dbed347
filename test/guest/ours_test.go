package guest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// ours returns the path of our daemon: HOLDFAST_BIN's if it is set, else one that is built for the test. In the guest it is always
// set: nothing can be built there.
func ours(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("HOLDFAST_BIN"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "keepalived")
	cmd := exec.Command("go", "build", "-o", path, "holdfast/cmd/holdfast")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build holdfast: %v\n%s", err, out)
	}
	return path
}
