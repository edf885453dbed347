package conf

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// suggest says what to write instead of a keyword that block b does not have.
func (d *decoder) suggest(n *syntax.Node, b Block) string {
	if d.suggested++; d.suggested > enoughNames {
		return ""
	}
	word, legal := n.Keyword.Text, d.grammar.names(b)
	if s := d.joined(n, b); s != "" {
		return s
	}
	if s := d.around(n, word); s != "" {
		return s
	}
	if s := d.inside(b, word); s != "" {
		return s
	}
	near, certain := d.nearest(n, legal), false
	for _, same := range []string{"vrrp_" + word, strings.TrimPrefix(word, "vrrp_"), strings.ToLower(word), strings.ReplaceAll(word, "-", "_")} {
		if same != word && d.grammar.lookup(b, same) != nil {
			near, certain = same, true
		}
	}
	where := d.grammar.elsewhere(word)
	switch {
	case len(where) > 0 && near != "" && (certain || diag.Distance(word, near) == 1):
		return "did you mean " + near + "? " + word + " belongs in " + either(where)
	case len(where) > 0:
		return word + " belongs in " + either(where)
	case near != "":
		return "did you mean " + near + "?"
	}
	return d.anywhere(word)
}

// joined finds a keyword with its value stuck to it, as in priority=100.
func (d *decoder) joined(n *syntax.Node, b Block) string {
	for _, sign := range []string{"=", ":"} {
		keyword, rest, found := strings.Cut(n.Keyword.Text, sign)
		if !found && len(n.Args) > 0 {
			continue
		}
		if d.grammar.lookup(b, keyword) == nil {
			continue
		}
		if rest == "" && len(n.Args) > 0 {
			rest = n.Args[0].Text
		}
		return strings.TrimSpace("between a keyword and its value is white space: " + keyword + " " + rest)
	}
	return ""
}

// around finds a keyword in the blocks around the one that n stands in: then a "}" may be missing.
func (d *decoder) around(n *syntax.Node, word string) string {
	if n.Parent == nil {
		return ""
	}
	for p := n.Parent; ; p = p.Parent {
		b := blockRoot
		if p.Parent != nil {
			b = Block(p.Parent.Opens)
		}
		if d.grammar.lookup(b, word) != nil {
			d.mend(p, n)
			where := "belongs in " + blockName(b)
			if b == blockRoot {
				where = "stands outside all blocks"
			}
			return word + " " + where + ": is a '}' missing in front of this line? " + title(p) + " opens at " + p.Open.String()
		}
		if p.Parent == nil {
			return ""
		}
	}
}

// mend says of a block that is never closed where its "}" may be missing: in front of the first statement that belongs
// around it.
func (d *decoder) mend(p, n *syntax.Node) {
	if !p.Close.IsZero() || d.mended[p] {
		return
	}
	if d.mended == nil {
		d.mended = map[*syntax.Node]bool{}
	}
	d.mended[d.keep(p)] = true
	all := d.written.All()
	for i := range all {
		if f := &all[i]; f.Code == "missing-close-brace" && f.At == p.Open {
			f.Suggest = "put '}' in front of " + n.Keyword.Text + " at " + n.Keyword.At.String()
		}
	}
}

// complete adds to a finding what the table knows: a word that is legal there, or the default that holds without the line.
func (d *decoder) complete(n *syntax.Node, w syntax.Word, dg *diag.Diagnostic) {
	if dg.Severity != diag.Error && dg.Severity != diag.Warning {
		return
	}
	if dg.Suggest == "" && dg.Severity == diag.Error {
		dg.Suggest = d.stray(n)
	}
	k, b := d.row(n)
	if k == nil {
		return
	}
	if dg.Suggest == "" && dg.Code == "unknown-option" {
		args := k.Args
		if other, same := strings.CutPrefix(args, "as "); same && d.grammar.lookup(k.block, other) != nil {
			args = d.grammar.lookup(k.block, other).Args
		}
		if near := diag.Nearest(w.Text, literals(args)); near != "" {
			dg.Suggest = "did you mean " + near + "?"
		}
	}
	if dg.Effect == ignored && !d.grammar.entries[b] && plainDefault(k.Default) && d.seen[k.id].block != d.block {
		dg.Effect = ignored + ", and the default holds: " + k.Default
	}
}

