package lint

import (
	"slices"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

// Rule is one thing that is looked for.
type Rule struct {
	explain.Text
	// One looks at each file by itself; nil for a rule about pairs.
	one func(*node, report)
	// Two looks at the two files of a pair; nil for a rule about single files.
	two func(*pair, report)
}

// Pair reports whether the rule needs the files of both nodes.
func (r *Rule) Pair() bool { return r.one == nil }

// families are the rules, each in the order of its codes. A new rule is added in the file of its family.
var families = [][]Rule{
	weightRules, preemptRules, instanceRules, scriptRules, groupRules, serverRules, checkRules, poolRules,
	pairIdentityRules, pairAddressRules, pairElectionRules, pairServiceRules,
}

// Rules returns all rules in the order of their codes.
func Rules() []Rule {
	all := slices.Concat(families...)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Explain returns the explanation of a code of this package.
func Explain(code string) (explain.Text, bool) {
	for _, f := range families {
		for i := range f {
			if f[i].Code == code {
				return f[i].Text, true
			}
		}
	}
	return explain.Text{}, false
}

// report takes a rule's finding; the code is filled in.
type report func(finding)

// finding is what a rule has to say about one place.
type finding struct {
	at       diag.Span
	severity diag.Severity
	in       diag.Context // the block that encloses it; zero: none
	summary  string
	effect   string
	suggest  string
}

func (f *finding) diagnostic(code string) diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: f.severity, Code: code, At: f.at, Summary: f.summary, Effect: f.effect, Suggest: f.suggest,
	}
	if f.in.What != "" {
		d.In = []diag.Context{f.in}
	}
	return d
}
