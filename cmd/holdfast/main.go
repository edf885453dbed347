// Holdfast is one program with three names. As keepalived (or as holdfast with keepalived's options) it
// is the daemon and its configuration test; as genhash it prints the digest of a web page; as holdfast with
// a word first it runs that sub-command.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"holdfast/internal/role/super"
)

func main() { os.Exit(run(os.Args)) }

// run is the whole program: the command line in, the exit status out.
func run(args []string) int {
	if len(args) == 0 {
		args = []string{"holdfast"}
	}
	if super.ChildName() != "" {
		return child(args)
	}
	first := ""
	if len(args) > 1 {
		first = args[1]
	}
	switch name := filepath.Base(args[0]); {
	case name == "genhash":
		return genhash(args[0], args[1:], len(args) > 2)
	case name != "keepalived" && first != "" && !strings.HasPrefix(first, "-"):
		return subcommand(args)
	}
	return keepalived(args)
}
