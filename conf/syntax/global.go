package syntax

import (
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// global hears every statement of global_defs as it is read: two of them are about the reading itself.
func (e *expander) global(n *Node) {
	switch n.Keyword.Text {
	case "random_seed":
		if len(n.Args) > 0 {
			if v, err := strconv.ParseUint(n.Args[0].Text, 10, 32); err == nil {
				e.random.seed(v)
			}
		}
	case "include_check":
		e.includeCheck(n)
	}
}

// includeCheck sets how strict includes are from here to the end of the file, and in what it includes.
// compat: without an option all checks are on; "+" and "-" add to what holds and take away from it.
func (e *expander) includeCheck(n *Node) {
	if len(n.Args) == 0 {
		e.checks = allChecks
		return
	}
	on := true
	for i, a := range n.Args {
		name := strings.TrimLeft(a.Text, "+-")
		switch {
		case strings.HasPrefix(a.Text, "+"):
			on = true
		case strings.HasPrefix(a.Text, "-"):
			on = false
		case i == 0:
			e.checks = includeRules{}
		default:
			continue // compat: behind the first one only those with a sign count; the decoder says so
		}
		switch name {
		case "match":
			e.checks.match = on
		case "wildcard_match":
			e.checks.wildcard = on
		case "brace_match":
			e.checks.brace = on
		default:
			e.out.diags.Add(diag.Diagnostic{
				Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-option", At: a.At, Via: a.Via(), In: n.Contexts(),
				Summary: strconv.Quote(name) + " is no check of includes", Effect: "ignored",
				Compat:  "Unknown include_check type '" + name + "' - ignoring",
				Suggest: "the checks are match, wildcard_match and brace_match",
			})
		}
	}
	if c := e.checks; c.match || c.wildcard || c.brace {
		e.checks.readable = true
	}
}
