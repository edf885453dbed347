package corpus

import (
	"slices"
	"strings"
)

// unsorted is the reason of differences that -update finds and that no rule explains: somebody has to look at them.
const unsorted = "not looked at yet"

// reasons explain kinds of differences; the first one that applies is taken. docs/compat.md has each at more length.
var reasons = []struct {
	text    string
	applies func(*difference) bool
}{
	{
		"keepalived takes the braces of a reference to nothing for a block's; we keep the word and say that it is not defined",
		func(d *difference) bool {
			return said(d.theirs, "Unknown keyword '$'") || said(d.theirs, "$'") && said(d.theirs, "Unexpected '{'") || said(d.ours, "is not defined; it stays")
		},
	},
	{
		"keepalived reads again what it wrote out itself: an escaped comment sign begins a comment the second time",
		func(d *difference) bool {
			return strings.Contains(d.Text, `\#`) && (said(d.theirs, "'probe") || said(d.theirs, "'oracle") || said(d.theirs, "IP probe"))
		},
	},
	{
		"vrrp_script takes decimals, as since 2.3.2",
		func(d *difference) bool {
			return d.Block == "vrrp_script" && slices.Contains([]string{"interval", "timeout"}, d.Keyword) && said(d.theirs, "invalid number")
		},
	},
	{
		"includes that find nothing: as 2.4.3's documents say",
		func(d *difference) bool {
			return strings.Contains(d.Text, "\ninclude") && strings.HasPrefix(d.Keyword, "include") && d.status[0] != d.status[1]
		},
	},
	{
		"behind a brace that is missing or too many, keepalived goes on line by line; we skip the block as a whole",
		func(d *difference) bool { return d.braces },
	},
}

// reason is why a case differs.
func reason(d *difference) string {
	for _, r := range reasons {
		if r.applies(d) {
			return r.text
		}
	}
	return unsorted
}

func said(lines []string, what string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, what) })
}
