package conf_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"holdfast/conf"
)

// TestKeywordsPage keeps docs/keywords.md in step with the table; -update rewrites it.
func TestKeywordsPage(t *testing.T) {
	const path = "../docs/keywords.md"
	page := keywordsPage()
	if *update {
		if err := os.MkdirAll("../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != page {
		t.Errorf("%s is out of date: go test ./conf -run TestKeywordsPage -update", path)
	}
}

func keywordsPage() string {
	var b strings.Builder
	b.WriteString("# Keywords\n\n" +
		"Made from the keyword table in `conf`; do not edit (`go test ./conf -run TestKeywordsPage -update`).\n\n" +
		"Status: **acts** does what it says; **not yet** is read, kept and reported once as not active; **obsolete**\n" +
		"is an old spelling. Since is the keepalived release that first took the keyword (2.2.7 stands for that or earlier),\n" +
		"or Holdfast for a keyword of ours, which keepalived does not know.\n" +
		"Arguments: UPPER is a value, `[x]` is optional, `a|b` is a choice.\n")
	counts := map[conf.Status]int{}
	section := ""
	for _, k := range conf.Keywords() {
		var where []string
		for _, w := range k.Where {
			name := string(w)
			if name == "" {
				name = "outside all blocks"
			}
			where = append(where, name)
		}
		if s := strings.Join(where, ", "); s != section {
			section = s
			fmt.Fprintf(&b, "\n## %s\n\n| Keyword | Arguments | Default | Since | Status | Meaning |\n|---|---|---|---|---|---|\n", section)
		}
		counts[k.Status]++
		cell := func(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
		args := ""
		if k.Args != "" && k.Args != "(none)" {
			args = "`" + cell(k.Args) + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", cell(k.Name), args, cell(k.Default), k.Since, k.Status, cell(k.Doc))
	}
	fmt.Fprintf(&b, "\n%d keywords act, %d do not yet, %d are obsolete.\n", counts[conf.Acts], counts[conf.NotYet], counts[conf.Obsolete])
	return b.String()
}

// TestKeywordTable holds the table's rows against what they promise.
func TestKeywordTable(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range conf.Keywords() {
		for _, w := range k.Where {
			key := string(w) + "/" + k.Name
			if seen[key] {
				t.Errorf("%s is there twice", key)
			}
			seen[key] = true
		}
		if k.Doc == "" || k.Since == "" || k.Status == 0 || len(k.Where) == 0 {
			t.Errorf("%s: a cell is empty: %+v", k.Name, k)
		}
	}
}
