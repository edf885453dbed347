package conf

import (
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// Origin is the statement that a place of a file belongs to, and the word there.
type Origin struct {
	Block   Block  // the block that the statement stands in
	Keyword string // its keyword; for a line of a block of lines, the keyword that opened that block
	Word    string // as it was read, which may be something else than what came of it
	Via     []diag.Via
	Node    *syntax.Node // the statement, or that line
}

// remember notes where the words of a statement, and those of the lines in its block, come from. One place has
// several origins when a definition of several lines stands there.
func (d *decoder) remember(n *syntax.Node, b Block) {
	if !d.opt.Origins {
		return
	}
	if d.cfg.Origins == nil {
		d.cfg.Origins = map[diag.Span][]Origin{}
	}
	statement := func(s *syntax.Node) {
		for _, w := range append([]syntax.Word{s.Keyword}, s.Args...) {
			d.cfg.Origins[w.At] = append(d.cfg.Origins[w.At], Origin{Block: b, Keyword: n.Keyword.Text, Word: w.Text, Via: w.Via(), Node: s})
		}
	}
	statement(n)
	if d.grammar.entries[Block(n.Opens)] {
		for _, e := range n.Block {
			statement(e)
		}
	}
}