// ignored is the effect of most faults.
const ignored = "the line is ignored"

// row returns the table's row of a statement, or for a line of a block of lines that of the keyword which opened it.
func (d *decoder) row(n *syntax.Node) (*Keyword, Block) {
	b := blockRoot
	if n.Parent != nil {
		b = Block(n.Parent.Opens)
	}
	if d.grammar.entries[b] {
		k, _ := d.row(n.Parent)
		return k, b
	}
	return d.grammar.lookup(b, n.Keyword.Text), b
}

// literals are the words of an argument grammar that stand for themselves: in lower case, or one of several.
func literals(args string) []string {
	var out []string
	for token := range strings.FieldsFuncSeq(args, func(r rune) bool { return strings.ContainsRune(" []{}()", r) }) {
		if strings.Contains(token, "|") || strings.ToLower(token) == token {
			out = append(out, strings.Split(token, "|")...)
		}
	}
	return out
}

// plainDefault reports whether the table's words for a default are the default itself: a number.
func plainDefault(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// inside finds a keyword in the blocks that block b may have.
func (d *decoder) inside(b Block, word string) string {
	var found []string
	for _, name := range d.grammar.names(b) {
		k := d.grammar.lookup(b, name)
		if k.Opens != blockRoot && k.Opens != b && d.grammar.lookup(k.Opens, word) != nil {
			found = append(found, name)
		}
	}
	switch {
	case len(found) == 0 || b == blockRoot:
		return ""
	case len(found) == 1:
		return word + " belongs in a block of its own: " + found[0] + " { " + word + " … }"
	}
	return word + " belongs in a block inside this one: " + either(found)
}

// anywhere proposes a keyword of another block.
func (d *decoder) anywhere(word string) string {
	if near := diag.Nearest(word, d.grammar.every); near != "" {
		return "did you mean " + near + "? It belongs in " + either(d.grammar.elsewhere(near))
	}
	return ""
}

// nearest proposes a keyword for a misspelt one. A word cut short by a quote, as in notify_"/x fault", is taken
// for the keywords that begin with it; one that the block lacks and the line hints at comes first.
func (d *decoder) nearest(n *syntax.Node, names []string) string {
	if strings.HasSuffix(n.Keyword.Text, "_") && len(n.Args) > 0 {
		for _, c := range names {
			tail, ok := strings.CutPrefix(c, n.Keyword.Text)
			if ok && strings.Contains(n.Args[0].Text, tail) {
				return c + " " + strconv.Quote(n.Args[0].Text)
			}
		}
	}
	return diag.Nearest(n.Keyword.Text, names)
}

// stray says where a keyword belongs that stands among the lines of a block that has none.
func (d *decoder) stray(n *syntax.Node) string {
	if n.Parent == nil || !d.grammar.entries[Block(n.Parent.Opens)] || n.Keyword.Quoted {
		return ""
	}
	return d.around(n, n.Keyword.Text)
}

// title names a statement by its keyword and first word.
func title(n *syntax.Node) string {
	if len(n.Args) > 0 {
		return n.Keyword.Text + " " + n.Args[0].Text
	}
	return n.Keyword.Text
}

// blockName is what people call a block.
func blockName(b Block) string {
	switch b {
	case blockRoot:
		return "the outermost level"
	case blockHTTP:
		return "HTTP_GET"
	}
	outer, inner, nested := strings.Cut(string(b), "/")
	if nested && b != blockReal {
		return inner + " (in " + outer + ")"
	}
	return strings.TrimPrefix(string(b), "virtual_server/")
}

// either joins names: "a", "a or b", "a, b or c", "a, b, c or 4 others".
func either(names []string) string {
	const most = 3
	names = slices.Clone(names)
	if len(names) > most+1 {
		names = append(names[:most], strconv.Itoa(len(names)-most)+" others")
	}
	last := len(names) - 1
	if last <= 0 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
