package conf

import (
	"fmt"
	"strings"
	"testing"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// oneFile is a Source with a single file.
type oneFile string

func (s oneFile) ReadFile(string) ([]byte, error) { return []byte(s), nil }
func (oneFile) Glob(string) ([]string, error)     { return nil, nil }
func (oneFile) Getenv(string) string              { return "" }

// paths gives the statements that lead into a block.
var paths = map[Block][]string{
	blockRoot:     nil,
	blockInstance: {"vrrp_instance A {"}, blockAuth: {"vrrp_instance A {", "authentication {"}, blockHMAC: {"vrrp_instance A {", "auth_hmac {"},
	blockVirtual: {"virtual_server 192.0.2.1 80 {"}, blockReal: {"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {"},
	blockHTTP: {"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {", "HTTP_GET {"},
	blockURL:  {"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {", "HTTP_GET {", "url {"},
	blockTLS:  {"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {", "TCP_CHECK {", "tls {"},
	blockHost: {"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {", "SMTP_CHECK {", "host {"},
}

// TestEveryKeywordIsKnown writes every keyword of the table where it belongs: none may be called unknown, and
// those that nothing acts on are told exactly once.
func TestEveryKeywordIsKnown(t *testing.T) {
	for _, k := range Keywords() {
		for _, b := range k.Where {
			outer, ok := paths[b]
			switch {
			case ok:
			case strings.HasSuffix(string(b), "_CHECK"):
				outer = []string{"virtual_server 192.0.2.1 80 {", "real_server 192.0.2.2 80 {", string(b) + " {"}
			case b == blockGlobal, b == blockSSL, b == blockGARPGroup:
				outer = []string{string(b) + " {"}
			default:
				outer = []string{string(b) + " NAME {"}
			}
			if strings.HasPrefix(k.Name, "include") {
				continue
			}
			line := k.Name + " 192.0.2.1"
			if k.Opens != blockRoot {
				line = k.Name + " { }"
				if k.min > 0 {
					line = k.Name + " 192.0.2.1 { }"
				}
			}
			text := strings.Join(outer, "\n") + "\n" + line + "\n" + strings.Repeat("}\n", len(outer))
			_, list := Load(oneFile(text), "main.conf", Options{})
			told := 0
			for _, d := range list.All() {
				switch {
				case strings.HasPrefix(d.Code, "unknown-keyword"), strings.HasPrefix(d.Code, "unknown-block"), strings.Contains(d.Code, "brace"):
					t.Errorf("%s in %q: %s (%s)", k.Name, b, d.Summary, d.At)
				case d.Code == "not-active-yet":
					told++
				}
			}
			if k.Status == NotYet && told == 0 {
				t.Errorf("%s in %q is not active and nobody is told", k.Name, b)
			}
		}
	}
}

// TestKeywordsHaveAPlace looks for keywords that nobody decodes.
func TestKeywordsHaveAPlace(t *testing.T) {
	g := theGrammar()
	n := 0
	for _, k := range Keywords() {
		for _, b := range k.Where {
			n++
			if g.entries[b] || strings.HasPrefix(k.Name, "include") && b == blockRoot {
				continue // decoded with its block, or by the expander
			}
			if g.lookup(b, k.Name).set == nil {
				t.Errorf("%s in %q has no decoder", k.Name, b)
			}
		}
	}
	if n < 450 {
		t.Errorf("only %d keywords looked at", n)
	}
}

// TestPortMismatchesAreBounded multiplies real servers with a group's entries.
func TestPortMismatchesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("virtual_server_group g {\n")
	for i := range 250 {
		fmt.Fprintf(&b, "192.0.2.%d 81\n", i+1)
	}
	b.WriteString("}\nvirtual_server group g {\nlb_kind DR\nprotocol TCP\n")
	for i := range 250 {
		fmt.Fprintf(&b, "real_server 198.51.100.%d 80 {\n}\n", i+1)
	}
	b.WriteString("}\n")
	_, list := Load(oneFile(b.String()), "main.conf", Options{})
	told := 0
	for _, d := range list.All() {
		if d.Code == "port-mismatch" {
			told++
		}
	}
	if told != maxMismatches {
		t.Errorf("%d mismatches told, want %d", told, maxMismatches)
	}
}

