package show

import (
	"slices"

	"holdfast/conf/syntax"
)

// carried adds the statements that are shown as they were written, each to the block that it stands in.
func (s *shower) carried(root *block) {
	for _, c := range append(s.cfg.Kept[:len(s.cfg.Kept):len(s.cfg.Kept)], s.cfg.Carried...) {
		to := s.around(root, c.Node.Parent)
		to.items = append(to.items, s.written(c.Node))
	}
}

// around finds the block that stands for a statement's parent, or makes one.
func (s *shower) around(root *block, n *syntax.Node) *block {
	if n == nil {
		return root
	}
	args := wordTexts(n.Args)
	if b := s.placedAt(n, args); b != nil {
		return b
	}
	up := s.around(root, n.Parent)
	for _, i := range up.items {
		if i.block != nil && i.keyword == n.Keyword.Text && slices.Equal(i.block.args, args) {
			return i.block
		}
	}
	b := &block{keyword: n.Keyword.Text, args: args}
	b.origin = origin{from: asWritten, at: n.Keyword.At, via: n.Keyword.Via()}
	up.items = append(up.items, &item{key: b.keyword, keyword: b.keyword, many: len(args) > 0, block: b, origin: b.origin})
	return b
}

// placedAt finds the block that is named by one of a statement's words.
func (s *shower) placedAt(n *syntax.Node, args []string) *block {
	found := s.placed[n.Keyword.At]
	for _, w := range n.Args {
		found = append(found[:len(found):len(found)], s.placed[w.At]...)
	}
	for _, b := range found {
		if slices.Equal(b.args, args) {
			return b
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return nil
}

// written shows a statement as it stands in the file.
func (s *shower) written(n *syntax.Node) *item {
	i := &item{key: "carried", keyword: n.Keyword.Text, words: wordTexts(n.Args), many: true}
	if n.Keyword.Quoted {
		i.keyword = quote(i.keyword)
	}
	if secrets[i.keyword] && !s.opt.Secrets {
		i.words = []string{mask}
	}
	i.origin = origin{from: asWritten, at: n.Keyword.At, via: n.Keyword.Via()}
	if n.HasBlock {
		i.block = &block{keyword: i.keyword, args: i.words, origin: i.origin}
		for _, c := range n.Block {
			if !c.Foreign {
				i.block.items = append(i.block.items, s.written(c))
			}
		}
	}
	return i
}

func wordTexts(words []syntax.Word) []string {
	var out []string
	for _, w := range words {
		if w.Quoted {
			out = append(out, `"`+w.Text+`"`)
			continue
		}
		out = append(out, quote(w.Text))
	}
	return out
}
