package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestSubcommandsAreDocumented wants a page in docs for every sub-command, with each of its flags and exit statuses, and
// a help text that says more than one line.
func TestSubcommandsAreDocumented(t *testing.T) {
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	pages := map[string]string{}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		pages[p] = string(text)
	}
	seen := 0
	for _, c := range newRoot().Commands() {
		if c.Name() == "help" || c.Name() == "completion" || c.Name() == "version" {
			continue
		}
		seen++
		checkPage(t, c, pages)
		if !strings.Contains(c.Long, "Exit status") {
			t.Errorf("holdfast %s --help does not tell its exit statuses", c.Name())
		}
	}
	if seen < 3 {
		t.Errorf("only %d sub-commands", seen)
	}
}

func checkPage(t *testing.T, c *cobra.Command, pages map[string]string) {
	t.Helper()
	page := ""
	for _, text := range pages {
		if strings.Contains(text, "# holdfast "+c.Name()+"\n") {
			page = text
		}
	}
	if page == "" {
		t.Errorf("no page in docs is headed \"holdfast %s\"", c.Name())
		return
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && !f.Hidden && !strings.Contains(page, "--"+f.Name) {
			t.Errorf("the page of %s does not name --%s", c.Name(), f.Name)
		}
	})
	if !strings.Contains(page, "Exit status") {
		t.Errorf("the page of %s does not tell its exit statuses", c.Name())
	}
}
