package corpus

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/conf/diag"
)

var (
	update = flag.Bool("update", false, "rewrite testdata; keepalived is asked about cases that are not recorded")
	live   = flag.Bool("live", false, "ask keepalived about every case, recorded or not")
	only   = flag.String("only", "", "only cases whose \"BLOCK: KEYWORD: name\" matches this expression")
	report = flag.String("report", "", "write every difference, grouped by keyword, into this file")
)

// TestCorpus holds our -t of every generated configuration against keepalived's: the same lines and the same exit status.
func TestCorpus(t *testing.T) {
	wanted, err := regexp.Compile(*only)
	if err != nil || *only != "" && *update {
		t.Fatalf("-only %s: %v; it does not go with -update", *only, err)
	}
	cases := slices.DeleteFunc(All(), func(c Case) bool { return !wanted.MatchString(c.Block + ": " + c.Keyword + ": " + c.Name) })
	dir := t.TempDir()
	files := write(t, dir, cases)
	said := keepalivedSays(t, dir, files, cases)
	known, err := filepath.Abs("testdata/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var r result
	for i, c := range cases {
		if said[i] == nil {
			r.unheard++
			continue
		}
		got, list := ours(files[i])
		got.lines = neutral(got.lines, dir, files[i])
		r.count(c, compare(c, *said[i], got, list))
	}
	t.Log(r.summary())
	if *report != "" {
		if err := os.WriteFile(*report, r.render(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.holdAgainstKnown(t, known)
}

// write puts the cases and what they include into a directory and returns the cases' files.
func write(t *testing.T, dir string, cases []Case) []string {
	t.Helper()
	files := make([]string, len(cases))
	for i, c := range cases {
		files[i] = "c" + strconv.Itoa(i) + ".conf"
		text := strings.ReplaceAll(c.Text, "@DIR@", dir)
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range beside {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// thisFile stands for the name of a case's file.
const thisFile = "@FILE@"

// neutral takes out of lines what differs from run to run, and what is said again.
func neutral(lines []string, dir, file string) []string {
	out := make([]string, 0, min(len(lines), 64))
	seen := map[string]bool{}
	for _, l := range lines {
		if l = strings.TrimRight(l, " "); l != "" && !seen[l] && !noise.MatchString(l) {
			seen[l] = true
			out = append(out, strings.ReplaceAll(strings.ReplaceAll(l, dir, "@DIR@"), file, thisFile))
		}
	}
	return out
}

// difference is one case that the two programs judge differently.
type difference struct {
	Case
	theirs, ours []string
	status       [2]int
	crash        bool
	braces       bool // only what comes before a fault of braces was compared
	unknown      bool // a newer keyword that keepalived took all the same
}

// compare returns nil if the two agree.
func compare(c Case, want, got verdict, list *diag.List) *difference {
	d := &difference{Case: c, status: [2]int{want.status, got.status}, crash: want.crash}
	if want.crash {
		return d
	}
	if c.Newer {
		all := strings.Join(want.lines, "\n")
		d.unknown = !strings.Contains(all, "Unknown keyword '"+c.Keyword+"'") && !strings.Contains(all, "Unknown keyword '"+c.Block+"'")
		return d
	}
	limit := 1 << 30
	for _, f := range list.All() {
		if structural[f.Code] && f.Class != diag.ClassNone || f.Class == diag.ClassAbort {
			limit = min(limit, f.At.Line())
		}
	}
	d.braces = slices.ContainsFunc(list.All(), func(f diag.Diagnostic) bool {
		return structural[f.Code] && f.Class != diag.ClassNone && f.Code != "missing-argument"
	})
	a, b := normal(want.lines, limit), normal(got.lines, limit)
	for _, l := range a {
		if !slices.Contains(b, l) {
			d.theirs = append(d.theirs, l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			d.ours = append(d.ours, l)
		}
	}
	if d.theirs == nil && d.ours == nil && want.status == got.status {
		return nil
	}
	return d
}

// structural are the findings behind which keepalived's reading of braces parts from ours: it goes on line by line, we
// skip the block. Only what comes before is compared, and the exit status.
var structural = map[string]bool{
	"unknown-block": true, "unexpected-open-brace": true, "missing-open-brace": true, "missing-argument": true,
	"web-white-space": true,
}

var (
	lineNumber = regexp.MustCompile(`^\((?:([^():]+): )?Line (\d+)\) `)
	// noise are lines that say nothing about the configuration.
	noise = regexp.MustCompile(`^(Script user '|WARNING - default user )`)
)

// normal gives lines the form in which they are compared: without the main file's name, as keepalived itself has them in
// the parent, sorted, each once.
func normal(in []string, limit int) []string {
	var out []string
	for _, l := range in {
		if m := lineNumber.FindStringSubmatch(l); m != nil {
			if n, _ := strconv.Atoi(m[2]); n > limit && (m[1] == "" || m[1] == thisFile) {
				continue
			}
			if m[1] == thisFile {
				l = "(Line " + m[2] + ") " + l[len(m[0]):]
			}
		} else if limit < 1<<30 {
			continue // told at the end, when everything after the limit has had its say
		}
		out = append(out, l)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// result counts.
type result struct {
	agree, newer int
	unheard      int // keepalived could not be asked
	crashes      []*difference
	differ       []*difference
}

func (r *result) count(c Case, d *difference) {
	switch {
	case d == nil:
		r.agree++
	case d.crash:
		r.crashes = append(r.crashes, d)
	case c.Newer && !d.unknown:
		r.newer++
	default:
		r.differ = append(r.differ, d)
	}
}

func (r *result) summary() string {
	s := fmt.Sprintf("%d of %d agree; %d crash keepalived; %d with keywords that 2.2.7 does not know, and it says so",
		r.agree, r.agree+len(r.differ), len(r.crashes), r.newer)
	if r.unheard > 0 {
		s += fmt.Sprintf("; %d not compared: no record, and no keepalived to ask", r.unheard)
	}
	return s
}

// render groups the differences by keyword, most first.
func (r *result) render() []byte {
	groups := map[string][]*difference{}
	for _, d := range r.differ {
		k := d.Block + ": " + d.Keyword
		groups[k] = append(groups[k], d)
	}
	keys := make([]string, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if n := len(groups[b]) - len(groups[a]); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	var b bytes.Buffer
	b.WriteString(r.summary() + "\n\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "%4d %s\n", len(groups[k]), k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, "\n## %s: %d\n", k, len(groups[k]))
		for _, d := range groups[k] {
			d.write(&b)
		}
	}
	b.WriteString("\n## crash keepalived\n")
	for _, d := range r.crashes {
		fmt.Fprintf(&b, "  %s: status %d\n", d.Name, d.status[0])
	}
	return b.Bytes()
}

func (d *difference) write(b io.Writer) {
	fmt.Fprintf(b, "  %s\n", d.Name)
	if d.unknown {
		fmt.Fprintln(b, "      keepalived knows it")
	}
	for _, l := range d.theirs {
		fmt.Fprintf(b, "      keepalived: %s\n", l)
	}
	for _, l := range d.ours {
		fmt.Fprintf(b, "      we:         %s\n", l)
	}
	if d.status[0] != d.status[1] {
		fmt.Fprintf(b, "      exit:       keepalived %d, we %d\n", d.status[0], d.status[1])
	}
}
