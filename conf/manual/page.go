package manual

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf"
)

const head = `# Keywords

Every keyword of keepalived.conf, by the block it stands in. What happens before keywords are read (include, definitions, conditions, repetitions)
is in [preprocessor.md](preprocessor.md).

Made from the keyword table in ` + "`conf` and the examples in `conf/manual`; do not edit (`go test ./conf/manual -update`" + `).

%s

**How to read it.** Each keyword has its grammar, its meaning with the limits of its values, its default, the keepalived release that first took it, and its status:

- **acts**: does what it says.
- **not yet**: is read, checked and kept, and reported once as not active.
- **obsolete**: is an old spelling.

In a grammar UPPER is a value, ` + "`[x]` is optional, `a|b` is a choice, `...` may go on. `BOOL` is `on`, `true`, `yes`, `off`, `false` or `no`; left out, it is `on`. `{ ... }` is a\n" +
	`block. Since 2.2.7 stands for that release or an earlier one, and Holdfast for a keyword of ours, which keepalived does not know. Each example stands in its
block as it is, if what it names is defined.

At a terminal: ` + "`grep -A 9 '^### priority$' docs/keywords.md`" + `. An [index](#index) is at the end.

## Contents
`

// Page returns the manual, in Markdown.
func Page() string {
	p := newPage()
	fmt.Fprintf(&p.b, head, tally(conf.Keywords()))
	p.contents()
	for _, s := range sections {
		p.section(s)
	}
	for _, k := range kinds {
		p.options(k)
	}
	p.index()
	return p.b.String()
}

// bySection arranges the table, each section in the table's order.
func bySection() map[string][]conf.Keyword {
	out := map[string][]conf.Keyword{}
	for _, k := range conf.Keywords() {
		out[home(k)] = append(out[home(k)], k)
	}
	return out
}

// page is the manual being written. It knows where each thing will be before that is written.
type page struct {
	b       strings.Builder
	rows    map[string][]conf.Keyword // of each section
	anchors map[string]string         // of each section, by its block, and of each keyword, by "block: keyword", and of each kind of lines
}

func newPage() *page {
	p := &page{rows: bySection(), anchors: map[string]string{}}
	given := slugs{}
	for _, above := range []string{"Keywords", "Contents"} {
		given.of(above)
	}
	for _, s := range sections {
		p.anchors[s.block] = given.of(s.heading())
		for _, k := range p.rows[s.block] {
			p.anchors[s.block+": "+k.Name] = given.of(headingOf(s, k))
		}
	}
	for _, k := range kinds {
		p.anchors[k.title] = given.of(k.title)
	}
	return p
}

// headingOf is what a keyword stands under.
func headingOf(s section, k conf.Keyword) string {
	if k.Name == entry {
		return "Lines of " + s.title
	}
	return k.Name
}

// tally counts the keywords of each status.
func tally(rows []conf.Keyword) string {
	n := count(rows)
	return fmt.Sprintf("**%d keywords: %d act, %d do not yet, %d are obsolete.**", len(rows), n[conf.Acts], n[conf.NotYet], n[conf.Obsolete])
}

func count(rows []conf.Keyword) map[conf.Status]int {
	n := map[conf.Status]int{}
	for _, k := range rows {
		n[k.Status]++
	}
	return n
}

// contents writes a table of the sections.
func (p *page) contents() {
	p.b.WriteString("\n| | Block | Stands in | Keywords | act | not yet | obsolete |\n|---|---|---|---:|---:|---:|---:|\n")
	part := ""
	for _, s := range sections {
		first := ""
		if s.part != part {
			part, first = s.part, s.part
		}
		n := count(p.rows[s.block])
		fmt.Fprintf(&p.b, "| %s | [%s](#%s) | %s | %d | %d | %d | %d |\n", first, s.title, p.anchors[s.block], p.parents(s.block),
			len(p.rows[s.block]), n[conf.Acts], n[conf.NotYet], n[conf.Obsolete])
	}
	for i, k := range kinds {
		first := ""
		if i == 0 {
			first = "Lines"
		}
		fmt.Fprintf(&p.b, "| %s | [%s](#%s) |  | %d options | | | |\n", first, k.title, p.anchors[k.title], len(k.options))
	}
}

// options writes a table of what may stand in a kind of lines.
func (p *page) options(k kind) {
	fmt.Fprintf(&p.b, "\n## %s\n\n%s\n\n| Option | Meaning | Example |\n|---|---|---|\n", k.title, plain(k.about))
	for _, o := range k.options {
		form := strings.TrimSuffix(strings.Join(o.words, "|")+" "+o.args, " ")
		fmt.Fprintf(&p.b, "| `%s` | %s | `%s` |\n", strings.ReplaceAll(form, "|", `\|`), plain(o.doc), o.example)
	}
}

