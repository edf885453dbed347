package rig

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// prefix begins the name of everything that outlives a lab which was killed; its process id follows.
const prefix = "holdfast-lab-"

// sweep takes away the names and directories of labs whose process is gone without having done so. The
// processes in them died with it.
func sweep() {
	for _, path := range abandoned(netnsDir) {
		_ = unix.Unmount(path, unix.MNT_DETACH)
		_ = os.Remove(path)
	}
	for _, path := range abandoned(os.TempDir()) {
		_ = os.RemoveAll(path)
	}
}

func abandoned(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // nothing was ever made there
	}
	var paths []string
	for _, e := range entries {
		if pid := labPID(e.Name()); pid > 0 {
			if _, err := os.Stat("/proc/" + strconv.Itoa(pid)); os.IsNotExist(err) {
				paths = append(paths, filepath.Join(dir, e.Name()))
			}
		}
	}
	return paths
}

// labPID returns the process id in a lab's name, 0 if it is no lab's.
func labPID(name string) int {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0
	}
	digits, _, ok := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(digits)
	if !ok || err != nil || pid <= 0 {
		return 0
	}
	return pid
}
