package plane

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTheModuleLoaderHangs: nobody waits for longer than its patience, also if a child keeps its output open.
func TestTheModuleLoaderHangs(t *testing.T) {
	program := filepath.Join(t.TempDir(), "modprobe")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nsleep 20 &\nsleep 20\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := execute(50*time.Millisecond, program, "ip_vs"); err == nil {
		t.Error("it was waited for")
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("waited for %v", took)
	}
}
