package pattern_test

import (
	"bufio"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"holdfast/conf/pattern"
)

// pcre2 is the machine's library, asked by way of Python.
type pcre2 struct {
	in  io.Writer
	out *bufio.Scanner
}

func startPCRE2(t *testing.T) *pcre2 {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3: not installed")
	}
	if exec.Command(python, "-c", `import ctypes; ctypes.CDLL("libpcre2-8.so.0")`).Run() != nil {
		t.Skip("needs libpcre2-8: not installed")
	}
	cmd := exec.Command(python, "testdata/pcre2.py")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &pcre2{in, bufio.NewScanner(out)}
}

// find asks it; nil: it does not take the expression.
func (o *pcre2) find(t *testing.T, expr, text string, options []string, from int) []int {
	t.Helper()
	question, err := json.Marshal(map[string]any{"expr": []byte(expr), "text": []byte(text), "options": append([]string{}, options...), "from": from})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(question, '\n')); err != nil || !o.out.Scan() {
		t.Fatalf("%q: no answer: %v, %v", expr, err, o.out.Err())
	}
	var at []int
	if err := json.Unmarshal(o.out.Bytes(), &at); err != nil {
		t.Fatal(err)
	}
	return at
}

// The machine's PCRE2 judges what is found, and where.
func TestPCRE2Agrees(t *testing.T) {
	oracle := startPCRE2(t)
	texts := []string{
		"", "a", "hello\n", "caf\u00e9!", "caf\xe9 \xc9T\xc9 stra\xdfe \xb5 \xa0x\x85y", "AbC_9 xyz\v\f\r\nk\u212a\u017fs", "]-[^\\ {2} a{,3}b #x", "aabbab abcabc\nxx\n", "x=1;\u03b1\u03b2 \u0391",
		"\x00\x01\x7f\x80\xff", "one  two\tthree", "zz\u00df\u1e9e",
	}
	for _, c := range []struct {
		options string
		exprs   []string
	}{
		{"", []string{
			`\bx`, `(?<=\W)x`, `(?<!\w)\S`, `(?=\xe9)\W`, `caf(?!\w)`, `(?<=f)\w`, `(?<=.)\b`, `(?<=.)\B`, `\s+`, `(?<=z)\s`, `[\s]+`, `[^\s]+`, `[^\S\n]`, `\v`, `\h`, `[\h\d]+`, `\H+`, `\V+`,
			`\N+`, `(?<=o)\R`, `\x{e9}`, `\xe9`, `\351`, `[\200-\377]+`, `[\x80-\xff]`, `[^\x00-\x7f]`, `(?<=x)[[:alpha:]]`, `(?<=.)[[:^alpha:]]+`, `[[:upper:]_]`, `[[:word:]-]+`, `[]a]`, `[^]a]`, `[a\]b]`,
			`(?<=a)[a-c-[]`, `[[]`, `[a-]`, `(?<=.)[\w-]`, `\Qa{,3}b #\E`, `[\Q]-[\E]`, `\Q\\E`, `a{,3}b`, `x{`, `x{1}`, `x{2,}`, `(a)(b)\2\1`, `(?P<n>a)(?P=n)`, `(?<n>a)(b)\1`, `(?<n>a)\k{n}`, `(a)\g1`, `(a)\g{-1}`, `(a)(?#com[ment)\1`, `\101`, `\0`, `\x`,
			`\cA`, `\e`, `(?i)\xe9`, `(?i)(?=\xe9).`, `(?i)[\xc0-\xd6]`, `(?i)[[:lower:]]+`, `(?i)[^a-z]+`, `(?i:A)bC`, `((?i)A)b`, `a(?-i)b`, `(?i)a(?-i)b`, `(?x) a b # c`, `(?x:a b)c d`, `(?<=b)(?x) c `, `(?U)a+`, `(?U)(?=a)a+`, `(?=a)a+?`,
			`(?s)(?=a).+`, `(?m)^x`, `(?m)(?=x)^x+$`, `x$`, `(?=x)x+$`, `\Z`, `\z`, `o\Z`, `(?=.)o\Z`, `$\n`, `(o$|x)`, `(?:o$)?\n`, `(?:o|x$)`, `\s$`, `(?:$)+`, `\pL+`, `\p{Lu}`, `\P{L}+`, `\p{^L}`, `(?=.)\p{Greek}`, `\R`, `a\Rb`, `(?>a+)b`, `a++b`, `(a)?(?(1)b|c)`, `(?<n>a)?(?(<n>)b|c)`, `\X`, `\C+`, `(?n)(a)`, `(?|a|b)`, `\y`, `a**`,
			`[z-a]`, `[\d-z]`, `[[:foo:]]`, `\g<1>`, `(?^i:a)B`, `(?i-s:A.)`, `\8`, `(a)\10`, `[\b]`, `\_`, `\ `, `[\_\-]`, `()`, `(|a)b`, `a|`, `(?:)`, `\G`, `(?<=^)a`,
		}},
		{"caseless", []string{`\xe9`, `CAF.`, `[a-c]+`, `[^a-c]+`, `(?<=.)\xE9`, `[[:upper:]]+`, `(A)\1`, `[\W]+`}},
		{"utf", []string{`\bx`, `(?<=.)\b`, `(?<=f)\w`, `\w+`, `(?<=.)\w+`, `\x{e9}`, "\u00e9", `[^a-z]`, `(?<=.)[\W]`, `\s`, `\S+`, `\v`, `\h`, `\pL+`, `\p{Greek}+`, `\xe9`, `(?<=f).`, `[\x{3b1}-\x{3c9}]+`, `\x{110000}`}},
		{"utf caseless", []string{"\u00c9", `k+`, `(?<=.)[k-s]+`, `\w+`, `[\w]+`, `\W+`, `[\W]+`, "\u03b1+", `[^k]+`, `(?=.)\w+`, "\u00df"}},
		{"utf ucp", []string{`\w+`, `(?=.)\w+`, `\b.`, `(?<=.)\b.`, `\s`, `\d`, `[[:alpha:]]+`, `[[:upper:]]`}},
		{"ucp", []string{`\w+`, `\b.`, `\s`, `[[:lower:]]+`}},
		{"extended", []string{`a b`, `a # [ (`, "a # c\nb", `[ ]`, `(?=a) a +`, `\ `, `(a) \1 1`, `a b {2}`}},
		{"ungreedy", []string{`a+`, `a+?`, `(?=a)a+`, `(?=a)a+?`, `a{1,2}`, `(?=a)a++`}},
		{"extended ungreedy", []string{`(?=a) a +`}},
		{"dollar_endonly", []string{`x$`, `(?=x)x+$`, `x\Z`}},
		{"multiline", []string{`^x`, `b$`, `(?=.)c$`, `x\Z`, `\Ax`}},
		{"multiline", []string{`^`, `^$`, `\n^`, `^(b|)`, `^\n`, `^(b|c)`}},
		{"multiline alt_circumflex", []string{`^`, `^$`, `\n^`}},
		{"multiline dollar_endonly", []string{`c$`}},
		{"dotall", []string{`o.`, `(?=o)o.`}},
		{"no_auto_capture", []string{`(a)`, `(a)\1`, `(?<n>a)(b)\1`}},
		{"allow_empty_class", []string{`[]`, `[^]`}},
	} {
		for _, expr := range c.exprs {
			compare(t, oracle, expr, strings.Fields(c.options), texts)
		}
	}
}

