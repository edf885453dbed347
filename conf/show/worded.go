package show

import "reflect"

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

// quoted quotes each word that needs it.
func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quote(w)
	}
	return out
}
