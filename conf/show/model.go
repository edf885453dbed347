package show

import "holdfast/conf/diag"

// source is the kind of an origin.
type source string

const (
	byDefault source = "default"   // nobody said it
	byFile    source = "file"      // the statement itself
	inherited source = "inherited" // another statement, which holds here too
	asWritten source = "carried"   // kept and not understood
)

// origin is where a value comes from.
type origin struct {
	from source
	at   diag.Span
	via  []diag.Via
	// what was inherited: the statement's block ("" is outside all blocks) and keyword
	block, keyword string
	here           bool   // the same block
	word           string // what stands there, if it is not what came of it
}

// block is one block with its settings.
type block struct {
	keyword string   // "" is the configuration itself
	args    []string // words behind the keyword
	list    bool     // it holds lines, not keywords
	origin  origin
	items   []*item
}

// item is one setting, one line of a list, or a block.
type item struct {
	key     string   // the name in JSON: the keyword, or what the field is called
	keyword string   // the name in the text; "" for a line of a list
	words   []string // the words behind it
	value   any      // for JSON: nil when there is none
	fields  []member // for JSON, of a line: its parts
	origin  origin
	usual   string // what holds when nobody says it, in the words of the keyword table
	hidden  bool   // there is nothing to show: neither said nor of any effect
	comment bool   // in force, but no statement says so: a commented line
	joined  bool   // its words are part of another statement
	many    bool   // one of several in JSON
	block   *block
}

// member is one member of a JSON object.
type member struct {
	key   string
	value any
}
