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
