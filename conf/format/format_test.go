package format_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf/diag"
	"holdfast/conf/format"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestGolden formats the file "in" of each archive and compares with "out", or with "refused" where it cannot be
// formatted. Run with -update to rewrite them; read the diff.
func TestGolden(t *testing.T) {
	for _, path := range glob(t, "testdata/*.txtar") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil || len(ar.Files) != 2 {
				t.Fatalf("not two files: %v", err)
			}
			in, want := ar.Files[0].Data, ar.Files[1]
			got := txtar.File{Name: "out"}
			out, list := format.Source("in", in)
			got.Data = out
			if list.HasErrors() {
				got = txtar.File{Name: "refused", Data: rich(t, in, &list)}
			}
			if *update {
				ar.Files[1] = got
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want.Name != got.Name {
				t.Errorf("result is %q, want %q", got.Name, want.Name)
			}
			if d := cmp.Diff(string(want.Data), string(got.Data)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func rich(t *testing.T, in []byte, l *diag.List) []byte {
	t.Helper()
	var b bytes.Buffer
	err := diag.Rich(&b, l, diag.RichOptions{Text: func(string) (string, bool) { return string(in), true }})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What text files cannot hold, or hold only by accident.
func TestBytes(t *testing.T) {
	long := "x " + strings.Repeat("y", 1021)
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"only white space", " \n\t\r\n\n", ""},
		{"no end of line", "a {\n}", "a {\n}\n"},
		{"carriage returns", "a\r\n{\r\n\tb  c\r\n\r\n\r\n\td\r\n}\r\n", "a {\n    b c\n\n    d\n}\n"},
		{"carriage returns in lines", "a {\n  \r&}\n\r\r\n{ b\rc  d\n}\n", "a {\n  \r&}\n\n{ b\rc  d\n}\n"},
		{"a carriage return in a quote", "a \"b\r", "a \"b\r"},
		{"carriage returns in a quote", "a \"b\r\r\nc\r\r\n", "a \"b\r\r\nc\n"},
		{"trailing white space", "a {  \n} \t\n  \n", "a {\n}\n"},
		{"byte order mark", "\ufeffa b\n", "\ufeffa b\n"},
		{"no-break space", "a {\n\u00a0\u00a0b\n  c\u00a0d  e\n}\n", "a {\n\u00a0\u00a0b\n    c\u00a0d  e\n}\n"},
		{"no-break space in a comment", "a {\n# \u00a0b\n}\n", "a {\n    # \u00a0b\n}\n"},
		{"vertical tab", "a\vb   c\n", "a\vb   c\n"},
		{"not UTF-8", "a {\n\xff\xfe   b\n}\n", "a {\n    \xff\xfe b\n}\n"},
		{"the longest line", "a {\n" + long + "\n}\n", "a {\n" + long + "\n}\n"},
		{"a line that is too long", "a {\n" + long + "   z\n}\n", "a {\n" + long + "   z\n}\n"},
		{"room for three blanks", "a {\n" + long[:1020] + "\n}\n", "a {\n   " + long[:1020] + "\n}\n"},
		{"a brace that makes a line too long", long + "{\n}\n", long + "{\n}\n"},
		{"a brace that would make a line too long", long + "\n{\n}\n", long + "\n{\n}\n"},
		{"braces of a long conditional line", "@a " + long[:1010] + "{}{}\n", "@a " + long[:1010] + "{}{}\n"},
		{"blanks that end a definition", "$X=\\\n a\\\n   \nb\n", "$X=\\\n    a\\\n   \nb\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, list := format.Source("in", []byte(c.in))
			if list.Len() > 0 {
				t.Fatal(list.Error())
			}
			if d := cmp.Diff(c.want, string(out)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// A file is refused as a whole, with all reasons and at the right places.
func TestRefusal(t *testing.T) {
	deep := strings.Repeat("a {\n", 65)
	ids := ""
	for i := range 257 {
		ids += "@" + strings.Repeat("i", i+1) + " a { }\n"
	}
	for _, c := range []struct{ name, in, code, at string }{
		{"nul", "a\nb \x00\n", "nul-byte", "in:2:3"},
		{"missing", "a {\nb {\n}\n", "missing-close-brace", "in:1:3"},
		{"extra", "é }\n", "extra-close-brace", "in:1:3"},
		{"deep", deep + strings.Repeat("}\n", 65), "too-deep", "in:65:3"},
		{"condition", "@a b {\n", "missing-close-brace", "in:1:6"},
		{"everybody but one", "@^a b {\n}\n", "extra-close-brace", "in:2:1"},
		{"ids", ids, "too-many-ids", "in:1:1"},
		{"repetition", "~SEQ(i, 3) a {\n}\n", "ambiguous-line", "in:1:1"},
		{"definition behind a brace", "a { $X=b }\n", "ambiguous-line", "in:1:5"},
		{"definition that goes on", "a { $X=b\\\n c }\n", "ambiguous-line", "in:1:5"},
		{"escaped quote", "a {\n script \"b \\\" # }\" c\n", "ambiguous-line", "in:2:2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, list := format.Source("in", []byte(c.in))
			if out != nil {
				t.Errorf("formatted: %q", out)
			}
			if list.Len() == 0 || !slices.ContainsFunc(list.All(), func(d diag.Diagnostic) bool {
				return d.Code == c.code && d.At.String() == c.at && d.Severity == diag.Error
			}) {
				t.Errorf("want %s at %s, have %+v", c.code, c.at, list.All())
			}
		})
	}
}

// What nobody writes must end soon, and must not grow much.
func TestHostile(t *testing.T) {
	for _, c := range []struct{ head, again string }{
		{"", "{"},
		{"", "{\n"},
		{"", "a {\n}\n"},
		{"", "a\n#\n{\n}\n"},
		{"", "$A=b\n$A "},
		{"$A=" + strings.Repeat("{", 1<<18) + "\n", "$A\n"},
		{"", "~SEQ"},
		{"", "~LST()"},
		{"", "a $"},
		{"", "\u3000"},
		{"", "@a {\n@b {\n}\n@^a }\n"},
		{"", "$X=a\\\n"},
		{"", "$X={\\\n"},
		{"", "a \"{"},
	} {
		in := c.head + strings.Repeat(c.again, 1<<16)
		out, _ := format.Source("in", []byte(in))
		if len(out) > 16*len(in) {
			t.Errorf("%q again and again: %d bytes become %d", c.again, len(in), len(out))
		}
	}
}

func glob(tb testing.TB, pattern string) []string {
	tb.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		tb.Fatalf("%s: nothing there: %v", pattern, err)
	}
	return found
}
