package show

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// shower builds the blocks of one configuration.
type shower struct {
	cfg    *conf.Config
	opt    Options
	root   *block
	placed map[diag.Span][]*block // by where they are named
}

// build makes the outermost block.
func build(cfg *conf.Config, opt Options) *block {
	s := &shower{cfg: cfg, opt: opt, placed: map[diag.Span][]*block{}}
	root := &block{}
	s.root = root
	v := reflect.ValueOf(*cfg)
	s.fields(root, scope{v.Type(), nil, ""}, v)
	s.carried(root)
	slices.SortStableFunc(root.items, func(a, b *item) int { return late[a.keyword] - late[b.keyword] })
	return root
}

// scope is where the walk is: the struct of the innermost block, the fields that lead from it to the one at hand, and what
// the language calls the block.
type scope struct {
	owner reflect.Type
	path  []string
	in    conf.Block
}

func (sc scope) into(field string) scope {
	sc.path = append(sc.path[:len(sc.path):len(sc.path)], field)
	return sc
}

func (s *shower) fields(out *block, sc scope, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.IsExported() && !isSpan(f.Type) {
			s.field(out, sc, f, v.Field(i))
		}
	}
}

// field adds what one field says to a block.
func (s *shower) field(out *block, sc scope, f reflect.StructField, v reflect.Value) {
	n, known := nameOf(sc.owner, sc.path, f, sc.in)
	t := f.Type
	switch {
	case n.skip:
	case isName(f):
		out.args = append(out.args, quote(v.String()))
	case n.header:
		if at, inner := open(v); !at.IsZero() {
			words, _ := wordsOf(inner, &n)
			if n.word != "" {
				words = append([]string{n.word}, words...)
			}
			out.args = append(out.args, words...)
		}
	case isPart(t) && !opens(&n):
		s.fields(out, sc.into(f.Name), v)
	case !known && v.IsZero():
		// The block at hand has no such setting: checkers share a struct.
	default:
		if !known {
			n.keyword, n.in = snake(f.Name), sc.in
		}
		s.named(out, sc, f, &n, v)
	}
}

// named adds a field whose keyword is known.
func (s *shower) named(out *block, sc scope, f reflect.StructField, n *name, v reflect.Value) {
	t := f.Type
	switch {
	case n.in == "" && sc.in != "":
		out = s.root
	default:
		out = out.part(sc.in, n.in)
	}
	switch {
	case t == reflect.TypeFor[*conf.Command]():
		s.command(out, n, v.Interface().(*conf.Command), sc)
	case isValue(t):
		s.setting(out, n, f, v, sc)
	case t.Kind() == reflect.Slice && isValue(t.Elem()):
		s.values(out, n, v, sc)
	case isBlock(t), isPart(t):
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			s.child(out, n, v, false)
		}
	case t.Kind() == reflect.Slice && isBlock(t.Elem()):
		s.children(out, n, v, sc)
	default:
		s.plain(out, n, f, v)
	}
}

// part returns b, or the block inside it that a keyword of another block belongs to.
func (b *block) part(have, want conf.Block) *block {
	if want == have || !strings.HasPrefix(string(want), string(have)+"/") {
		return b
	}
	keyword := strings.TrimPrefix(string(want), string(have)+"/")
	for _, i := range b.items {
		if i.block != nil && i.keyword == keyword {
			return i.block
		}
	}
	inner := &block{keyword: keyword}
	b.items = append(b.items, &item{key: keyword, keyword: keyword, block: inner})
	return inner
}

// setting adds a Value.
func (s *shower) setting(out *block, n *name, f reflect.StructField, v reflect.Value, sc scope) {
	at, inner := open(v)
	i := &item{key: n.keyword, keyword: n.keyword}
	i.join(n, f.Name)
	if n.row != nil {
		i.usual = n.row.Default
	}
	alias := ""
	i.origin, alias = s.origin(at, n.in, i.keyword, sc)
	i.words, i.value = wordsOf(inner, n)
	if at.IsZero() && inner.IsZero() {
		i.hidden = !n.always
		if inner.Kind() == reflect.String {
			i.value = nil
		}
	}
	if secrets[i.keyword] && !s.opt.Secrets && !inner.IsZero() {
		i.words, i.value = []string{mask}, mask
	}
	switch {
	case inner.Kind() == reflect.Bool:
		i.flag(n, inner.Bool())
	case i.words == nil:
		i.comment = true
	}
	if alias != "" && !i.joined && i.keyword == n.keyword {
		i.keyword = alias
	}
	i.compare()
	out.items = append(out.items, i)
}

// join makes an item one whose words belong to another statement, if its name says so.
func (i *item) join(n *name, field string) {
	if n.joins != "" {
		i.joined, i.keyword = true, n.joins
		i.key = cmp.Or(n.key, snake(field))
	}
}

// mask stands for what nobody else shall read.
const mask = "********"

