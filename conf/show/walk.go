package show

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
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
	sortLate(root.items)
	return root
}

func sortLate(items []*item) {
	slices.SortStableFunc(items, func(a, b *item) int { return late[a.keyword] - late[b.keyword] })
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
	case inPart(t, &n):
		if v = reflect.Indirect(v); v.IsValid() {
			s.fields(out, sc.into(f.Name), v)
		}
	case !known && v.IsZero():
		// The block at hand has no such setting: checkers share a struct.
	default:
		if !known {
			n.keyword, n.in = snake(f.Name), sc.in
		}
		s.named(out, sc, f, &n, v)
	}
}

// inPart reports whether the fields of a part are settings of the block at hand.
func inPart(t reflect.Type, n *name) bool {
	_, part := partOf(t)
	return part && !opens(n) && n.joins == ""
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
	case n.joins != "":
		s.plain(out, n, f, v)
	case isBlock(t), isPart(t):
		switch {
		case v.Kind() == reflect.Pointer && v.IsNil():
		case n.isBlock():
			s.child(out, n, v, false)
		default:
			s.statement(out, n, reflect.Indirect(v), sc)
		}
	case t.Kind() == reflect.Slice && (isBlock(t.Elem()) || isPart(t.Elem())):
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
		i.joined, i.front, i.keyword = true, n.front, n.joins
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
		if n.alone {
			c = &conf.Command{Argv: c.Argv, At: c.At}
		}
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

// children adds the structs of a slice: blocks, statements, lines of a block, or words of one statement.
func (s *shower) children(out *block, n *name, v reflect.Value, sc scope) {
	if n.isBlock() {
		for k := range v.Len() {
			s.child(out, n, v.Index(k), true)
		}
		return
	}
	if v.Len() == 0 {
		return
	}
	var lines []*item
	for k := range v.Len() {
		lines = append(lines, s.line(n, reflect.Indirect(v.Index(k)), sc))
	}
	switch {
	case n.row.Name == "<entry>": // the lines are those of the block at hand
		out.items = append(out.items, lines...)
	case opens(n):
		to := &block{keyword: n.keyword, list: true, items: lines}
		out.items = append(out.items, &item{key: n.keyword, keyword: n.keyword, block: to})
	case n.oneLine:
		one := &item{key: n.keyword, keyword: n.keyword, origin: lines[0].origin}
		var all []any
		for _, e := range lines {
			one.words = append(one.words, e.words...)
			all = append(all, strings.Join(e.words, " "))
		}
		one.value = all
		out.items = append(out.items, one)
	default:
		for _, e := range lines {
			e.keyword = n.keyword
			out.items = append(out.items, e)
		}
	}
}

// isBlock reports whether each struct of a field is a block with keywords in it.
func (n *name) isBlock() bool {
	return n.kinds || n.row == nil || opens(n) && len(language()[n.row.Opens]) > 0
}

// line makes the item of a struct that is one line of a block, or one statement.
func (s *shower) line(n *name, v reflect.Value, sc scope) *item {
	i := &item{key: n.keyword, many: true}
	at := placeOfLine(v)
	i.origin, _ = s.origin(at, n.in, n.keyword, sc)
	i.origin.word = ""
	i.words = lineOf(v)
	if i.words == nil {
		i.words = s.asRead(at, n)
	}
	i.fields, _ = jsonOf(v).(object)
	if secrets[n.keyword] && !s.opt.Secrets {
		i.words, i.fields = []string{mask}, object{}
	}
	return i
}

// statement adds a struct that one statement makes, or several to which each adds something.
func (s *shower) statement(out *block, n *name, v reflect.Value, sc scope) {
	if _, whole := asWorded(v); whole {
		i := s.line(n, v, sc)
		i.keyword, i.many = n.keyword, false
		out.items = append(out.items, i)
		return
	}
	places := []diag.Span{placeOf(v)}
	for k := range v.NumField() {
		if f := v.Field(k); isValue(f.Type()) {
			at, _ := open(f)
			places = append(places, at)
		}
	}
	seen := map[*syntax.Node]bool{}
	for _, at := range places {
		for _, o := range s.cfg.Origins[at] {
			if o.Block != n.in || o.Keyword != n.keyword || seen[o.Node] {
				continue
			}
			seen[o.Node] = true
			i := s.line(n, v, sc)
			i.keyword, i.many = n.keyword, false
			if !secrets[n.keyword] || s.opt.Secrets {
				i.words = wordTexts(o.Node.Args)
			}
			i.textOnly = len(seen) > 1
			i.origin, _ = s.origin(at, n.in, n.keyword, sc)
			i.origin.word = ""
			out.items = append(out.items, i)
		}
	}
	if len(seen) == 0 {
		i := s.line(n, v, sc)
		i.keyword, i.many = n.keyword, false
		out.items = append(out.items, i)
	}
}

// asRead gives the words of the statement at a place.
func (s *shower) asRead(at diag.Span, n *name) []string {
	for _, o := range s.cfg.Origins[at] {
		if o.Block != n.in || o.Keyword != n.keyword || o.Node == nil {
			continue
		}
		words := wordTexts(o.Node.Args)
		if opens(n) {
			words = append(wordTexts([]syntax.Word{o.Node.Keyword}), words...)
		}
		return words
	}
	return nil
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
	sortLate(b.items)
	out.items = append(out.items, &item{key: keyword, keyword: keyword, many: many, block: b, origin: b.origin})
}
