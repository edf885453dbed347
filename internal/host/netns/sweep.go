package netns

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Sweep takes away the names of namespaces whose maker was killed: those that are prefix, its process id, "-" and anything.
func Sweep(prefix string) {
	for _, path := range Abandoned(dir, prefix) {
		forget(path)
	}
}

// Abandoned lists what such a process has left in a directory.
func Abandoned(dir, prefix string) (paths []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // nothing was ever made there
	}
	for _, e := range entries {
		pid := owner(e.Name(), prefix)
		if pid == 0 {
			continue
		}
		if _, err := os.Stat("/proc/" + strconv.Itoa(pid)); os.IsNotExist(err) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// owner returns the process id in a name, 0 if it is of another kind.
func owner(name, prefix string) int {
	rest, ok := strings.CutPrefix(name, prefix)
	digits, _, cut := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(digits)
	if !ok || !cut || err != nil || pid <= 0 {
		return 0
	}
	return pid
}
