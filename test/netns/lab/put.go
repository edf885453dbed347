package lab

import (
	"os"
	"path/filepath"
)

// Put writes a file into the node's own directory, which its daemons have at /mnt. A script that reads it sees the old
// content or the new, never half of it.
func (n *Node) Put(name, content string) {
	n.lab.t.Helper()
	path := n.lab.file(filepath.Join(n.Name, "."+name), content, 0o644)
	if err := os.Rename(path, filepath.Join(n.lab.dir, n.Name, name)); err != nil {
		n.lab.t.Fatal(err)
	}
}
