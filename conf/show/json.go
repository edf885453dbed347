package show

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// jsonVersion is the version of the form that JSON writes. Members may be added under the same version; none changes its
// meaning or goes away.
const jsonVersion = 1

// JSON writes the configuration as one object (docs/show-config.schema.json):
//
//	{"version": 1, "files": ["/etc/keepalived/keepalived.conf"],
//	 "config": {
//	   "global_defs": {"router_id": {"value": "lb1", "origin": {"from": "file", "at": {…}}}},
//	   "vrrp_instance": [{
//	      "name": "VI_1", "origin": {…},
//	      "priority": {"value": 100, "origin": {"from": "default"}},
//	      "virtual_ipaddress": [{"line": "192.0.2.1/24", "origin": {…}, "prefix": "192.0.2.1/24"}]}]}}
//
// Members are named by their keywords. Times are numbers of seconds; what has no value is null. What was kept and not
// understood is in the member "carried" of its block.
func JSON(w io.Writer, cfg *conf.Config, opt Options) error {
	files := cfg.Files
	if files == nil {
		files = []string{}
	}
	doc := object{{"version", jsonVersion}, {"files", files}, {"config", build(cfg, opt).object()}}
	var flat, out bytes.Buffer
	if err := encode(&flat, doc); err != nil {
		return err
	}
	if err := json.Indent(&out, flat.Bytes(), "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

// object is a JSON object whose members keep their order.
type object []member

// encode writes a value. It descends by itself: what json.Marshaler returns would be read anew on each level.
func encode(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, m.key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := encode(b, m.value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, e); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	return nil
}

// object gives a block's members; of several with one name an array is made.
func (b *block) object() object {
	var out object
	if len(b.args) > 0 {
		out = append(out, member{"name", strings.Join(b.args, " ")})
	}
	if b.origin.from != "" {
		out = append(out, member{"origin", b.origin.object()})
	}
	at := map[string]int{}
	for _, i := range b.items {
		if i.textOnly {
			continue
		}
		v := i.json()
		k, there := at[i.key]
		switch {
		case !there && i.many:
			at[i.key] = len(out)
			out = append(out, member{i.key, []any{v}})
		case !there:
			at[i.key] = len(out)
			out = append(out, member{i.key, v})
		default:
			list, ok := out[k].value.([]any)
			if !ok {
				list = []any{out[k].value}
			}
			out[k].value = append(list, v)
		}
	}
	return out
}

func (i *item) json() any {
	switch {
	case i.key == "carried":
		o := object{{"keyword", i.keyword}, {"words", append([]string{}, i.words...)}, {"origin", i.origin.object()}}
		if i.block != nil {
			inner := []any{}
			for _, c := range i.block.items {
				inner = append(inner, c.json())
			}
			o = append(o, member{"block", inner})
		}
		return o
	case i.block != nil && i.block.list:
		list := []any{}
		for _, e := range i.block.items {
			list = append(list, e.json())
		}
		return list
	case i.block != nil:
		return i.block.object()
	case i.fields != nil:
		return append(object{{"line", strings.Join(i.words, " ")}, {"origin", i.origin.object()}}, i.fields...)
	}
	return object{{"value", i.value}, {"origin", i.origin.object()}}
}

func (o *origin) object() object {
	out := object{{"from", o.from}}
	if !o.at.IsZero() {
		out = append(out, member{"at", spanObject(o.at)})
	}
	if o.from == inherited {
		out = append(out, member{"block", o.block}, member{"keyword", o.keyword})
	}
	if o.from == byFile && o.word != "" {
		out = append(out, member{"word", o.word})
	}
	var via []any
	for _, v := range o.via {
		via = append(via, object{{"what", v.What}, {"at", spanObject(v.At)}})
	}
	if via != nil {
		out = append(out, member{"via", via})
	}
	return out
}

func spanObject(s diag.Span) object {
	p := s.Pos()
	return object{{"file", p.File}, {"line", p.Line}, {"column", p.Col}, {"offset", p.Off}, {"length", s.Len()}}
}
