package main

import (
	"fmt"
	"slices"
	"strings"

	"holdfast/internal/core/realserver"
)

// findingsText shows findings one below the other.
func findingsText(found []realserver.Finding) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s [%s]\n    effect: %s\n", f.Summary, f.Code, f.Effect)
		for _, c := range f.Mend {
			fmt.Fprintf(&b, "    mend:   %s\n", c)
		}
	}
	return b.String()
}

// reportText shows what was found, and which addresses nothing is wrong with.
func reportText(asked []realserver.VIP, found []realserver.Finding) string {
	var b strings.Builder
	b.WriteString(findingsText(found))
	for _, v := range asked {
		if !slices.ContainsFunc(found, func(f realserver.Finding) bool { return slices.Contains(f.VIPs, v.Addr) }) {
			fmt.Fprintf(&b, "%v: ready\n", v.Addr)
		}
	}
	return b.String()
}
