package manual

import (
	"strings"

	"holdfast/conf"
)

// entry is the name of rows of the table that are a form of lines, not a keyword.
const entry = "<entry>"

// Example returns an example of one row of the keyword table, without a final line end: the keyword as it stands in its block, below
// what it needs there; for "<entry>" lines of the block. Every row has one.
func Example(k conf.Keyword) string {
	in := home(k)
	if k.Name == entry {
		return strings.TrimPrefix(lineExamples[in], "\n")
	}
	for _, s := range sections {
		if s.block == in {
			return strings.TrimPrefix(s.examples[k.Name], "\n")
		}
	}
	return ""
}
