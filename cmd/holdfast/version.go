package main

import (
	"fmt"
	"io"
	"runtime"

	"holdfast/internal/role/super"
)

// version is set by the linker: -X main.version=v0.1.0.
var version = "devel"

// printVersion writes what -v shows: the first line as scripts look for it, then what we really are.
func printVersion(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n", super.Banner(version))
	fmt.Fprintf(w, "Holdfast %s: the system that Keepalived describes, written anew in Go.\n", version)
	fmt.Fprintf(w, "Reads keepalived.conf and takes the command line of keepalived %s.\n\n", super.CompatVersion)
	fmt.Fprintf(w, "Built with %s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "Running on %s\n", super.Kernel())
}
