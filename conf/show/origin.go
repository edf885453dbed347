package show

import (
	"reflect"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// origin finds out how a place came to say what keyword of block in says. alias is another keyword for the same, if that is
// what the file has.
func (s *shower) origin(at diag.Span, in conf.Block, keyword string, sc scope) (o origin, alias string) {
	if at.IsZero() {
		return origin{from: byDefault}, ""
	}
	said := s.cfg.Origins[at]
	for _, x := range said {
		if x.Block == in && (x.Keyword == keyword || x.Keyword == negative[keyword]) {
			return origin{from: byFile, at: at, via: x.Via, word: x.Word}, ""
		}
	}
	for _, x := range said {
		if x.Block == in && !keywords(sc)[x.Keyword] {
			return origin{from: byFile, at: at, via: x.Via, word: x.Word}, x.Keyword
		}
	}
	if len(said) == 0 {
		return origin{from: byFile, at: at}, ""
	}
	x := said[0]
	if x.Block == in {
		return origin{from: inherited, at: at, via: x.Via, block: string(x.Block), keyword: x.Keyword, here: true}, ""
	}
	return origin{from: inherited, at: at, via: x.Via, block: string(x.Block), keyword: x.Keyword}, ""
}

// compare forgets the word of an origin unless it is another one than what is shown.
func (i *item) compare() {
	shown := i.keyword
	if len(i.words) > 0 {
		shown = i.words[0]
	}
	switch w := quote(i.origin.word); {
	case len(i.words) > 1, w == shown, w == i.keyword, i.joined, secrets[i.key]:
		i.origin.word = ""
	}
}

// keywords are those that the fields of a block's struct go by.
func keywords(sc scope) map[string]bool {
	out := map[string]bool{}
	if sc.owner != nil {
		eachField(scope{owner: sc.owner, in: sc.in}, sc.owner, func(_ scope, _ reflect.StructField, n name, known bool) {
			if known && n.joins == "" {
				out[n.keyword] = true
			}
		})
	}
	return out
}

// eachField calls do for every field of a block's struct and of the parts of it.
func eachField(sc scope, t reflect.Type, do func(sc scope, f reflect.StructField, n name, known bool)) {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || isSpan(f.Type) || isName(f) {
			continue
		}
		n, known := nameOf(sc.owner, sc.path, f, sc.in)
		if isPart(f.Type) && !opens(&n) {
			eachField(sc.into(f.Name), f.Type, do)
			continue
		}
		do(sc, f, n, known)
	}
}

var (
	spanType = reflect.TypeFor[diag.Span]()
	home     = reflect.TypeFor[conf.Config]().PkgPath()
)

func isSpan(t reflect.Type) bool { return t == spanType }

// isName recognises the field that names a block.
func isName(f reflect.StructField) bool { return f.Name == "Name" && f.Type.Kind() == reflect.String }

// isValue recognises conf.Value.
func isValue(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == home && strings.HasPrefix(t.Name(), "Value[")
}

// isOurs recognises the other structs of conf.
func isOurs(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == home && !isValue(t)
}

// isBlock recognises what stands for a block or a line: a struct that knows its place.
func isBlock(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !isOurs(t) || t == reflect.TypeFor[conf.Command]() {
		return false
	}
	f, ok := t.FieldByName("At")
	return ok && isSpan(f.Type)
}

// isPart recognises a struct whose fields are settings of the block around it, unless its keyword opens one.
func isPart(t reflect.Type) bool {
	return isOurs(t) && !isBlock(t) && t != reflect.TypeFor[conf.Command]()
}

// opens reports whether a keyword opens a block.
func opens(n *name) bool { return n.row != nil && n.row.Opens != "" }

// open takes a Value apart.
func open(v reflect.Value) (diag.Span, reflect.Value) {
	return v.FieldByName("At").Interface().(diag.Span), v.FieldByName("V")
}

// placeOf is where a block or a line stands.
func placeOf(v reflect.Value) diag.Span {
	if f := v.FieldByName("At"); f.IsValid() && isSpan(f.Type()) {
		return f.Interface().(diag.Span)
	}
	return diag.Span{}
}
