package screen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"holdfast/internal/lab/play"
)

// Table draws the final table: step, expectation, measurement, verdict.
func Table(rows []play.Row, color bool) []string {
	step, want, got := len("step"), len("expected"), len("measured")
	for _, r := range rows {
		step = max(step, utf8.RuneCountInString(r.Step))
		want = max(want, utf8.RuneCountInString(r.Want))
		got = max(got, utf8.RuneCountInString(r.Got))
	}
	p := pen{color: color, width: 1 << 16}
	var lines []string
	row := func(st style, a, b, c string, verdictStyle style, verdict string) {
		p.put(st, pad(a, step)+"  "+pad(b, want)+"  "+pad(c, got)+"  ")
		p.put(verdictStyle, verdict)
		lines = append(lines, p.line())
	}
	row(bold, "step", "expected", "measured", bold, "verdict")
	held, last := 0, ""
	for _, r := range rows {
		name := r.Step
		if name == last {
			name = ""
		}
		last = r.Step
		if r.OK {
			held++
			row("", name, r.Want, r.Got, green, "ok")
			continue
		}
		row("", name, r.Want, r.Got, red, "FAILED")
	}
	p.put(bold, fmt.Sprintf("%d of %d expectations held", held, len(rows)))
	return append(lines, p.line())
}

// Tally draws one line for a whole table.
func Tally(name string, rows []play.Row, skipped, color bool) string {
	held := 0
	for _, r := range rows {
		if r.OK {
			held++
		}
	}
	p := pen{color: color, width: 1 << 16}
	if skipped {
		p.put("", fmt.Sprintf("%-10s  ", name))
		p.put(yellow, "skipped")
		return p.line()
	}
	p.put("", fmt.Sprintf("%-10s  %3d of %3d expectations held  ", name, held, len(rows)))
	if play.Passed(rows) {
		p.put(green, "ok")
	} else {
		p.put(red, "FAILED")
	}
	return p.line()
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}
