package script

import "holdfast/conf/diag"

// A Line is what a process says about one of its scripts: keepalived's words, and what more there is to know as keys and values.
type Line struct {
	Text  string
	Attrs []any
}

// Told returns what a process says about its scripts when it has judged them, in keepalived's order.
func (v *Vetting) Told() []Line {
	var out []Line
	if v.Note != "" {
		out = append(out, Line{Text: v.Note})
	}
	if d, is := v.Lacking(); is {
		out = append(out, finding(d)...)
	}
	for i := range v.Scripts {
		out = append(out, v.Scripts[i].told()...)
	}
	if d, is := v.Violation(); is {
		out = append(out, finding(d)...)
	}
	return out
}

func finding(d diag.Diagnostic) (out []Line) {
	var one diag.List
	one.Add(d)
	for _, line := range diag.CompatLines(&one) {
		out = append(out, Line{line, []any{"code", d.Code}})
	}
	return out
}

// told is what is wrong with one script. compat: of a tracking script that may not be executed nothing more is said than that.
func (s *Vetted) told() (out []Line) {
	if s.Err != nil {
		if s.Command.User != "" {
			out = append(out, Line{Text: s.Err.Error()})
		}
		if s.Check != nil || s.Misc != nil {
			return append(out, finding(s.findings()[0])...)
		}
		return append(out, Line{Text: s.Refusal()})
	}
	for _, p := range s.Verdict.Told() {
		out = append(out, Line{p.Compat, []any{"path", p.Path, "why", p.String(), "mend", p.Mend}})
	}
	switch line := s.Refusal(); {
	case line != "":
		out = append(out, Line{line, []any{"script", s.Check.Name}})
	case s.Misc != nil && !s.Verdict.Run:
		why := "since not found/accessible"
		if s.Verdict.Insecure {
			why = "due to insecure"
		}
		out = append(out, Line{Text: "Disabling misc script " + s.Misc.Quoted() + " " + why})
	}
	return out
}
