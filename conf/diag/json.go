package diag

import (
	"encoding/json"
	"io"
)

// jsonVersion is the version of the schema that JSON writes. Fields may be added under the same version; none
// changes its meaning or goes away.
const jsonVersion = 1

// JSON writes the diagnostics as one object (docs/diagnostics.schema.json):
//
//	{"version": 1, "exit_status": 5, "diagnostics": [{
//	   "severity": "error",            info, warning, error
//	   "class": "config",              none, config, security, fatal, abort
//	   "code": "vrrp-priority",
//	   "summary": "…", "compat": ["…"], "effect": "…", "suggest": "…",
//	   "at": {"file": "…", "line": 31, "column": 14, "offset": 812, "length": 3},
//	   "in":  [{"what": "vrrp_instance VI_1", "at": {…}}],
//	   "via": [{"what": "included from", "at": {…}}]}]}
//
// Lines and columns count from 1, columns and lengths count characters, offsets count bytes from 0. "at" is
// absent for a finding about no place; empty texts and lists are absent.
func JSON(w io.Writer, l *List) error {
	out := jsonList{Version: jsonVersion, ExitStatus: l.ExitClass().ExitStatus(), Diagnostics: []jsonDiagnostic{}}
	for i := range l.all {
		d := &l.all[i]
		j := jsonDiagnostic{
			Severity: d.Severity.String(), Class: d.Class.String(), Code: d.Code, Summary: d.Summary,
			Effect: d.Effect, Suggest: d.Suggest, At: jsonSpanOf(d.At),
		}
		one := List{all: l.all[i : i+1]}
		j.Compat = CompatLines(&one)
		for _, c := range d.In {
			j.In = append(j.In, jsonStep{c.What, jsonSpanOf(c.At)})
		}
		for _, v := range d.Via {
			j.Via = append(j.Via, jsonStep{v.What, jsonSpanOf(v.At)})
		}
		out.Diagnostics = append(out.Diagnostics, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

type jsonList struct {
	Version     int              `json:"version"`
	ExitStatus  int              `json:"exit_status"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string     `json:"severity"`
	Class    string     `json:"class"`
	Code     string     `json:"code"`
	Summary  string     `json:"summary"`
	Compat   []string   `json:"compat,omitempty"`
	Effect   string     `json:"effect,omitempty"`
	Suggest  string     `json:"suggest,omitempty"`
	At       *jsonSpan  `json:"at,omitempty"`
	In       []jsonStep `json:"in,omitempty"`
	Via      []jsonStep `json:"via,omitempty"`
}

type jsonStep struct {
	What string    `json:"what"`
	At   *jsonSpan `json:"at,omitempty"`
}

type jsonSpan struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

func jsonSpanOf(s Span) *jsonSpan {
	if s.IsZero() {
		return nil
	}
	p := s.Pos()
	return &jsonSpan{p.File, p.Line, p.Col, p.Off, s.Len()}
}
