package rig

import (
	"os"

	"holdfast/internal/host/netns"
)

// prefix begins the name of everything that outlives a lab which was killed; its process id follows.
const prefix = "holdfast-lab-"

// sweep takes away the names and directories of labs whose process is gone without having done so. The
// processes in them died with it.
func sweep() {
	netns.Sweep(prefix)
	for _, path := range netns.Abandoned(os.TempDir(), prefix) {
		_ = os.RemoveAll(path)
	}
}
