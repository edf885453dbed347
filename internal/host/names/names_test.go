package names

import (
	"io/fs"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// host is a host's files by their paths.
type host map[string]string

func (h host) ReadFile(path string) ([]byte, error) {
	text, ok := h[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}
func (host) Glob(string) ([]string, error) { return nil, nil }
func (host) Getenv(string) string          { return "" }

// tables has lines that count and lines that do not. The directory beside it is not read.
const tables = `# reserved
255	local
254	main
0	unspec
77 one
 0x4e hex
010 octal
+79 plus
80 first
81 first
81 second
82 three words
83 comment # behind
84
nonumber bad
09 digit
1_0 gap
0b1 binary
-1 minus
4294967295 largest
4294967296 larger
85#x hash
!86 bang
300 main`

// TestHost reads files in which each line has something of its own, and a host that has none of them.
func TestHost(t *testing.T) {
	got := Host(host{
		"/etc/iproute2/rt_tables":            tables,
		"/etc/iproute2/rt_tables.d/own.conf": "200 own\n",
		"/etc/iproute2/rt_protos":            "7 zebra\n12 falcon\n255 last\n256 behind\n",
		"/etc/iproute2/rt_dsfield":           "0x28 AF11\n",
		"/etc/protocols":                     "# comment\ntcp\t6\tTCP # transmission\nhopopt 0 HOPOPT\nx 256\nodd\n",
	})
	want := map[string]uint32{
		"local": 255, "main": 254, "unspec": 0, "one": 77, "hex": 78, "octal": 8, "plus": 79, "first": 80, "second": 81,
		"largest": 4294967295, "default": 253,
	}
	if d := cmp.Diff(want, got.Tables); d != "" {
		t.Errorf("tables, -want +got:\n%s", d)
	}
	protocols := maps.Clone(bareProtocols)
	maps.Copy(protocols, map[string]uint32{"zebra": 7, "falcon": 12, "last": 255})
	delete(protocols, "bird") // that is 12
	if d := cmp.Diff(protocols, got.Protocols); d != "" {
		t.Errorf("protocols, -want +got:\n%s", d)
	}
	if d := cmp.Diff(map[string]uint32{"AF11": 40}, got.TOS); d != "" {
		t.Errorf("types of service, -want +got:\n%s", d)
	}
	if d := cmp.Diff(map[string]uint32{"tcp": 6, "TCP": 6, "hopopt": 0, "HOPOPT": 0}, got.IPProtocols); d != "" {
		t.Errorf("protocols of IP, -want +got:\n%s", d)
	}
	if d := cmp.Diff(bareScopes, got.Scopes); d != "" {
		t.Errorf("scopes without a file, -want +got:\n%s", d)
	}
	if len(got.Realms) > 0 || len(got.Groups) > 0 {
		t.Errorf("without files there are no realms and groups, not %v and %v", got.Realms, got.Groups)
	}
}

// FuzzParse has no text make the reader fall over, or return a number that is too large.
func FuzzParse(f *testing.F) {
	f.Add(tables)
	f.Fuzz(func(t *testing.T, text string) {
		out := map[string]uint32{}
		parse(out, text, 255)
		for name, n := range out {
			if n > 255 || name == "" {
				t.Errorf("%q is %d", name, n)
			}
		}
	})
}