// flag words a bool: most keywords say it by being there, others take on or off.
func (i *item) flag(n *name, on bool) {
	switch {
	case n.joins != "":
		i.words = nil
		if on {
			i.words = []string{n.word}
		}
	case n.row != nil && strings.Contains(n.row.Args, "BOOL"):
	case on:
		i.words = nil
	case negative[n.keyword] != "":
		i.words, i.keyword = nil, negative[n.keyword]
	default:
		i.words, i.comment = nil, true
	}
}

// values adds a list of Values: lines of a block, or statements that are repeated.
func (s *shower) values(out *block, n *name, v reflect.Value, sc scope) {
	to, list := out, n.row != nil && n.row.Opens != ""
	if list {
		if v.Len() == 0 {
			return
		}
		to = &block{keyword: n.keyword, list: true}
		out.items = append(out.items, &item{key: n.keyword, keyword: n.keyword, block: to})
	}
	for k := range v.Len() {
		at, inner := open(v.Index(k))
		i := &item{key: n.keyword, many: true}
		i.words, i.value = wordsOf(inner, n)
		i.origin, _ = s.origin(at, n.in, n.keyword, sc)
		i.origin.word = ""
		if !list {
			i.keyword = n.keyword
		}
		to.items = append(to.items, i)
	}
}

func (s *shower) command(out *block, n *name, c *conf.Command, sc scope) {
	i := &item{key: n.keyword, keyword: n.keyword, hidden: c == nil}
	i.join(n, "")
	i.origin.from = byDefault
	if c != nil {
		i.words = commandWords(c)
		i.origin, _ = s.origin(c.At, n.in, i.keyword, sc)
		i.origin.word = ""
		i.value = object{{"argv", c.Argv}}
		if c.User != "" {
			i.value = append(i.value.(object), member{"user", c.User})
		}
		if c.Group != "" {
			i.value = append(i.value.(object), member{"group", c.Group})
		}
	}
	out.items = append(out.items, i)
}

// plain adds a field that does not know where it comes from.
func (s *shower) plain(out *block, n *name, f reflect.StructField, v reflect.Value) {
	i := &item{key: n.keyword, keyword: n.keyword, hidden: v.IsZero()}
	i.join(n, f.Name)
	i.origin.from = byDefault
	i.words, i.value = wordsOf(v, n)
	if v.Kind() == reflect.Bool {
		i.flag(n, v.Bool())
	}
	out.items = append(out.items, i)
}

// children adds the structs of a slice: blocks, lines of a block, or words of one statement.
func (s *shower) children(out *block, n *name, v reflect.Value, sc scope) {
	if n.kinds || n.row == nil || opens(n) && len(language()[n.row.Opens]) > 0 {
		for k := range v.Len() {
			s.child(out, n, v.Index(k), true)
		}
		return
	}
	if v.Len() == 0 {
		return
	}
	to := &block{keyword: n.keyword, list: true}
	for k := range v.Len() {
		e := reflect.Indirect(v.Index(k))
		i := &item{key: n.keyword, many: true, words: lineOf(e), fields: lineFields(e)}
		i.origin, _ = s.origin(placeOf(e), n.in, n.keyword, sc)
		i.origin.word = ""
		to.items = append(to.items, i)
	}
	if n.row.Opens == "" { // one statement with many words
		one := &item{key: n.keyword, keyword: n.keyword, origin: to.items[0].origin}
		var all []any
		for _, e := range to.items {
			one.words = append(one.words, e.words...)
			all = append(all, strings.Join(e.words, " "))
		}
		one.value = all
		out.items = append(out.items, one)
		return
	}
	out.items = append(out.items, &item{key: n.keyword, keyword: n.keyword, block: to})
}

// child adds one struct as a block.
func (s *shower) child(out *block, n *name, v reflect.Value, many bool) {
	v = reflect.Indirect(v)
	keyword, in := n.keyword, conf.Block("")
	if n.kinds {
		keyword = v.FieldByName("Kind").String()
		_, n.row = find(n.in, keyword)
	}
	if n.row != nil {
		in = n.row.Opens
	}
	b := &block{keyword: keyword}
	at := placeOf(v)
	if !at.IsZero() {
		b.origin, _ = s.origin(at, n.in, keyword, scope{})
		b.origin.word = ""
		s.placed[at] = append(s.placed[at], b)
	}
	s.fields(b, scope{v.Type(), nil, in}, v)
	out.items = append(out.items, &item{key: keyword, keyword: keyword, many: many, block: b, origin: b.origin})
}

// lineFields are the parts of a line for JSON.
func lineFields(v reflect.Value) []member {
	var out []member
	for i := range v.NumField() {
		f, x := v.Type().Field(i), v.Field(i)
		if !f.IsExported() || isSpan(f.Type) || x.IsZero() {
			continue
		}
		if isValue(f.Type) {
			_, x = open(x)
		}
		_, value := wordsOf(x, &name{})
		out = append(out, member{snake(f.Name), value})
	}
	return out
}
