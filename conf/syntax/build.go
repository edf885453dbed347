package syntax

import (
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// maxDepth bounds how deep blocks nest; no keyword of the language goes deeper than six.
const maxDepth = 64

// builder makes the tree from words and braces as they come.
type builder struct {
	opt   Options
	each  func(*Node) (keep bool) // hears the statements outside all blocks
	diags *diag.List
	files []string

	open  []*Node // the open blocks, outermost first
	roots []*Node // the latest statement outside all blocks, and comments between it and its "{": each has not heard of them yet
	last  *Node   // the latest statement of the innermost block, while a "{" may still follow it
	deep  int     // blocks beyond maxDepth, counted but not kept
	done  *Node   // the latest block that was closed with all that is around it

	implied      int // closing braces that were read where none stood
	firstImplied int // index in diags of the first of them

	global func(*Node) // hears the statements of global_defs

	nodes store[Node]
	words store[Word]
}

func newBuilder(opt Options, diags *diag.List, each func(*Node) (keep bool)) *builder {
	return &builder{opt: opt, each: each, diags: diags, nodes: store[Node]{size: nodePiece}, words: store[Word]{size: wordPiece}}
}

// add takes one line. One that is in a file as it is here is not kept.
func (b *builder) add(l *line) {
	s := newScanner(l)
	for {
		m, w, from, to := s.next()
		switch m {
		case markEnd:
			return
		case markOpen:
			b.openBlock(w)
		case markClose:
			b.closeBlock(w)
		case markWord:
			if b.statement(s, w, from, to) {
				return
			}
		}
	}
}

// statement reads the words of one statement; it reports whether the rest of the line is spent.
func (b *builder) statement(s *scanner, first Word, from, to int) (spent bool) {
	foreign := !first.Quoted && isForeign(first.Text)
	if foreign {
		to = len(s.l.text)
	}
	n := b.nodes.add(Node{})
	n.Keyword = first
	if foreign {
		n.keep(s.l, from, to)
		n.Foreign = true
		n.Parent = b.parent()
		b.attach(n)
		return true
	}
	for {
		at := s.off
		m, w, _, end := s.next()
		if s.open {
			to = len(s.l.text) // scripts have rules of their own about quotes
		}
		if m != markWord {
			s.off = at
			break
		}
		b.words.extend(w)
		to = end
	}
	n.keep(s.l, from, to)
	n.Args = b.words.row()
	b.place(n)
	return false
}

// keep takes what the statement has of its line, text[from:to]; the line itself only if it is not in a file as it is here, since
// most are, and those can be used again.
func (n *Node) keep(l *line, from, to int) {
	n.raw = l.text[from:to]
	if s := l.segs[0]; len(l.segs) > 1 || s.fixed > 0 {
		n.src, n.from = l, int32(from)
	}
}

// isForeign recognises ";", ";text", "//" and "//text".
func isForeign(word string) bool {
	return strings.HasPrefix(word, ";") || strings.HasPrefix(word, "//")
}

func (b *builder) parent() *Node {
	if len(b.open) == 0 {
		return nil
	}
	return b.open[len(b.open)-1]
}

// place puts a statement into the innermost block. If the statement before it should have opened a block and
// did not, and this one belongs there, the block is opened for it.
func (b *builder) place(n *Node) {
	if o := b.last; o != nil && o.Shape == Block {
		b.missingOpen(o, n)
	}
	n.Parent = b.parent()
	n.Shape, n.Opens = b.shape(n.Parent, n.Keyword.Text)
	b.attach(n)
	b.last = n
	if p := n.Parent; p != nil && p.Parent == nil && p.Keyword.Text == "global_defs" {
		b.global(n)
	}
}

func (b *builder) attach(n *Node) {
	switch p := b.parent(); {
	case b.deep > 0:
	case p == nil:
		if !n.Foreign || b.last == nil {
			b.deliver()
		}
		b.roots = append(b.roots, n)
	default:
		p.Block = append(p.Block, n)
	}
}

// deliver hands over what stands outside all blocks and nothing can be added to any more.
func (b *builder) deliver() {
	if len(b.roots) == 0 {
		return
	}
	kept := false
	for _, n := range b.roots {
		kept = b.each(n) || kept
	}
	if kept {
		b.nodes.keep()
		b.words.keep()
	} else {
		b.nodes.reuse()
		b.words.reuse()
	}
	clear(b.roots)
	b.roots, b.done = b.roots[:0], nil
}

// shape asks the grammar about a keyword in the block that parent opened. Inside a block that nobody
// knows, nothing is known.
func (b *builder) shape(parent *Node, keyword string) (Shape, string) {
	switch {
	case b.opt.Grammar == nil:
		return Leaf, ""
	case parent == nil:
		return b.opt.Grammar("", keyword)
	case parent.Shape != Block:
		return Unknown, ""
	}
	return b.opt.Grammar(parent.Opens, keyword)
}

func (b *builder) missingOpen(o, next *Node) {
	d := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-open-brace", At: o.Keyword.At,
		Summary: o.Keyword.Text + " needs a block and no '{' follows it",
		Compat:  "Missing '{' at beginning of configuration block",
		Suggest: "put '{' at the end of this line",
		In:      o.Contexts(), Via: o.Keyword.Via(),
	}
	if next != nil && next.Keyword.At.File() == o.Keyword.At.File() {
		d.CompatLine = next.Keyword.At.Line()
		here, _ := b.shape(o.Parent, next.Keyword.Text)
		inside, _ := b.shape(o, next.Keyword.Text)
		if here == Unknown && inside != Unknown && len(b.open) < maxDepth {
			d.Effect = "read as if it were there"
			o.HasBlock = true
			o.Open = o.Keyword.At
			b.open = append(b.open, o)
		}
	}
	b.diags.Add(d)
	b.last = nil
}

