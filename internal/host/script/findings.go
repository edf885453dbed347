package script

import (
	"holdfast/conf"
	"holdfast/conf/diag"
)

// Findings says what a configuration test reports about the scripts.
func (v *Vetting) Findings() diag.List {
	var found diag.List
	if d, is := v.Lacking(); is {
		found.Add(d)
	}
	found.Join(v.faults())
	return found
}

// faults is Findings without what is said once for all.
func (v *Vetting) faults() diag.List {
	var found diag.List
	for i := range v.Scripts {
		s := &v.Scripts[i]
		if told := s.FIFO != "" && !v.parent; !told && (!v.idle || s.Err != nil) {
			found.Add(s.findings()...)
		}
	}
	if d, is := v.Violation(); is {
		found.Add(d)
	}
	return found
}

// Lacking returns the finding that there is no standard user, if it matters.
func (v *Vetting) Lacking() (d diag.Diagnostic, is bool) {
	if v.Unknown {
		return conf.ScriptUserUnknown(v.global.ScriptUser), true
	}
	var at diag.Span
	if v.parent && v.Err != nil {
		at, is = heir(v.global)
	}
	for i := range v.Scripts {
		s := &v.Scripts[i]
		if s.Command.User != "" || s.Err == nil {
			continue
		}
		here := s.Command.At
		switch { // compat: that is where keepalived looks for somebody
		case s.Misc != nil:
			here = s.Misc.End
		case s.Check != nil:
			here = s.Check.End
		}
		if !is || v.parent && above(here, at) {
			at, is = here, true
		}
	}
	if !is {
		return d, false
	}
	return conf.NoDefaultScriptUser(DefaultUser, at), true
}

// findings words what is wrong with one script. keepalived says nothing about notify scripts and readers of FIFOs under
// --config-test, so those findings change no exit status.
func (s *Vetted) findings() []diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "script", At: s.Command.At,
		In: []diag.Context{{What: s.Owner, At: s.Command.At}},
	}
	if !s.Verdict.Run {
		d.Effect = "the script will not be run"
	}
	if s.Err != nil {
		d.Summary = s.Err.Error()
		if s.Check != nil || s.Misc != nil || s.Start != "" {
			d.Severity, d.Class, d.Compat = diag.Error, diag.ClassConfig, s.Refusal()
		}
		if c := s.Check; c != nil {
			place(&d, c.User, c.End)
		}
		if m := s.Misc; m != nil {
			place(&d, m.User, m.End)
		}
		return []diag.Diagnostic{d}
	}
	if s.Refusal() != "" {
		d.Severity, d.Class = diag.Error, diag.ClassConfig
		d.Bare = true // compat: without its place
		d.Compat = s.Refusal()
	}
	var out []diag.Diagnostic
	for _, p := range s.Verdict.Problems {
		d.Summary = p.Path + ": " + p.Why
		d.Suggest = p.Mend
		d.Code = "script-" + p.Kind.String()
		out = append(out, d)
		d.Compat = "" // said once
	}
	return out
}

// place says where keepalived complains: at the keyword "user", or else where the block ends.
func place(d *diag.Diagnostic, user conf.Value[string], end diag.Span) {
	if d.CompatLine = end.Line(); user.Set() {
		d.At, d.CompatLine = user.At, 0
	}
}

// Refusal is keepalived's line that the script will not be run; "" if it will, or if the script's problems say so themselves.
func (s *Vetted) Refusal() string {
	program := s.Command.Argv[0]
	switch own := s.Command.User != ""; {
	case s.Start != "" && s.Err != nil:
		return "Invalid " + s.Start + " script"
	case (s.Misc != nil || s.Start != "") && s.Err == nil:
		return ""
	case s.Misc != nil && own:
		return s.Misc.Refused()
	case s.Misc != nil:
		return "Unable to set default user for misc script " + s.Misc.Quoted() + " - removing"
	case s.Err == nil && (s.Verdict.Run || s.Check == nil):
		return ""
	case s.Err == nil && s.Verdict.Silent():
		return ""
	case s.Err == nil && (s.Verdict.Insecure || s.Verdict.Directory()):
		return "Disabling track script " + s.Check.Name + " due to insecure"
	case s.Err == nil:
		return "Disabling track script " + s.Check.Name + " since not found/accessible"
	case s.Check != nil && own:
		return s.Check.Refused()
	case s.Check != nil:
		return "Unable to set default user for vrrp script " + s.Check.Name + " - removing"
	case own && s.FIFO != "":
		return "Invalid user/group for " + s.FIFO + " script " + program + " - ignoring"
	case s.FIFO != "":
		return "Failed to set default user for " + s.FIFO + " script " + program + " - ignoring"
	case own:
		return "Invalid user/group for notify script " + program + " - ignoring"
	default:
		return "Failed to set default user for notify script " + program + " - ignoring"
	}
}
