package archtest

import (
	"bytes"
	"go/ast"
	"go/format"
	"strings"
	"testing"
)

// Bounds of what stays readable. Tables of keywords are data and may be longer.
const (
	maxFile     = 500
	maxFunction = 80
)

func TestFilesAndFunctionsStayReadable(t *testing.T) {
	for _, s := range sources(t) {
		lines := bytes.Count(s.text, []byte("\n"))
		if lines > maxFile && !strings.HasPrefix(s.path, "conf/table_") {
			t.Errorf("%s has %d lines: split it along a noun", s.path, lines)
		}
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line; n > maxFunction {
				t.Errorf("%s: %s has %d lines", s.path, f.Name.Name, n)
			}
		}
	}
}

func TestFilesAreFormatted(t *testing.T) {
	for _, s := range sources(t) {
		out, err := format.Source(s.text)
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
		} else if !bytes.Equal(out, s.text) {
			t.Errorf("%s is not formatted", s.path)
		}
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	documented, seen := make(map[string]bool), make(map[string]bool)
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		seen[s.pkg] = true
		if s.file.Doc != nil && len(s.file.Doc.Text()) > 40 {
			documented[s.pkg] = true
		}
	}
	for pkg := range seen {
		if !documented[pkg] {
			t.Errorf("package %s has no doc comment", pkg)
		}
	}
}
