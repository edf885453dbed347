package conf

import "holdfast/conf/diag"

// A check looks at the whole configuration once all files are in. It may mend what it reports.
type check func(*Config, *diag.List)

// checks run in this order: identity first, because it drops what cannot run.
var checks = []check{
	checkIdentity,
	checkAddresses,
	checkUnicast,
	checkLinks,
	checkDuplicates,
	checkAuth,
	checkStrict,
	checkPreempt,
	checkTracking,
	checkGroups,
	checkWeights,
	checkServers,
}

// about makes a finding of a check; keepalived tells those without a line.
func about(at diag.Span, code, summary, compat, effect string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: code, At: at, Bare: true,
		Summary: summary, Compat: compat, Effect: effect,
	}
}

// of adds the instance that a finding is about.
func of(in *Instance, d diag.Diagnostic) diag.Diagnostic {
	d.In = []diag.Context{in.context()}
	return d
}
