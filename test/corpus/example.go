package corpus

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"holdfast/conf"
	"holdfast/conf/manual"
)

// What the examples of the manual refer to, by name: first stands above the example, second below.
var (
	first = map[string]string{
		"chk_web":    "vrrp_script chk_web {\nscript \"/bin/true\"\n}\n",
		"weight_web": "track_file weight_web {\nfile \"@DIR@/track\"\n}\n",
		"proc_web":   "vrrp_track_process proc_web {\nprocess nosuchd\n}\n",
		"TG_1":       "track_group TG_1 {\ngroup {\nVI_1\n}\n}\n",
		"bfd_r1":     "bfd_instance bfd_r1 {\nneighbor_ip 198.51.100.29\nsource_ip 198.51.100.1\n}\n",
	}
	second = map[string]string{
		"VI_1": instance("VI_1", 61, ""),
		"VI_2": instance("VI_2", 62, ""),
	}
	// users refer to what an example defines, so that it is not idle, or are what it refers to by more than a word.
	users = map[string]string{
		"vrrp_script chk_web":         instance("VJ", 52, "track_script {\nchk_web\n}\n"),
		"track_file weight_web":       instance("VJ", 52, "track_file {\nweight_web\n}\n"),
		"vrrp_track_process proc_web": instance("VJ", 52, "track_process {\nproc_web\n}\n"),
		"track_virtual_server": strings.ReplaceAll(outside["VS"], "192.0.2.100 80", "192.0.2.10 80") +
			strings.NewReplacer("192.0.2.100 80", "fwmark 7", "protocol TCP\n", "").Replace(outside["VS"]),
		"virtual_server_group web_vips": strings.ReplaceAll(outside["uses VG"], "VG", "web_vips"),
	}
)

// here puts what every machine has in the place of programs, accounts and files of the examples.
var here = []struct {
	is    *regexp.Regexp
	stand string
}{
	{regexp.MustCompile(`/usr/local/bin/\w+\.sh`), "/bin/true"},
	{regexp.MustCompile(`keepalived_script`), "root"},
	{regexp.MustCompile(`conf\.d/\{web,mail\}\.conf`), "{empty,empty}.inc"},
	{regexp.MustCompile(`conf\.d/web\.conf`), "empty.inc"},
	{regexp.MustCompile(`conf\.d/\*\.conf`), "empt*.inc"},
	{regexp.MustCompile(`/(run|etc|var/lib)/keepalived/|/var/log/`), "@DIR@/"},
}

// Examples returns the manual's example of each keyword, in every block that takes it, and of each option of lines.
func Examples() []Case {
	var out []Case
	for _, k := range conf.Keywords() {
		for _, b := range k.Where {
			c := exampleCase(string(b), k.Name, k.Name, manual.Example(k))
			c.Newer = newer(&k, string(b))
			out = append(out, c)
		}
	}
	for _, l := range manual.Lines() {
		c := exampleCase(l.Block, l.Keyword, l.Option+" in "+l.Keyword, l.Text)
		out = append(out, c)
	}
	return out
}

// exampleCase is an example of what, which stands in a block as a keyword, or as a line of it if the keyword is "<entry>".
func exampleCase(block, keyword, what, text string) Case {
	for _, h := range here {
		text = h.is.ReplaceAllString(text, h.stand)
	}
	text = strings.ReplaceAll(text, "    ", "")
	c := Case{Keyword: keyword, Block: place(block), Name: "the manual's example of " + what + " in " + place(block), Right: true}
	if keyword == "<entry>" {
		c.Keyword, c.Text = "entry", file(block, "", text)
		return c
	}
	c.Text = surround(text, fileWithout(block, keyword, keywordsOf(text), text))
	return c
}

// keywordsOf gives the first words of an example's statements.
func keywordsOf(example string) []string {
	var out []string
	depth := 0
	for line := range strings.SplitSeq(example, "\n") {
		if depth == 0 {
			out = append(out, firstWord(line))
		}
		depth += strings.Count(line, " {") - strings.Count(line, "}")
	}
	return out
}

// surround adds to a file what the example in it refers to, and what refers to the example.
func surround(example, text string) string {
	words := strings.Fields(example)
	var before, after strings.Builder
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if slices.Contains(words, name) && !defines(example, name) {
			before.WriteString(first[name])
			words = append(words, strings.Fields(first[name])...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(second)) {
		if slices.Contains(words, name) && !defines(example, name) {
			after.WriteString(second[name])
		}
	}
	for _, head := range slices.Sorted(maps.Keys(users)) {
		if strings.Contains(example, head) {
			after.WriteString(users[head])
		}
	}
	return before.String() + text + after.String()
}

// defines reports whether an example is a block of that name.
func defines(example, name string) bool {
	opening, _, _ := strings.Cut(example, "\n")
	return strings.HasSuffix(opening, " "+name+" {")
}
