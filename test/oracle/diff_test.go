package oracle

import "strings"

// diff shows two lists as one: "  " before a line of both, "- " before one of theirs, "+ " before one of ours.
// It is empty if they are equal.
func diff(theirs, ours []string) string {
	// common[i][j] is the length of the longest common sequence of theirs[i:] and ours[j:].
	common := make([][]int, len(theirs)+1)
	for i := range common {
		common[i] = make([]int, len(ours)+1)
	}
	for i := len(theirs) - 1; i >= 0; i-- {
		for j := len(ours) - 1; j >= 0; j-- {
			if theirs[i] == ours[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var b strings.Builder
	differ := false
	i, j := 0, 0
	for i < len(theirs) || j < len(ours) {
		switch {
		case i < len(theirs) && j < len(ours) && theirs[i] == ours[j]:
			b.WriteString("  " + theirs[i] + "\n")
			i, j = i+1, j+1
		case j == len(ours) || i < len(theirs) && common[i+1][j] >= common[i][j+1]:
			b.WriteString("- " + theirs[i] + "\n")
			i, differ = i+1, true
		default:
			b.WriteString("+ " + ours[j] + "\n")
			j, differ = j+1, true
		}
	}
	if !differ {
		return ""
	}
	return b.String()
}
