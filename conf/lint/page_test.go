package lint_test

import (
	"fmt"
	"strings"

	"holdfast/conf/lint"
)

const pageHead = "# Lint\n\n" +
	"Made from the rules in `conf/lint`; do not edit (`go test ./conf/lint -run TestPage -update`).\n\n" +
	"    holdfast lint A.conf [B.conf]\n\n" +
	"`holdfast check` says what is wrong with a file; `holdfast lint` says what is right and will not do what its author wants. With\n" +
	"the file of one node it looks at that file; with the files of both nodes of a pair also at what must agree between them, and at what\n" +
	"only the two together show, such as a weight that is too small to let the other node win. Instances are matched by VRID, name and\n" +
	"addresses.\n\n" +
	"Lint reads the files as the daemon would. Errors of the reader are shown with the findings of the rules, and those of its warnings that\n" +
	"say that something written is not in force: passwords that are cut (`auth-pass-cut`), authentication that strict mode or version 3 takes away\n" +
	"(`strict-mode`, `auth-version`), weights that are dropped (`useless-weight`), sync groups of one member (`lonely-group`) and the like.\n" +
	"Where a rule says more about the same word, only the rule speaks. Lint asks neither the host nor the network; what a file cannot\n" +
	"show is not guessed.\n\n" +
	"| Severity | Means |\n|---|---|\n" +
	"| error | the pair does not work as a pair: adverts are refused or not heard, or a setting makes that certain |\n" +
	"| warning | it works until something fails |\n" +
	"| info | worth knowing; shown, and counted only with `--strict` |\n\n" +
	"| Exit status | Means |\n|---|---|\n" +
	"| 0 | nothing worse than an info; with `--strict` nothing at all |\n" +
	"| 1 | there are warnings or errors; with `--strict` any finding |\n" +
	"| 2 | a file cannot be read, or the command line is wrong |\n\n" +
	"`--json` writes what `holdfast check --json` writes ([schema](diagnostics.schema.json)). `--only CODE,…` and `--skip CODE,…` choose\n" +
	"rules: a finding that you have judged and accept is skipped in a deploy script by its code, which never changes its meaning.\n" +
	"`holdfast explain-code CODE` prints the explanations below, and those of every code of `holdfast check`.\n"

// page is docs/lint.md.
func page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	rules := lint.Rules()
	pairs := 0
	b.WriteString("\n| Code | What is found | Needs |\n|---|---|---|\n")
	for i := range rules {
		r := &rules[i]
		needs := "one file"
		if r.Pair() {
			needs = "both files"
			pairs++
		}
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.Code, strings.ToLower(r.Code), cell(r.Title), needs)
	}
	fmt.Fprintf(&b, "\n%d rules, %d of them about pairs.\n", len(rules), pairs)
	for i := range rules {
		r := &rules[i]
		fmt.Fprintf(&b, "\n## %s\n\n**%s.** %s\n\n%s\n\n```\n%s\n```\n\n%s\n",
			r.Code, r.Title, r.Means, r.Hurts, strings.TrimSpace(r.Example), r.Mend)
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