// compare tells where the two differ. What PCRE2 does not take need not be refused.
func compare(t *testing.T, oracle *pcre2, expr string, options, texts []string) {
	t.Helper()
	p, err := pattern.Compile(expr, options)
	for _, text := range texts {
		if slices.Contains(options, "utf") {
			text = strings.ToValidUTF8(text, "")
		}
		for _, from := range []int{0, 1} {
			if from > len(text) {
				continue
			}
			theirs := oracle.find(t, expr, text, options, from)
			if theirs == nil || known[expr] != "" {
				return
			}
			if err != nil {
				t.Errorf("%s %v: %v; PCRE2 takes it", expr, options, err)
				return
			}
			begin, end, err := p.Find([]byte(text), from)
			ours := []int{}
			if begin >= 0 {
				ours = []int{begin, end}
			}
			if err != nil || !slices.Equal(ours, theirs) {
				t.Errorf("%s %v in %q from %d: %v, %v; PCRE2 says %v", expr, options, text, from, ours, err, theirs)
				return
			}
		}
	}
}

// known are the differences.
var known = map[string]string{
	`(?|a|b)`: "branch reset",
	`\g<1>`:   "recursion",
}

// Expressions that nobody thought of.
func TestPCRE2AgreesAtRandom(t *testing.T) {
	oracle := startPCRE2(t)
	rng := rand.New(rand.NewPCG(1, 7))
	pick := func(s []string) string { return s[rng.IntN(len(s))] }
	atoms := []string{
		"a", "b", "B", ".", `\w`, `\W`, `\s`, `\S`, `\d`, `\b`, `\B`, "[ab]", "[^a]", `[\W_]`, "[[:alpha:]]", `[\x80-\xff]`, `\xe9`, "\xe9", "^", `\Z`, `$`, `\z`, `\A`, `\n`, `(?i)`, "(?-i)", `\h`, `\R`,
		"(?=a)", `(?<=\w)`, "(?!b)", `(?<!\W)`,
	}
	var expr func(depth int) string
	expr = func(depth int) string {
		var s strings.Builder
		for range 1 + rng.IntN(4) {
			switch k := rng.IntN(12); {
			case k == 0 && depth > 0:
				s.WriteString("(" + expr(depth-1) + ")")
			case k == 1 && depth > 0:
				s.WriteString("(?:" + expr(depth-1) + "|" + expr(depth-1) + ")")
			case k == 2 && depth > 0:
				s.WriteString("(?>" + expr(depth-1) + ")")
			case k == 3:
				s.WriteString(pick([]string{"a", "b", `\w`, "."}) + pick([]string{"*", "+", "?", "{2}", "*?", "+?", "++"}))
			default:
				s.WriteString(pick(atoms))
			}
		}
		return s.String()
	}
	letters := []string{"a", "b", "A", "B", "_", " ", "\n", "\r", "\xe9", "\xc9", "\xa0", "\x85", "1", "\v"}
	for range 1500 {
		texts := make([]string, 3)
		for i := range texts {
			for range rng.IntN(8) {
				texts[i] += pick(letters)
			}
		}
		options := slices.DeleteFunc([]string{"caseless", "dotall", "ungreedy", "multiline", "no_auto_capture"}, func(string) bool { return rng.IntN(5) > 0 })
		compare(t, oracle, expr(2), options, texts)
	}
}