// TestMergedServers changes the ports of two real servers to one.
func TestMergedServers(t *testing.T) {
	const text = "virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\n" +
		"real_server 192.0.2.2 81 {\n}\nreal_server 192.0.2.2 82 {\n}\n}\n"
	cfg, list := Load(oneFile(text), "main.conf", Options{})
	if n := len(cfg.VirtualServers[0].RealServers); n != 2 {
		t.Errorf("%d real servers are kept, want 2", n)
	}
	told := false
	for _, d := range list.All() {
		told = told || d.Code == "duplicate-server" && d.At.Line() == 7 && d.Class == diag.ClassNone
	}
	if !told {
		t.Errorf("nobody tells that both are one: %v", list.All())
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		in     string
		lo, hi uint64
		v      uint64
		fault  string
	}{
		{"7", 1, 255, 7, ""},
		{"+7", 1, 255, 7, ""},
		{"007", 1, 255, 7, ""},
		{"0", 1, 255, 0, "number '0' outside range [1, 255]"},
		{"256", 1, 255, 256, "number '256' outside range [1, 255]"},
		{"-1", 1, 255, 0, "negative number '-1'"},
		{"-x", 1, 255, 0, "negative number '-x'"},
		{" 7", 1, 255, 7, ""},
		{"7 ", 1, 255, 0, "invalid number '7 '"},
		{" ", 1, 255, 0, "number ' ' outside range [1, 255]"},
		{"+", 0, 255, 0, "invalid number '+'"},
		{"", 1, 255, 0, "number '' outside range [1, 255]"},
		{"", 0, 255, 0, ""},
		{"1.5", 1, 255, 0, "invalid number '1.5'"},
		{"4294967296", 0, 1 << 32, 0, "number '4294967296' outside unsigned integer range"},
		{"99999999999999999999", 0, 1 << 32, 0, "number '99999999999999999999' outside unsigned integer range"},
	} {
		v, f := parseUint(c.in, c.lo, c.hi)
		if f != c.fault || f == "" && v != c.v {
			t.Errorf("parseUint(%q) = %d, %q; want %d, %q", c.in, v, f, c.v, c.fault)
		}
	}
	for _, c := range []struct {
		in    string
		want  string
		fault string
		ok    bool
	}{
		{"1", "1s", "", true},
		{"0.5", "500ms", "", true},
		{".5", "500ms", "", true},
		{"5.", "5s", "", true},
		{"1.0000004", "1s", "number '1.0000004' has too many decimal places", true},
		{"1.0000005", "1.000001s", "number '1.0000005' has too many decimal places", true},
		{"0", "0s", "number '0' outside range [0.000001, 4294.967295]", false},
		{"4294.967296", "1h11m34.967296s", "number '4294.967296' outside range [0.000001, 4294.967295]", false},
		{"-3", "0s", "negative number '-3'", false},
		{"1.2.3", "12µs", "invalid number '1.2.3'", false},
		{"1e3", "1µs", "invalid number '1e3'", false},
		{"1.0000004x", "1s", "number '1.0000004x' has too many decimal places", true},
		{"word", "0s", "invalid number 'word'", false},
		{" .5", "500ms", "", true},
		{"+", "0s", "number '+' outside range [0.000001, 4294.967295]", false},
		{"18446744073709551615x", tooLong.String(), "invalid number '18446744073709551615x'", false},
		{"18446744073709551616x", overflow.String(), "invalid number '18446744073709551616x'", false},
		{"-x", "0s", "negative number '-x'", false},
		{"0.0000001", "0s", "number '0.0000001' has too many decimal places\nnumber '0.0000001' outside range [0.000001, 4294.967295]", false},
		{"18446744073710", overflow.String(), "number '18446744073710' outside unsigned decimal range", false},
		{"99999999999999999999999", overflow.String(), "number '99999999999999999999999' outside unsigned decimal range", false},
		{".", "0s", "number '.' outside range [0.000001, 4294.967295]", false},
	} {
		v, f, ok := parseMicros(c.in, 1000, maxMicros)
		if v.String() != c.want || f != c.fault || ok != c.ok {
			t.Errorf("parseMicros(%q) = %v, %q, %v; want %v, %q, %v", c.in, v, f, ok, c.want, c.fault, c.ok)
		}
	}
}

var _ syntax.Source = oneFile("")

// TestSeverityAndClass holds every diagnostic of the examples to the meaning of its severity.
func TestSeverityAndClass(t *testing.T) {
	_, list := Load(oneFile("foo\nvrrp_instance A {\nuse_vmac\npriority\n}\n"), "main.conf", Options{})
	for _, d := range list.All() {
		if d.Severity == diag.Info && d.Class != diag.ClassNone {
			t.Errorf("%s is for information and changes the exit status", d.Code)
		}
		if d.Severity == diag.Error && d.Class == diag.ClassNone {
			t.Errorf("%s is an error and does not", d.Code)
		}
	}
	if got := list.ExitClass(); got != diag.ClassAbort {
		t.Errorf("worst class %v, want %v", got, diag.ClassAbort)
	}
}
