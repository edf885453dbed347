package syntax

import "strings"

// expandBraces replaces {a,b} by its alternatives, outer braces first, as glob(3) does with GLOB_BRACE: "{}" and a brace
// without its partner are text. It returns nil if there are more than limit.
func expandBraces(p string, limit int) []string {
	stack := []string{p} // the next one to look at is last
	var out []string
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		parts := firstBraces(p)
		if parts == nil {
			out = append(out, p)
		}
		for i := len(parts) - 1; i >= 0; i-- {
			stack = append(stack, parts[i])
		}
		if len(out)+len(stack) > limit {
			return nil
		}
	}
	return out
}

// firstBraces returns p with each alternative of its first braces in turn, nil if it has none.
func firstBraces(p string) []string {
	for open := 0; open < len(p); open++ {
		switch {
		case p[open] == '\\':
			open++
			continue
		case p[open] != '{' || strings.HasPrefix(p[open:], "{}"):
			continue
		}
		commas, end := braceParts(p, open)
		if end < 0 {
			continue
		}
		var out []string
		from := open + 1
		for _, c := range append(commas, end) {
			out = append(out, p[:open]+p[from:c]+p[end+1:])
			from = c + 1
		}
		return out
	}
	return nil
}

// braceParts finds the commas and the end of the brace that opens at open; end is -1 without one.
func braceParts(p string, open int) (commas []int, end int) {
	depth := 0
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return commas, i
			}
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		}
	}
	return nil, -1
}
