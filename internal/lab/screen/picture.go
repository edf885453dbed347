package screen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"holdfast/internal/lab/play"
	"holdfast/internal/lab/record"
)

// Scene is what a picture shows.
type Scene struct {
	Pair     *play.Pair
	Tape     *record.Tape
	Progress play.Progress
	Daemon   string
	Notes    []string // shown when the scenario is over
}

// Size is a terminal's.
type Size struct{ Width, Height int }

// Picture draws the scene as lines that fit the size.
func Picture(s Scene, size Size, color bool) []string {
	d := &drawing{Scene: s, pen: pen{color: color, width: max(size.Width, 40)}}
	d.title()
	d.step()
	d.routers()
	if d.Pair.Cluster != nil {
		d.cluster()
	} else {
		d.client()
	}
	d.done()
	d.squeeze(size.Height - 1) // the last line stays free, or terminals scroll
	d.logs(size.Height - 1 - len(d.lines))
	if size.Height > 1 && len(d.lines) >= size.Height {
		d.lines = d.lines[:size.Height-1]
	}
	return d.lines
}

// squeeze gives up blank lines, the lower ones first, until the picture fits.
func (d *drawing) squeeze(height int) {
	for i := len(d.lines) - 1; i >= 0 && len(d.lines) > height; i-- {
		if d.lines[i] == "" {
			d.lines = slices.Delete(d.lines, i, i+1)
		}
	}
}

type drawing struct {
	Scene
	pen
	lines []string
}

func (d *drawing) end() { d.lines = append(d.lines, d.line()) }

func (d *drawing) title() {
	full := d.width
	d.width -= 12 // the clock's place
	d.put(bold, "holdfast lab")
	d.put("", "  "+d.Pair.Name+": "+d.Pair.Title)
	d.width = full
	d.tab(d.width - 11)
	d.put(dim, fmt.Sprintf("%9.1f s", d.Tape.Now.Seconds()))
	d.end()
	d.put(dim, "daemon "+d.Daemon)
	d.end()
}

func (d *drawing) step() {
	d.end()
	p := d.Progress
	if p.At >= len(p.Steps) {
		d.put(bold, "all steps done")
		d.end()
		for _, note := range d.Notes {
			d.put("", note)
			d.end()
		}
		return
	}
	s := p.Steps[p.At]
	d.put(bold, fmt.Sprintf("step %s", s.Name))
	d.put(dim, fmt.Sprintf("  (%d of %d, %.1f s)", p.At+1, len(p.Steps), (d.Tape.Now-p.Began).Seconds()))
	if utf8.RuneCountInString(s.Story)+2 > d.width-d.col {
		d.end()
	}
	d.put("", "  "+s.Story)
	d.end()
	if len(p.Waiting) > 0 {
		d.put(dim, "waiting for "+strings.Join(p.Waiting, "; "))
	}
	d.end()
}

// done draws the rows of the table so far, failed ones in full.
func (d *drawing) done() {
	d.end()
	ok := map[string]bool{}
	var order []string
	for _, r := range d.Progress.Rows {
		if _, seen := ok[r.Step]; !seen {
			order, ok[r.Step] = append(order, r.Step), true
		}
		ok[r.Step] = ok[r.Step] && r.OK
	}
	for _, step := range order {
		if ok[step] {
			d.put(green, "✓ ")
		} else {
			d.put(red, "✗ ")
		}
		d.put("", step+"  ")
		for _, r := range d.Progress.Rows {
			if r.Step == step && !r.OK {
				d.put(red, r.Want+": "+r.Got+"  ")
			}
		}
		d.end()
	}
}

// logs fills what is left of the screen with the routers' last lines.
func (d *drawing) logs(spare int) {
	each := min((spare-3)/2, 8)
	if each < 1 {
		return
	}
	for _, node := range play.Routers {
		lines := folded(d.Tape.Node(node).Lines)
		d.end()
		for _, l := range lines[max(0, len(lines)-each):] {
			d.put(tint(node), node+" ")
			d.put(dim, l)
			d.end()
		}
	}
}

// folded returns the lines without their dates, runs of the same line as one.
func folded(lines []string) []string {
	var out []string
	n := 1
	for i, l := range lines {
		text := LogText(l)
		if i > 0 && text == LogText(lines[i-1]) {
			n++
			out[len(out)-1] = fmt.Sprintf("%s (×%d)", text, n)
			continue
		}
		n = 1
		out = append(out, text)
	}
	return out
}

// stamp is what keepalived puts before each line on the console (ctime(3) and a colon).
var stamp = regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}: `)

// LogText returns a log line without its date.
func LogText(line string) string { return stamp.ReplaceAllString(line, "") }
