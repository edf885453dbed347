package explain_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/conf/explain"
)

// rooms are the packages whose codes are looked for. Those of internal/host/script begin with "script"; its own test holds them
// against this package.
var rooms = []string{"..", "../syntax"}

// TestEveryCodeIsExplained reads the codes from the sources: a Code in a Diagnostic, an assignment to one, and the argument of
// a function whose parameter is called code.
func TestEveryCodeIsExplained(t *testing.T) {
	codes := map[string]string{} // code: where
	for _, dir := range rooms {
		collect(t, dir, codes)
	}
	if len(codes) < 60 {
		t.Fatalf("only %d codes found: the search is wrong", len(codes))
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if _, ok := explain.Lookup(code); !ok {
			t.Errorf("%s: no explanation of %q", codes[code], code)
		}
	}
	for _, e := range explain.All() {
		if _, used := codes[e.Code]; !used && e.Code != "script" && !strings.HasPrefix(e.Code, "script-") {
			t.Errorf("%q is explained and nothing reports it", e.Code)
		}
	}
}

func collect(t *testing.T, dir string, codes map[string]string) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(set, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	param := map[string]int{} // function: which argument is a code
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if i := codeParam(fn.Type); i >= 0 {
					param[fn.Name.Name] = i
				}
			}
		}
	}
	add := func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BasicLit:
			if code, err := strconv.Unquote(e.Value); err == nil && code != "" {
				codes[code] = set.Position(e.Pos()).String()
			}
		case *ast.Ident:
			if e.Name == "code" {
				return // handed through
			}
			t.Errorf("%s: a code that cannot be read from the source", set.Position(e.Pos()))
		default:
			t.Errorf("%s: a code that cannot be read from the source", set.Position(e.Pos()))
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Code" {
					add(n.Value)
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "Code" && len(n.Rhs) == len(n.Lhs) {
						add(n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				if i, ok := param[called(n)]; ok && i < len(n.Args) {
					add(n.Args[i])
				}
			}
			return true
		})
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
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
