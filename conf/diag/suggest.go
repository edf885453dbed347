package diag

import "strings"

// Nearest returns the candidate closest to word by Damerau-Levenshtein distance (insert, delete,
// replace, swap neighbours), or "" when none is near enough to be worth proposing. Near is at most a third
// of the longer word, at least one edit; case does not count. Of equals the first wins.
func Nearest(word string, candidates []string) string {
	best, bestDist := "", 1<<30
	word = lower(word)
	for _, c := range candidates {
		limit := max(1, max(len(word), len(c))/3)
		if abs(len(word)-len(c)) > limit {
			continue
		}
		if d := editDistance(word, lower(c)); d <= limit && d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// Distance is how many edits lead from one word to the other, as Nearest counts them.
func Distance(a, b string) int { return editDistance(lower(a), lower(b)) }

// lower is strings.ToLower, but for words too long to be compared.
func lower(s string) string {
	if len(s) > maxSuggest {
		return s
	}
	return strings.ToLower(s)
}

// maxSuggest bounds the work for one comparison: no keyword is longer.
const maxSuggest = 64

// editDistance is the optimal string alignment distance in bytes.
func editDistance(a, b string) int {
	if len(a) > maxSuggest || len(b) > maxSuggest {
		return 1 << 29
	}
	var rows [3][maxSuggest + 1]int
	before, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			cur[j] = d
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
