package conf_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryCodeHasAGolden finds kinds of findings, of this package and of conf/syntax, that no golden case shows with their text
// and place.
func TestEveryCodeHasAGolden(t *testing.T) {
	shown := map[string]bool{}
	paths, _ := filepath.Glob("testdata/golden/*.txtar")
	own, _ := filepath.Glob("golden_*_test.go")
	for _, path := range append(paths, own...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)(?:error|warning|info): .* \[([a-z0-9-]+)\]$`).FindAllStringSubmatch(string(text), -1) {
			shown[m[1]] = true
		}
	}
	for dir, least := range map[string]int{".": 100, "syntax": 25} {
		codes := codesIn(t, dir)
		if len(codes) < least {
			t.Errorf("%s: only %d codes were found: %v", dir, len(codes), codes)
		}
		for _, c := range codes {
			if !shown[c] {
				t.Errorf("no golden case shows %s of %s", c, dir)
			}
		}
	}
}

var isCode = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// codesIn lists the codes that the sources of a package give to diagnostics: as a Code, or as the argument of a function whose
// parameter is called code.
func codesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []*ast.File
	helpers := map[string][]int{} // by name: which of the arguments may be the code
	paths, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		ast.Inspect(file, func(n ast.Node) bool { return takesCode(n, helpers) })
	}
	found := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool { return givesCode(n, helpers, found) })
	}
	return slices.Sorted(maps.Keys(found))
}

// takesCode notes a function, a method or a function literal in a variable that has a parameter called code.
func takesCode(n ast.Node, helpers map[string][]int) bool {
	note := func(name string, f *ast.FuncType) {
		i := 0
		for _, field := range f.Params.List {
			for _, p := range field.Names {
				if p.Name == "code" {
					helpers[name] = append(helpers[name], i)
				}
				i++
			}
		}
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		note(n.Name.Name, n.Type)
	case *ast.AssignStmt:
		for i, r := range n.Rhs {
			f, literal := r.(*ast.FuncLit)
			if id, ok := n.Lhs[min(i, len(n.Lhs)-1)].(*ast.Ident); ok && literal {
				note(id.Name, f.Type)
			}
		}
	}
	return true
}

// givesCode notes the codes where they are used.
func givesCode(n ast.Node, helpers map[string][]int, found map[string]bool) bool {
	note := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, _ := strconv.Unquote(lit.Value); isCode.MatchString(s) {
				found[s] = true
			}
		}
	}
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Code" {
			note(n.Value)
		}
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "Code" && len(n.Lhs) == len(n.Rhs) {
				note(n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		for _, i := range helpers[name] {
			if i < len(n.Args) {
				note(n.Args[i])
			}
		}
	}
	return true
}
