package pattern_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/conf/pattern"
)

func compile(t testing.TB, expr string, options ...string) *pattern.Pattern {
	t.Helper()
	p, err := pattern.Compile(expr, options)
	if err != nil {
		t.Fatalf("%s %v: %v", expr, options, err)
	}
	return p
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		expr, options, text string
		from, begin, end    int
		slow                bool
	}{
		{"l+", "", "hello hello", 0, 2, 4, false},
		{"l+", "", "hello hello", 3, 3, 4, false},
		{"l+", "", "hello hello", 4, 8, 10, false},
		{"l+", "", "hello hello", 11, -1, -1, false},
		{"l+", "", "hello", 99, -1, -1, false},
		{"^h", "", "hello hello", 0, 0, 1, false},
		{"^h", "", "hello hello", 1, -1, -1, false},
		{`\bh`, "", "hhello hello", 1, 7, 8, false},
		{"^h", "multiline", "x\nhello", 1, 2, 3, false},
		{"o$", "", "hello", 0, 4, 5, false},
		{"o$", "", "hello\nhello\n", 0, 10, 11, false},
		{"o$", "", "hello\nx", 0, -1, -1, false},
		{"o$", "multiline", "hello\nx", 0, 4, 5, false},
		{"o$", "dollar_endonly", "hello\n", 0, -1, -1, false},
		{`o\z`, "", "hello\n", 0, -1, -1, false},
		{"H", "caseless", "xh", 0, 1, 2, false},
		{"a.b", "", "a\nb", 0, -1, -1, false},
		{"a.b", "dotall", "a\nb", 0, 0, 3, false},
		{"h e # greeting", "extended", "xhe", 0, 1, 3, false},
		{"(?<=e)l", "", "hello", 0, 2, 3, true},
		{"(?<=e)l", "", "hello", 2, 2, 3, true},
		{"(?<=e)l", "", "hello", 3, -1, -1, true},
		{`(?P<x>l)(?P=x)`, "", "hello", 0, 2, 4, true},
		{`(?P<x>l)\k<x>`, "", "hello", 0, 2, 4, true},
		{"(?>l+)o", "", "hello", 0, 2, 5, true},
		{"l++o", "", "hello", 0, 2, 5, true},
		{"b..e", "", "ab\xc3\xa9ef", 0, 1, 5, false},
		{"e", "", "\xc3\xa9\xff\xfee", 1, 4, 5, false},
		{"\u00e9", "", "a\u00e9", 0, 1, 3, false},
		{"b.e", "utf", "ab\xc3\xa9ef", 0, 1, 5, false},
		{"(?<=b).e", "utf", "ab\xc3\xa9ef", 0, 2, 5, true},
		{"(?<=b).e", "utf", "\xff\xffb\xfee", 0, 3, 5, true},
		{"b.e", "utf", "\xff\xffb\xfee", 0, 2, 5, false},
		{"(?<=b)..e", "", "ab\xc3\xa9ef", 0, 2, 5, true},
		{"a*", "ungreedy", "aaa", 0, 0, 0, false},
		{"", "", "", 0, 0, 0, false},
	} {
		p, err := pattern.Compile(c.expr, strings.Fields(c.options))
		if c.begin == -2 {
			if err == nil {
				t.Errorf("%s is taken", c.expr)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		begin, end, err := p.Find([]byte(c.text), c.from)
		if begin != c.begin || end != c.end || err != nil || p.Backtracks() != c.slow {
			t.Errorf("%s %s in %q from %d: %d to %d, %v, backtracks %v; want %d to %d, %v", c.expr, c.options, c.text, c.from, begin, end, err, p.Backtracks(), c.begin, c.end, c.slow)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, expr := range []string{"(", "[a", "a{2,1}", `a\Kb`, "(?R)", "(*UTF8)a", "(?|a|b)", `\y`, "a**", strings.Repeat("a", pattern.MaxLength+1), "(?<=a", `\1`} {
		if _, err := pattern.Compile(expr, nil); err == nil || !strings.HasPrefix(err.Error(), "pattern: ") || len(err.Error()) > 200 {
			t.Errorf("%.20s: %v", expr, err)
		}
	}
}

// What explodes ends in time.
func TestExplosion(t *testing.T) {
	for _, expr := range []string{`(?<!y)(x+x+)+y`, `(?=(x+)+y)z`, `((x+)+)\2z`, `(?<a>x)*\k<a>*\k<a>*\k<a>*z`} {
		p := compile(t, expr)
		begin := time.Now()
		at, _, err := p.Find([]byte(strings.Repeat("x", 64<<10)), 0)
		if took := time.Since(begin); took > 5*time.Second || at >= 0 || err != nil && !errors.Is(err, pattern.ErrTooLong) {
			t.Errorf("%s: %d, %v after %v", expr, at, err, took)
		}
	}
}

// Perl judges, where it is installed: its expressions are what PCRE2 takes after.
func TestPerlAgrees(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Skip("needs perl: not installed")
	}
	texts := []string{"", "a", "hello", "hello\n", "xxhello yy", "a\nb\nc", "foo123bar", "AbC", "caf\u00e9!", "aaab", "x=1;y=2", "<title>ok</title>\r\n", "\x00\xff\x80"}
	for _, expr := range []string{
		"hello$", "^a$", `\bhello\b`, `^[a-z]+\d{2,}`, "(?i)abc", "b$", "(?m)^b$", "a+b", "(a|aa)+b", `(\w)=(\d);(\w)`, "<title>(.*?)</title>", `o\Z`, `o\z`,
		"(?<=l)lo", "(?!h)e", "(?s)a.b", `(.)\1`, ".....$", `[^\x00-\x7f]`, `\S+\s\S+`, "^$", "a{2,3}b", `caf..`, `\x{e9}`, `[[:upper:]]`, `(?:fo+)(?=\d)`, "(?>a+)b",
	} {
		p := compile(t, expr)
		for _, text := range texts {
			at, _, err := p.Find([]byte(text), 0)
			cmd := exec.Command(perl, "-e", `binmode STDIN; local $/; my $t = <STDIN>; exit($t =~ /$ARGV[0]/ ? 0 : 1)`, expr)
			cmd.Stdin = strings.NewReader(text)
			theirs := cmd.Run() == nil
			if (at >= 0) != theirs || err != nil {
				t.Errorf("%s in %q: %d, %v; perl finds it: %v", expr, text, at, err, theirs)
			}
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"hel+o$", "(?<=x)hello", "^a.c", "(a+)+b", "[^é]"} {
		f.Add(s, "xxhello\n", uint8(1), "caseless")
	}
	f.Fuzz(func(t *testing.T, expr, text string, from uint8, option string) {
		if len(expr) > 200 || len(text) > 2000 {
			return
		}
		p, err := pattern.Compile(expr, []string{option})
		if err != nil {
			return
		}
		begin, end, err := p.Find([]byte(text), int(from))
		if err == nil && begin >= 0 && (begin < int(from) || end < begin && !p.Backtracks() || end > len(text)) {
			t.Errorf("%q in %q from %d: %d to %d", expr, text, from, begin, end)
		}
		if err == nil && begin > 0 && from == 0 { // what was found from the start is found from where it is
			if again, _, err := p.Find([]byte(text), begin); err == nil && again != begin {
				t.Errorf("%q in %q: at %d, and from there at %d", expr, text, begin, again)
			}
		}
	})
}

func ExamplePattern_Find() {
	p, _ := pattern.Compile("o (w)", []string{"caseless"})
	fmt.Println(p.Find([]byte("Hello World"), 0))
	// Output: 4 7 <nil>
}
