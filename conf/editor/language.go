package editor

import (
	"slices"
	"strings"

	"holdfast/conf"
)

// language is the table arranged by block.
type language struct {
	blocks    []*block // the outermost first, then by name
	includes  []string // keywords that are read before all others, in every block
	constants []string // words of fixed choices, such as MASTER
}

// block is what may stand within one kind of block, behind one keyword.
type block struct {
	id       string // of letters, digits and _
	keywords []string
	obsolete []string
	openers  []opener
	options  []string // words within its entries
	entries  bool     // holds entries, not keywords
}

// opener is a keyword that opens a block.
type opener struct {
	keyword  string
	block    *block
	obsolete bool
}

// arrange makes a language of the table.
func arrange(table []conf.Keyword) *language {
	l := &language{}
	byKey := map[string]*block{}
	for _, k := range table {
		if strings.HasPrefix(k.Name, "<") {
			continue // a form of entries, not a word
		}
		for _, w := range k.Where {
			if w == "" && strings.HasPrefix(k.Name, "include") {
				l.includes = append(l.includes, k.Name)
				continue
			}
			for _, outer := range l.within(byKey, table, w) {
				l.put(byKey, outer, k)
			}
		}
		l.constants = append(l.constants, choices(k.Args)...)
	}
	slices.Sort(l.constants)
	l.constants = slices.Compact(l.constants)
	slices.Sort(l.includes)
	for _, b := range byKey {
		b.sort()
		l.blocks = append(l.blocks, b)
	}
	slices.SortFunc(l.blocks, func(a, b *block) int { return strings.Compare(a.id, b.id) })
	return l
}

// within returns the blocks of kind w: one for each keyword that opens it if these differ in what they hold, else one.
func (l *language) within(byKey map[string]*block, table []conf.Keyword, w conf.Block) []*block {
	if !conf.HoldsEntries(w) {
		return []*block{get(byKey, ident(string(w)))}
	}
	var out []*block
	for _, k := range table {
		if k.Opens == w {
			out = append(out, entriesOf(byKey, k))
		}
	}
	return out
}

// put adds a keyword to a block.
func (l *language) put(byKey map[string]*block, b *block, k conf.Keyword) {
	old := k.Status == conf.Obsolete
	switch {
	case k.Opens != "" && conf.HoldsEntries(k.Opens):
		b.openers = append(b.openers, opener{k.Name, entriesOf(byKey, k), old})
	case k.Opens != "":
		b.openers = append(b.openers, opener{k.Name, get(byKey, ident(string(k.Opens))), old})
	case old:
		b.obsolete = append(b.obsolete, k.Name)
	default:
		b.keywords = append(b.keywords, k.Name)
	}
}

// entriesOf is the block of entries behind a keyword.
func entriesOf(byKey map[string]*block, k conf.Keyword) *block {
	b := get(byKey, "entries_"+ident(k.Name))
	b.entries, b.options = true, conf.EntryOptions(k.Name)
	return b
}

func get(byKey map[string]*block, id string) *block {
	if byKey[id] == nil {
		byKey[id] = &block{id: id}
	}
	return byKey[id]
}

func (b *block) sort() {
	slices.Sort(b.keywords)
	slices.Sort(b.obsolete)
	b.options = slices.Sorted(slices.Values(b.options))
	slices.SortFunc(b.openers, func(x, y opener) int { return strings.Compare(x.keyword, y.keyword) })
	b.openers = slices.CompactFunc(b.openers, func(x, y opener) bool { return x.keyword == y.keyword })
}

// ident makes a block's name one word; the outermost level is "root".
func ident(name string) string {
	if name == "" {
		return "root"
	}
	return strings.NewReplacer("/", "_", "-", "_").Replace(name)
}

// choices returns the words of an argument grammar that is nothing but a choice, such as MASTER|BACKUP. Numbers and single
// letters, which could be anything elsewhere, are left out.
func choices(grammar string) []string {
	if !strings.Contains(grammar, "|") || strings.ContainsAny(grammar, "[]{}. '(") {
		return nil
	}
	return slices.DeleteFunc(strings.Split(grammar, "|"), func(w string) bool {
		return len(w) < 2 || w[0] >= '0' && w[0] <= '9'
	})
}

// longestFirst orders words so that of two that begin alike a regular expression tries the longer one first.
func longestFirst(words []string) []string {
	out := slices.Clone(words)
	slices.SortFunc(out, func(a, b string) int {
		if n := len(b) - len(a); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	return out
}
