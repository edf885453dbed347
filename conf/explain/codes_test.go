package explain_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/conf/explain"
)

// rooms are the packages whose codes are looked for: conf and all below it but the rules of lint, which explain themselves. Those of
// internal/host/script begin with "script"; its own test holds them against this package.
func rooms(t *testing.T) []string {
	t.Helper()
	dirs := map[string]bool{"..": true}
	paths, err := filepath.Glob("../*/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no packages below conf: %v", err)
	}
	for _, p := range paths {
		if dir := filepath.Dir(p); dir != "../explain" && dir != "../lint" {
			dirs[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(dirs))
}

// TestEveryCodeIsExplained reads the codes from the sources: a Code in a Diagnostic, an assignment to one, and the argument of
// a function whose parameter is called code.
func TestEveryCodeIsExplained(t *testing.T) {
	codes := map[string]string{} // code: where
	for _, dir := range rooms(t) {
		c := collector{t: t, set: token.NewFileSet(), params: map[string][]int{}, codes: codes}
		c.read(dir)
	}
	if len(codes) < 60 {
		t.Fatalf("only %d codes found: the search is wrong", len(codes))
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if prefix, part := strings.CutSuffix(code, "*"); part {
			if !slices.ContainsFunc(explain.All(), func(e explain.Text) bool { return strings.HasPrefix(e.Code, prefix) }) {
				t.Errorf("%s: no explanation of a code that begins with %q", codes[code], prefix)
			}
		} else if _, ok := explain.Lookup(code); !ok {
			t.Errorf("%s: no explanation of %q", codes[code], code)
		}
	}
}

// collector finds the codes of one package. It goes by names, not by types: of the arguments that may be the code, it is the one
// that looks like one.
type collector struct {
	t      *testing.T
	set    *token.FileSet
	params map[string][]int // function or ".method": which of its parameters is a code
	codes  map[string]string
}

var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*-?$`)

func (c *collector) read(dir string) {
	c.t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		c.t.Fatalf("%s: no sources: %v", dir, err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(c.set, path, nil, 0)
		if err != nil {
			c.t.Fatal(err)
		}
		files = append(files, f)
		ast.Inspect(f, c.declared)
	}
	for _, f := range files {
		ast.Inspect(f, c.used)
	}
}

// declared notes functions, methods and function literals with a parameter called code.
func (c *collector) declared(n ast.Node) bool {
	note := func(name string, f *ast.FuncType) {
		if i := codeParam(f); i >= 0 && !slices.Contains(c.params[name], i) {
			c.params[name] = append(c.params[name], i)
		}
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Recv != nil {
			note("."+n.Name.Name, n.Type)
		} else {
			note(n.Name.Name, n.Type)
		}
	case *ast.AssignStmt:
		for i, r := range n.Rhs {
			if f, ok := r.(*ast.FuncLit); ok && i < len(n.Lhs) {
				if id, ok := n.Lhs[i].(*ast.Ident); ok {
					note(id.Name, f.Type)
				}
			}
		}
	}
	return true
}

// used takes the codes from where they are used.
func (c *collector) used(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Code" {
			c.take(n.Value)
		}
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "Code" && len(n.Rhs) == len(n.Lhs) {
				c.take(n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		var may []ast.Expr
		for _, i := range c.params[called(n)] {
			if i < len(n.Args) {
				may = append(may, n.Args[i])
			}
		}
		if len(may) > 0 {
			c.take(may...)
		}
	}
	return true
}

// take adds the one that is a code.
func (c *collector) take(may ...ast.Expr) {
	handed := false
	for _, e := range may {
		switch e := e.(type) {
		case *ast.BasicLit:
			if code, err := strconv.Unquote(e.Value); err == nil && codeForm.MatchString(code) {
				c.codes[code] = c.set.Position(e.Pos()).String()
				return
			}
		case *ast.BinaryExpr: // "unknown-" + what
			if l, ok := e.X.(*ast.BasicLit); ok {
				if code, err := strconv.Unquote(l.Value); err == nil && codeForm.MatchString(code) {
					c.codes[code+"*"] = c.set.Position(e.Pos()).String()
					return
				}
			}
		case *ast.Ident:
			handed = handed || e.Name == "code"
		case *ast.SelectorExpr:
			handed = handed || e.Sel.Name == "code" || e.Sel.Name == "Code"
		}
	}
	if !handed {
		c.t.Errorf("%s: a code that cannot be read from the source", c.set.Position(may[0].Pos()))
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return "." + f.Sel.Name
	}
	return ""
}

// codeParam is the place of the parameter called code; -1 if there is none.
func codeParam(f *ast.FuncType) int {
	i := 0
	for _, field := range f.Params.List {
		for _, name := range field.Names {
			if name.Name == "code" {
				return i
			}
			i++
		}
	}
	return -1
}

// TestExplanationsAreWhole has every explanation say everything.
func TestExplanationsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range explain.All() {
		if seen[e.Code] {
			t.Errorf("%s is explained twice", e.Code)
		}
		seen[e.Code] = true
		if e.Title == "" || e.Means == "" || e.Hurts == "" || e.Mend == "" {
			t.Errorf("%s: a part is empty", e.Code)
		}
		for line := range strings.Lines(e.String()) {
			if n := len([]rune(line)); n > 98 {
				t.Errorf("%s: a line of %d characters: %s", e.Code, n, line)
			}
		}
	}
}

func ExampleText_String() {
	e, _ := explain.Lookup("empty-group")
	fmt.Print(strings.SplitAfter(e.String(), "\n")[0])
	// Output: empty-group: a sync group without members
}