// parents names the sections whose keywords open a block.
func (p *page) parents(block string) string {
	var out []string
	for _, s := range sections {
		for _, k := range p.rows[s.block] {
			link := fmt.Sprintf("[%s](#%s)", s.title, p.anchors[s.block])
			if block != "" && string(k.Opens) == block && !slices.Contains(out, link) {
				out = append(out, link)
			}
		}
	}
	return strings.Join(out, ", ")
}

// section writes what a block is for, links to its keywords, and the keywords.
func (p *page) section(s section) {
	rows := p.rows[s.block]
	fmt.Fprintf(&p.b, "\n## %s\n\n%s\n", s.heading(), s.about)
	if len(rows) > 3 {
		links := make([]string, len(rows))
		for i, k := range rows {
			links[i] = fmt.Sprintf("[%s](#%s)", headingOf(s, k), p.anchors[s.block+": "+k.Name])
		}
		fmt.Fprintf(&p.b, "\n%s\n", strings.Join(links, ", "))
	}
	for _, k := range rows {
		p.keyword(s, k)
	}
}

// keyword writes one row of the table.
func (p *page) keyword(s section, k conf.Keyword) {
	fmt.Fprintf(&p.b, "\n### %s\n\n`%s`\n\n%s.", headingOf(s, k), grammar(k), plain(strings.TrimSuffix(k.Doc, ".")))
	if in := p.inside(k); in != "" {
		fmt.Fprintf(&p.b, " Within: %s.", in)
	}
	facts := []string{"Since " + k.Since, "**" + k.Status.String() + "**"}
	if k.Default != "" {
		facts = slices.Insert(facts, 0, "Default: "+plain(k.Default))
	}
	fmt.Fprintf(&p.b, "\n\n%s\n", strings.Join(facts, " · "))
	if len(k.Where) > 1 {
		fmt.Fprintf(&p.b, "\nIn %s\n", strings.Join(blocksOf(k), ", "))
	}
	fmt.Fprintf(&p.b, "\n```\n%s\n```\n", Example(k))
}

// inside links the sections that say what stands in the block that a keyword opens, or in a line.
func (p *page) inside(k conf.Keyword) string {
	opener := k.Name
	switch {
	case k.Name == entry:
		opener = string(k.Where[0])
	case k.Opens == "":
		return ""
	}
	var links []string
	for _, s := range sections {
		holds := func(r conf.Keyword) bool { return k.Opens != "" && slices.Contains(r.Where, k.Opens) }
		if slices.ContainsFunc(p.rows[s.block], holds) {
			links = append(links, fmt.Sprintf("[%s](#%s)", s.title, p.anchors[s.block]))
		}
	}
	for _, l := range kinds {
		if slices.Contains(l.also, opener) || slices.ContainsFunc(l.in, func(in place) bool { return in.keyword == opener }) {
			links = append(links, fmt.Sprintf("[%s](#%s)", l.title, p.anchors[l.title]))
		}
	}
	return strings.Join(links, ", ")
}

// grammar is how a keyword is written.
func grammar(k conf.Keyword) string {
	switch {
	case k.Name == entry:
		return k.Args
	case k.Args == "(none)":
		return k.Name
	}
	return strings.TrimSuffix(k.Name+" "+strings.ReplaceAll(k.Args, "} or ", "} or "+k.Name+" "), " ")
}

// blocksOf names the blocks that take a keyword.
func blocksOf(k conf.Keyword) []string {
	out := make([]string, len(k.Where))
	for i, b := range k.Where {
		out[i] = "`" + strings.ReplaceAll(string(b), "HTTP_GET/SSL_GET", "HTTP_GET`, `SSL_GET") + "`"
	}
	return out
}

// plain keeps Markdown from reading anything into the words of the table.
func plain(s string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "|", `\|`, "[", `\[`).Replace(s)
}

// index lists all keywords with the sections that have them.
func (p *page) index() {
	titles := map[string]string{}
	for _, s := range sections {
		titles[s.block] = s.title
	}
	places := map[string][]string{}
	for _, k := range conf.Keywords() {
		if k.Name != entry {
			places[k.Name] = append(places[k.Name], fmt.Sprintf("[%s](#%s)", titles[home(k)], p.anchors[home(k)+": "+k.Name]))
		}
	}
	names := make([]string, 0, len(places))
	for n := range places {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	p.b.WriteString("\n## Index\n\n")
	for _, n := range names {
		fmt.Fprintf(&p.b, "- `%s`: %s\n", n, strings.Join(places[n], ", "))
	}
}

// slugs are the anchors that GitHub gives to headings: a second one of the same words gets a number.
type slugs map[string]bool

func (s slugs) of(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-', r == '_', r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	slug := b.String()
	for n := 1; s[slug]; n++ {
		slug = b.String() + "-" + strconv.Itoa(n)
	}
	s[slug] = true
	return slug
}
