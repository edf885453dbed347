package archtest

import (
	"go/ast"
	"testing"
)

// pure are the rooms that decide. From the standard library they take only what cannot act.
var pure = []string{"conf", "vrrp", "internal/core"}

// forbiddenImports would let a pure room act. The reasons are what a reader gets to see.
var forbiddenImports = map[string]string{
	"net":                   "opens sockets (net/netip has the values)",
	"os":                    "reaches files and processes",
	"os/exec":               "starts processes",
	"os/signal":             "hears signals",
	"syscall":               "reaches the kernel",
	"log":                   "writes",
	"log/slog":              "writes: return what there is to say",
	"context":               "belongs to those who wait",
	"math/rand":             "has global state",
	"math/rand/v2":          "has global state",
	"runtime":               "reaches the scheduler",
	"net/http":              "opens sockets",
	"testing":               "belongs into tests",
	"unsafe":                "is not needed to decide",
	"io/fs":                 "",
	"path/filepath":         "looks at the host's file system (path has the arithmetic)",
	"golang.org/x/sys/unix": "reaches the kernel",
}

// forbiddenCalls are functions of permitted packages that act.
var forbiddenCalls = map[string]map[string]string{
	"time": {
		"Now": "reads the clock: take the time as an argument", "Since": "reads the clock", "Until": "reads the clock",
		"After": "waits", "Sleep": "waits", "Tick": "waits", "NewTimer": "waits", "NewTicker": "waits", "AfterFunc": "waits",
	},
	"fmt": {"Print": "writes", "Printf": "writes", "Println": "writes"},
}

func TestPureRoomsCannotAct(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !under(s.pkg, pure...) {
			continue
		}
		for _, path := range s.imports() {
			if why, bad := forbiddenImports[path]; bad && why != "" {
				t.Errorf("%s imports %s, which %s", s.path, path, why)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a pure room starts no goroutine", s.set.Position(n.Pos()))
			case *ast.SelectStmt, *ast.SendStmt:
				t.Errorf("%s: a pure room knows no channels", s.set.Position(n.Pos()))
			case *ast.CallExpr:
				sel, ok := n.Fun.(*ast.SelectorExpr)
				if !ok {
					break
				}
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Obj == nil {
					if why := forbiddenCalls[pkg.Name][sel.Sel.Name]; why != "" {
						t.Errorf("%s: %s.%s %s", s.set.Position(n.Pos()), pkg.Name, sel.Sel.Name, why)
					}
				}
			}
			return true
		})
	}
}
