package corpus

import (
	"strconv"
	"strings"
	"sync"

	"holdfast/conf"
)

// Case is one configuration: its name says what is tried, and where.
type Case struct {
	Name    string
	Keyword string // the keyword it is about, or "preprocessor"
	Block   string
	Text    string
	Newer   bool // the keyword is not in 2.2.7, or not its block: keepalived has to call it unknown
	Right   bool // as the table has it, nothing is wrong
}

// Keywords returns the cases of every keyword of the table in every block that takes it.
func Keywords() []Case {
	var out []Case
	for _, k := range conf.Keywords() {
		if strings.HasPrefix(k.Name, "<") {
			continue // a form of entries, not a word
		}
		for _, b := range k.Where {
			if _, ok := frames[string(b)]; !ok {
				continue
			}
			m := maker{k: k, block: string(b), seen: map[string]bool{}}
			if k.Opens != "" {
				m.opener()
			} else {
				m.plain()
			}
			m.misplaced()
			out = append(out, m.out...)
		}
	}
	return out
}

// maker collects the cases of one keyword in one block.
type maker struct {
	k     conf.Keyword
	block string
	seen  map[string]bool
	out   []Case
}

// add makes a case of lines in the keyword's own block.
func (m *maker) add(what string, lines ...string) {
	m.addIn(m.block, what, lines...)
}

func (m *maker) addIn(block, what string, lines ...string) {
	name := short(what) + " in " + place(block)
	if block != m.block {
		name += " (belongs in " + place(m.block) + ")"
	}
	if m.seen[name] {
		return
	}
	m.seen[name] = true
	if l := lead[m.k.Name]; l != "" && block == m.block {
		lines = append([]string{l}, lines...)
	}
	m.out = append(m.out, Case{
		Name: name, Keyword: m.k.Name, Block: place(m.block), Text: file(block, m.k.Name, lines...),
		Newer: newer(&m.k, block),
	})
}

// newer reports whether keepalived 2.2.7 does not have a keyword in a block, or not the block.
func newer(k *conf.Keyword, block string) bool { return k.Since != "2.2.7" || newBlocks()[block] }

// newBlocks are those that only keywords newer than 2.2.7 open.
var newBlocks = sync.OnceValue(func() map[string]bool {
	is := map[string]bool{}
	for _, k := range conf.Keywords() {
		if b := string(k.Opens); b != "" {
			_, seen := is[b]
			is[b] = (is[b] || !seen) && k.Since != "2.2.7"
		}
	}
	return is
})

// plain makes the cases of a keyword that opens no block.
func (m *maker) plain() {
	n := m.k.Name
	args := arguments(n, m.k.Args)
	right := strings.TrimRight(n+" "+args[0], " ")
	for i, a := range args {
		line := strings.TrimRight(n+" "+a, " ")
		m.add(line, line)
		m.out[len(m.out)-1].Right = i == 0
	}
	m.add(n, n)
	m.add(right+" surplus words", right+" surplus words")
	m.add(right+" twice", right, right)
	if len(args) > 1 && args[1] != "" {
		m.add(right+" and then "+args[1], right, n+" "+args[1])
	}
	m.add(right+" { }", right+" {", "}")
	m.add(right+" quoted", strings.TrimRight(n+` "`+strings.Trim(args[0], `"`)+`"`, " "))
}

// opener makes the cases of a keyword that opens a block.
func (m *maker) opener() {
	n, named := m.k.Name, strings.HasPrefix(m.k.Args, "NAME")
	head, body := n, inside(string(m.k.Opens), n)
	if named {
		head += " NEW"
	}
	if args, ok := special[n]; ok {
		for _, a := range args {
			m.add(n+" "+a+" {", n+" "+a+" {\n"+body+"}")
		}
		head += " " + args[0]
	}
	m.add(head+" {", head+" {\n"+body+"}")
	m.add(n+" without words {", n+" {\n"+body+"}")
	m.add(head+" surplus words {", head+" surplus words {\n"+body+"}")
	m.add(head+" { } empty", head+" {", "}")
	m.add(head+" without braces", head)
	m.add(head+" twice", head+" {\n"+body+"}", head+" {\n"+body+"}")
	m.add(head+" with the brace below", head+"\n{\n"+body+"}")
	m.add(head+" with an unknown keyword", head+" {\nnosuchkeyword 3\n"+body+"}")
	if named {
		m.add(n+" with a long name {", n+" "+strings.Repeat("n", 40)+" {\n"+body+"}")
	}
}

// misplaced puts the keyword where it does not belong.
func (m *maker) misplaced() {
	line := strings.TrimRight(m.k.Name+" "+arguments(m.k.Name, m.k.Args)[0], " ")
	if m.k.Opens != "" {
		line = m.k.Name + " X {\n}"
	}
	tried := 0
	for _, b := range []string{"", "global_defs", "vrrp_instance", "virtual_server", "virtual_server/real_server", "vrrp_script"} {
		if b == m.block || takes(b, m.k.Name) || tried == 3 {
			continue
		}
		tried++
		m.addIn(b, line, line)
	}
}

// takes reports whether a block has a keyword of that name.
func takes(block, keyword string) bool {
	for _, k := range conf.Keywords() {
		for _, b := range k.Where {
			if k.Name == keyword && string(b) == block {
				return true
			}
		}
	}
	return false
}

// inside is a valid body for a block that a keyword opens.
func inside(block, keyword string) string {
	f, ok := frames[block]
	if !ok {
		return entryBody[keyword]
	}
	var b strings.Builder
	for _, s := range f.body {
		b.WriteString(s.text + "\n")
	}
	return b.String()
}

// entryBody is one valid line for blocks of entries.
var entryBody = map[string]string{
	"virtual_ipaddress": "192.0.2.50\n", "virtual_ipaddress_excluded": "192.0.2.60\n", "track_interface": "eth1\n",
	"notification_email": "a@example.org\n", "group": "VI\n", "interfaces": "eth0\n",
}

func place(block string) string {
	if block == "" {
		return "the root"
	}
	return block
}

// short keeps long words out of names.
func short(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if len(w) > 48 {
			words[i] = w[:8] + "…×" + strconv.Itoa(len(w))
		}
	}
	if len(words) > 100 {
		words = append(words[:4], "…×"+strconv.Itoa(len(words)))
	}
	return strings.Join(words, " ")
}
