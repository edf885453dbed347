package lint_test

import (
	"fmt"
	"strings"

	"holdfast/conf/lint"
)

const pageHead = `# holdfast lint

What a configuration will not do, though nothing is wrong with it.

` + "```" + `
holdfast lint [--strict] [--json] [--color WHEN] [--only CODE,…] [--skip CODE,…] [-i ID] [--peer-id ID] A.conf [B.conf]
` + "```" + `

This page is made from the rules in conf/lint; do not edit it (go test ./conf/lint -run TestPage -update).

[holdfast check](check.md) says what is wrong with a file. lint says what is right and does not do what its author wants. With the file of
one node it looks at that file. With the files of both nodes of a pair it looks also at what must agree between them, and at what only
the two together show, such as a weight that is too small to let the other node win:

` + "```" + `
a.conf:10:9: warning: when chk_nginx fails, the virtual addresses of VI_1 do not move [LINT001]
   10 |         chk_nginx
      |         ^^^^^^^^^
      = in vrrp_instance VI_1 (a.conf:5)
      = effect: VI_1 stays MASTER although chk_nginx fails: 101 - 2 = 99 still beats 98, the priority of VI_1 in b.conf
      = help: a weight below -3 moves them; without a weight a failure is a FAULT, which always does
` + "```" + `

Instances of the two files are matched by VRID, name and addresses. A pair that shares one file with @id lines is given as one file with
--config-id for the one node and --peer-id for the other.

Files are read as the daemon would. Errors of the reader are shown with the findings of the rules, and those of its warnings that say that
something written is not in force: passwords that are cut (auth-pass-cut), authentication that strict mode or version 3 takes away
(strict-mode, auth-version), weights that are dropped (useless-weight), sync groups of one member (lonely-group) and the like. Where a rule
says more about the same word, only the rule speaks. lint asks neither the host nor the network; what a file cannot show is not guessed.

| Severity | Meaning |
|---|---|
| error | the pair does not work as a pair: adverts are refused or not heard; or the reader found an error |
| warning | it works until something fails |
| info | worth knowing |

## Exit status

| Status | Meaning |
|---|---|
| 0 | nothing worse than an info; with --strict: nothing at all |
| 1 | there are warnings or errors; with --strict: there are findings |
| 2 | the command line is wrong, or the output cannot be written |
| 3 | a file is absent or cannot be read |

## Options

| Option | Meaning |
|---|---|
| --strict | infos count for the exit status |
| --only CODE,… | show only findings with these codes |
| --skip CODE,… | leave out findings with these codes: what was judged and accepted. A code never changes its meaning |
| --json | one JSON document instead of text, of the form of check --json ([schema](diagnostics.schema.json)); exit_status in it is that of keepalived's test for what is shown, not this command's |
| --color WHEN | auto (on a terminal, unless NO_COLOR is set), always or never |
| -i ID, --config-id ID | what @id lines are compared with; by default the node's name |
| --peer-id ID | the same for the other node |

## Rules

[holdfast explain-code](explain-code.md) prints what follows, and the same for every code of check.
`

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
		fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s\n\n%s\n\n```\n%s\n```\n\n%s\n",
			r.Code, r.Title, r.Means, r.Hurts, strings.TrimSpace(r.Example), r.Mend)
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
