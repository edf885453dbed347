package manual

// Home and Written let tests find examples that no row asks for.
var Home = home

// Written gives the keywords that have an example, by section.
func Written() map[string][]string {
	out := map[string][]string{}
	for _, s := range sections {
		for name := range s.examples {
			out[s.block] = append(out[s.block], name)
		}
	}
	for block := range lineExamples {
		out[block] = append(out[block], entry)
	}
	return out
}

// Said is what the manual says of one option of lines.
type Said struct {
	In, Words []string
	Example   string
}

// Options gives all options of lines.
func Options() []Said {
	var out []Said
	for _, k := range kinds {
		in := k.also
		for _, p := range k.in {
			in = append(in, p.keyword)
		}
		for _, o := range k.options {
			out = append(out, Said{in, o.words, o.example})
		}
	}
	return out
}
