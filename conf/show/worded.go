package show

import (
	"reflect"
	"strings"
)

// worded is a type that knows the words that it is written as, without the keyword.
type worded interface{ Words() []string }

// asWorded finds the words of a value, of a struct also by its pointer.
func asWorded(v reflect.Value) (worded, bool) {
	if w, ok := v.Interface().(worded); ok {
		return w, true
	}
	if v.Kind() != reflect.Struct {
		return nil, false
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	w, ok := p.Interface().(worded)
	return w, ok
}

// isWorded recognises a struct of one statement, or a list of them: not what fills a block of its own.
func isWorded(t reflect.Type, n *name) bool {
	if t.Kind() == reflect.Slice {
		t = reflect.PointerTo(t.Elem())
	}
	return t.Kind() == reflect.Pointer && !opens(n) && t.Implements(reflect.TypeFor[worded]())
}

// statements adds a statement for each struct that v holds.
func (s *shower) statements(out *block, n *name, v reflect.Value, sc scope) {
	if v.Kind() == reflect.Slice {
		for k := range v.Len() {
			s.statement(out, n, v.Index(k), sc, true)
		}
		return
	}
	if !v.IsNil() {
		s.statement(out, n, v.Elem(), sc, false)
	}
}

func (s *shower) statement(out *block, n *name, v reflect.Value, sc scope, many bool) {
	w, _ := asWorded(v)
	i := &item{key: n.keyword, keyword: n.keyword, many: many, words: w.Words(), fields: lineFields(v)}
	if secrets[n.keyword] {
		if !s.opt.Secrets && len(i.words) > 1 {
			i.words = []string{i.words[0], mask}
		}
		i.value, i.fields = strings.Join(i.words, " "), nil
	}
	for k, word := range i.words {
		i.words[k] = quote(word)
	}
	if !many && i.value == nil {
		i.value, i.fields = object(i.fields), nil
	}
	i.origin, _ = s.origin(placeOf(v), n.in, n.keyword, sc)
	i.origin.word = ""
	out.items = append(out.items, i)
}
