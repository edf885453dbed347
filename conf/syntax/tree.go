package syntax

import (
	"unicode/utf8"

	"holdfast/conf/diag"
)

// Shape is what a keyword expects after its arguments.
type Shape uint8

const (
	// Unknown: nobody knows the keyword in that block.
	Unknown Shape = iota
	// Leaf: the keyword is one line.
	Leaf
	// Block: the keyword opens a block in braces.
	Block
)

// Options are what a caller may decide about a parse.
type Options struct {
	// ConfigID is what "@id" lines are compared with, and the value of ${_INSTANCE}.
	ConfigID string
	// Grammar tells what a keyword is. Without one every keyword is a Leaf that may have a block.
	Grammar Grammar
	// CheckIncludes makes every include as strict as includea, until include_check says otherwise.
	CheckIncludes bool

	tight uint8 // tests divide the bounds by this power of two
}

// Grammar is the one thing that a parse asks its caller: what keyword is in block, and if it opens a
// block, which one. Block "" is outside all blocks; the other names are the caller's own.
type Grammar func(block, keyword string) (s Shape, opens string)

// Node is one statement: a keyword, its arguments and, if it has one, its block.
type Node struct {
	Keyword  Word
	Args     []Word
	Block    []*Node
	Open     diag.Span // the opening brace
	Close    diag.Span // the closing brace; zero when the file ends before it
	Parent   *Node     // nil: outside all blocks
	Opens    string    // the Grammar's name for the block that the keyword opens
	Shape    Shape     // what the Grammar said
	HasBlock bool
	Foreign  bool // the line begins with ; or //: a comment in a style the language lacks

	from int32  // where raw begins in src
	raw  string // from the keyword to before the brace
	src  *line  // the line that expansions made; nil if it is in its file as it is here
}

// Raw returns the statement's text as it is in the line, references expanded and quotes kept. Script
// keywords split it by rules of their own: see Argv.
func (n *Node) Raw() string {
	if n.raw == "" {
		return n.Keyword.Text
	}
	return n.raw
}

// RawSpan returns the place of Raw()[from:to].
func (n *Node) RawSpan(from, to int) (diag.Span, []diag.Via) {
	switch {
	case n.raw == "":
		return n.Keyword.At, n.Keyword.Via()
	case n.src == nil:
		at := begin(n.Keyword.At)
		at.off += from
		return at.span(utf8.RuneCountInString(n.raw[from:to])), n.Keyword.Via()
	}
	c := newLocator(n.src)
	return c.span(int(n.from)+from, int(n.from)+to)
}

// Contexts names the blocks around n, innermost first.
func (n *Node) Contexts() []diag.Context {
	var out []diag.Context
	for p := n.Parent; p != nil; p = p.Parent {
		what := p.Keyword.Text
		for _, a := range p.Args {
			what += " " + a.Text
		}
		out = append(out, diag.Context{What: what, At: p.Keyword.At})
	}
	return out
}

// Tree is a parsed configuration: the statements of all its files in reading order.
type Tree struct {
	Nodes []*Node
	Files []string // every file read, in order of first reading
}

// Parse reads path and everything it includes, and returns its statements. It never fails: whatever is
// wrong is in the list, and the tree holds what could be understood: nothing, if a bound was exceeded.
func Parse(src Source, path string, opt Options) (*Tree, diag.List) {
	t := &Tree{}
	var diags diag.List
	var whole bool
	t.Files, whole = Walk(src, path, opt, &diags, func(n *Node) bool {
		t.Nodes = append(t.Nodes, n)
		return true
	})
	if !whole {
		t.Nodes = nil
	}
	diags.Sort()
	return t, diags
}

// Walk reads like Parse, but hands over each statement outside all blocks once it and everything in it is read, so that a
// large file never is in memory as a tree: unless each says to keep it, the statement and all in it, words too, but not their
// texts, are overwritten afterwards. What is wrong is added to diags, unsorted, what concerns a statement before each hears of it.
// Walk returns every file read, in order of first reading; whole is false if a bound was exceeded: then what each has heard
// shall not count.
func Walk(src Source, path string, opt Options, diags *diag.List, each func(*Node) (keep bool)) (files []string, whole bool) {
	b := newBuilder(opt, diags, each)
	e := newExpander(src, opt, b)
	e.file(path, &inclusion{pattern: path, dir: ".", rules: includeRules{main: true}})
	if !e.ended {
		b.finish()
	}
	return b.files, !e.ended
}