// openBlock takes a "{": it belongs to the statement before it.
func (b *builder) openBlock(w Word) {
	o := b.last
	b.last = nil
	if b.deep > 0 || len(b.open) >= maxDepth {
		if b.deep == 0 {
			b.diags.Add(diag.Diagnostic{
				Severity: diag.Error, Class: diag.ClassConfig, Code: "too-deep", At: w.At, Via: w.Via(),
				Summary: "blocks nest deeper than " + strconv.Itoa(maxDepth), Effect: "what is inside is skipped",
			})
		}
		b.deep++
		return
	}
	switch {
	case o == nil:
		// Nobody to open: an anonymous block keeps the braces balanced and its contents out of harm.
		o = b.nodes.add(Node{})
		o.Keyword = w
		o.Parent = b.parent()
		b.attach(o)
		b.unexpectedOpen(o, w, "no keyword in front of it")
	case b.opt.Grammar == nil:
	case o.Shape == Leaf && b.impliedClose(o):
	case o.Shape == Leaf:
		b.unexpectedOpen(o, w, o.Keyword.Text+" has no block")
	}
	o.HasBlock = true
	o.Open = w.At
	b.open = append(b.open, o)
}

// impliedClose finds out whether o, which cannot have a block here, can have one in the block around this one: then a
// "}" was forgotten in front of it, and is read as if it stood there.
func (b *builder) impliedClose(o *Node) bool {
	inner := b.parent()
	if inner == nil || inner != o.Parent || len(inner.Block) == 0 || inner.Block[len(inner.Block)-1] != o {
		return false
	}
	s, opens := b.shape(inner.Parent, o.Keyword.Text)
	if s != Block {
		return false
	}
	if b.implied == 0 {
		b.firstImplied = b.diags.Len()
	}
	b.implied++
	b.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-close-brace", At: inner.Open,
		Summary: "the block of " + inner.Keyword.Text + " that opens here is not closed before " +
			o.Keyword.Text + " on line " + strconv.Itoa(o.Keyword.At.Line()),
		Effect: "read as if it were closed there", Suggest: "put '}' in front of that line",
		In: inner.Contexts(), Via: inner.Keyword.Via(),
	})
	inner.Block = inner.Block[:len(inner.Block)-1]
	b.open = b.open[:len(b.open)-1]
	o.Parent, o.Shape, o.Opens = inner.Parent, s, opens
	b.attach(o)
	return true
}

func (b *builder) unexpectedOpen(o *Node, w Word, why string) {
	if b.inUnknown(o) {
		return
	}
	b.diags.Add(diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unexpected-open-brace", At: w.At, Via: w.Via(),
		Summary: "unexpected '{': " + why,
		Compat:  "Unexpected '{' - ignoring",
		Effect:  "everything up to the matching '}' is skipped",
		In:      o.Contexts(),
	})
}

// inUnknown reports whether n is inside a block that nobody knows: one report about that block is enough.
func (b *builder) inUnknown(n *Node) bool {
	return b.opt.Grammar != nil && n.Parent != nil && n.Parent.Shape != Block
}

// closeBlock takes a "}".
func (b *builder) closeBlock(w Word) {
	if o := b.last; o != nil && o.Shape == Block {
		b.missingOpen(o, nil)
	}
	b.last = nil
	if b.deep > 0 {
		b.deep--
		return
	}
	if len(b.open) == 0 {
		d := diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "extra-close-brace", At: w.At, Via: w.Via(),
			Summary: "'}' closes nothing: all blocks are closed already",
			Compat:  "Extra '}' found\nUnknown keyword '}'",
			Effect:  "ignored",
		}
		if o := b.done; o != nil {
			d.Suggest = "is there one too many in " + o.Keyword.Text + "? It opens at " + o.Open.String() + " and is closed at " + o.Close.String()
		}
		b.diags.Add(d)
		return
	}
	o := b.parent()
	o.Close = w.At
	b.open = b.open[:len(b.open)-1]
	if len(b.open) == 0 {
		b.done = o
	}
}

// finish reports what the end of the input leaves open.
func (b *builder) finish() {
	if o := b.last; o != nil && o.Shape == Block {
		b.missingOpen(o, nil)
	}
	b.last = nil
	missing := len(b.open) + b.deep + b.implied
	if b.implied > 0 {
		d := &b.diags.All()[b.firstImplied]
		d.Bare, d.Compat = true, missingBraces(missing)
	}
	for i := len(b.open) - 1; i >= 0; i-- {
		o := b.open[i]
		d := diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-close-brace", At: o.Open,
			Summary: "the block of " + o.Keyword.Text + " that opens here is never closed",
			Effect:  "it ends where the file ends",
			In:      o.Contexts(), Via: o.Keyword.Via(),
		}
		if i == len(b.open)-1 {
			d.Bare = true
			d.Compat = missingBraces(missing)
			d.Suggest = "look for the missing '}' before this block's next sibling"
		}
		b.diags.Add(d)
	}
	b.open = nil
	b.deliver()
}

func missingBraces(n int) string {
	return "There are " + strconv.Itoa(n) + " missing '}'s or extra '{'s"
}
