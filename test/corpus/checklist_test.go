package corpus

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holdfast/conf"
)

// checklist is a list of every keyword there is, one a line: block, keyword, arguments, first version, area, with tabs between.
var checklist = flag.String("checklist", "../../../shared/reference/keywords.tsv", "hold the keyword table against this list, if it is there")

// notKeywords are rows of the list that are no keyword of a block, with the reason.
var notKeywords = map[string]string{
	"block/keyword":                     "the head of the list",
	"linkbeat_interfaces/<entry>":       "a form of entries: see Entries",
	"interface_up_down_delays/<entry>":  "a form of entries: see Entries",
	"static_ipaddress/<entry>":          "a form of entries: see Entries",
	"static_routes/<entry>":             "a form of entries: see Entries",
	"static_rules/<entry>":              "a form of entries: see Entries",
	"virtual_server_group NAME/<entry>": "a form of entries: see Entries",
	"address option/track_group":        "in static_ipaddress",
	"root blocks/authentication":        "in vrrp_instance",
	"root blocks/real_server":           "in virtual_server",
}

// pending are the rows that the table has not yet. The list only shrinks: an entry that is there after all fails the test.
var pending = []string{}

// blockOf gives the table's blocks for the list's names of blocks, where these differ.
var blockOf = map[string][]string{
	"root blocks":                                        {"", "vrrp_instance", "virtual_server"},
	"top-level (before/outside blocks)":                  {""},
	"track_file (alias vrrp_track_file)":                 {"track_file"},
	"virtual_server_group NAME":                          {"virtual_server_group"},
	"virtual_server ADDR [PORT] | fwmark N | group NAME": {"virtual_server"},
	"virtual_server/real_server ADDR [PORT]":             {"virtual_server/real_server"},
	"vrrp_instance/auth_hmac":                            {"vrrp_instance/auth_hmac", "vrrp_instance"},
	"common checker options":                             {"TCP_CHECK", "HTTP_GET/SSL_GET", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK", "PING_CHECK"},
	"HTTP_GET / SSL_GET":                                 {"HTTP_GET/SSL_GET", "virtual_server/real_server"},
}

// optionsOf gives the keywords whose entries take the options of a kind of row.
var optionsOf = map[string][]string{
	"address option": {"virtual_ipaddress", "static_ipaddress"},
	"route option":   {"virtual_routes", "static_routes"},
	"rule option":    {"virtual_rules", "static_rules"},
}

// TestChecklist: every row of the list is in the table, in its block, with its first version, or among the options of entries,
// or is reasoned away.
func TestChecklist(t *testing.T) {
	text, err := os.ReadFile(*checklist)
	if err != nil {
		t.Skip("no list to compare with: ", err)
	}
	var missing []string
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(cells) < 4 {
			t.Fatalf("a row of %d cells: %q", len(cells), line)
		}
		row := cells[0] + "/" + cells[1]
		if notKeywords[row] != "" {
			continue
		}
		rows++
		if !has(t, cells[0], cells[1], cells[3]) {
			missing = append(missing, row)
		}
	}
	for _, row := range missing {
		if !slices.Contains(pending, row) {
			t.Errorf("the table lacks %s", row)
		}
	}
	for _, row := range pending {
		if !slices.Contains(missing, row) {
			t.Errorf("%s is there: take it out of pending", row)
		}
	}
	t.Logf("%d rows, %d missing", rows, len(missing))
}

func has(t *testing.T, kind, keyword, since string) bool {
	t.Helper()
	if kind == "config language" {
		sign := languageSign(keyword)
		for _, text := range beside {
			if strings.Contains(text, sign) {
				return true
			}
		}
		return slices.ContainsFunc(Preprocessor(), func(c Case) bool { return strings.Contains(c.Text, sign) })
	}
	if openers, ok := optionsOf[kind]; ok {
		return slices.ContainsFunc(openers, func(o string) bool { return slices.Contains(conf.EntryOptions(o), keyword) })
	}
	blocks, ok := blockOf[kind]
	if !ok {
		blocks = []string{kind}
		if strings.HasSuffix(kind, "_CHECK") {
			blocks = append(blocks, "virtual_server/real_server")
		}
	}
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			if k.Name == keyword && slices.Contains(blocks, string(w)) {
				if k.Since != since {
					t.Errorf("%s of %s: since %s, the list has %s", keyword, kind, k.Since, since)
				}
				return true
			}
		}
	}
	return false
}

// languageSign is how a feature of the preprocessor is found in a case's text.
func languageSign(row string) string {
	switch row {
	case "@ID":
		return "@oracle"
	case "@^ID":
		return "@^oracle"
	case "$NAME=":
		return "$D1="
	case `$NAME=\`:
		return "=\\\n"
	case "${NAME}":
		return "${B1}"
	case "$NAME":
		return "$D1\n"
	case `"..."`:
		return `"probe"`
	}
	return strings.TrimSuffix(row, "}")
}

// TestEveryKeywordHasACase: every keyword of the table, in every block that takes it, is in a case of this corpus. One that
// keepalived 2.2.7 does not know, so that nothing can be compared, is in a case of package conf.
func TestEveryKeywordHasACase(t *testing.T) {
	have := map[string]bool{}
	for _, c := range Keywords() {
		have[c.Block+"/"+c.Keyword] = true
	}
	golden := goldenText(t)
	var without []string
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			if !have[place(string(w))+"/"+k.Name] && !strings.HasPrefix(k.Name, "<") {
				t.Errorf("no case has %s in %s", k.Name, place(string(w)))
			}
		}
		word := regexp.MustCompile(`(?m)(?:^|[{}])\s*` + regexp.QuoteMeta(k.Name) + `(?:\s|$)`)
		if k.Since != "2.2.7" && !word.MatchString(golden) {
			without = append(without, k.Name)
		}
	}
	slices.Sort(without)
	without = slices.Compact(without)
	for _, k := range without {
		if !slices.Contains(pendingGolden, k) {
			t.Errorf("no test of package conf has %s", k)
		}
	}
	for _, k := range pendingGolden {
		if !slices.Contains(without, k) {
			t.Errorf("a test of package conf has %s: take it out of pendingGolden", k)
		}
	}
}

// goldenText is every configuration among the tests of package conf.
func goldenText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("../../conf/testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pendingGolden are keywords newer than 2.2.7 that no test of package conf has yet. The list only shrinks.
var pendingGolden = []string{}
