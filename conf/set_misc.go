package conf

import (
	"math"
	"strings"
	"time"

	"holdfast/conf/syntax"
)

// miscSetters are the options of MISC_CHECK, which connects to nobody.
var miscSetters = merged(scheduleOptions, shareOption, map[string]wired{
	"misc_path": {0, -1, func(d *decoder, n *syntax.Node) { d.check.Misc.Command, _ = d.command(n) }},
	"misc_timeout": secondsOpt(func(d *decoder) *Value[time.Duration] { return &d.check.Misc.Timeout }, 0, 4294,
		"Invalid misc_timeout value 'WORD'"),
	"misc_dynamic": flagOpt(func(d *decoder) *Value[bool] { return &d.check.Misc.Dynamic }),
	"user":         {0, 2, (*decoder).setMiscUser},
})

func (d *decoder) setMiscUser(n *syntax.Node) {
	m := d.check.Misc
	if len(n.Args) == 0 {
		d.noWord(n, "No user specified for misc checker script "+m.Quoted())
		return
	}
	m.refused = "Failed to set uid/gid for misc checker script " + m.Quoted() + " - removing"
	m.User, m.Group = value(n.Args[0].Text, n.Args[0]), Value[string]{}
	if len(n.Args) > 1 {
		m.Group = groupName(n.Args[1])
	}
}

// Quoted gives the command as keepalived's lines have it.
func (m *MiscCheck) Quoted() string {
	if m.Command == nil {
		return ""
	}
	return m.Command.quoted()
}

// quoted gives a command as keepalived's lines have it.
func (c *Command) quoted() string { return "'" + strings.Join(c.Argv, "' '") + "'" }

func (d *decoder) endMisc(n *syntax.Node) bool {
	if m := d.check.Misc; m.Command != nil {
		m.Command.User, m.Command.Group, m.End = "", "", n.Close
		return true
	}
	d.atClose(n, "missing-script", "the MISC_CHECK has no misc_path",
		"No script path has been specified for MISC_CHECKER - skipping", "the checker is ignored")
	return false
}

// bfdCheckSetters are the options of BFD_CHECK.
var bfdCheckSetters = map[string]wired{
	"name": {0, -1, (*decoder).setBFDName},
	"alpha": {0, 1, func(d *decoder, n *syntax.Node) {
		if d.check.BFD != nil { // compat: a checker that was given up is not looked at
			alphaOption["alpha"].set(d, n)
		}
	}},
}

// setBFDName reads the bfd_instance that a checker follows. After a bad one keepalived gives the checker up.
func (d *decoder) setBFDName(n *syntax.Node) {
	who := "(" + d.vs.endpoint(d.rs.Address.V) + ") "
	give := func(w syntax.Word, code, summary, compat string) {
		d.fault(n, w, code, summary, who+"BFD_CHECK - "+compat, "the checker is ignored")
		d.check.BFD = nil
	}
	if d.check.BFD == nil {
		return
	}
	if len(n.Args) != 1 {
		give(n.Keyword, "missing-argument", "name takes one word", "No or too many names specified - skipping checker")
		return
	}
	w := n.Args[0]
	switch had := d.check.BFD.Name; {
	case !d.isDefined(blockBFD, w.Text):
		give(w, "unknown-bfd", "there is no bfd_instance "+w.Text+" above this line", "BFD "+w.Text+" not configured")
	case had.Set():
		give(w, "duplicate-keyword", "name is given already, at "+had.At.String(), "BFD "+w.Text+" already specified as "+had.V)
	case d.follows(w.Text):
		give(w, "duplicate-checker", "another BFD_CHECK of the real server follows "+w.Text, "RS already monitoring "+w.Text)
	default:
		d.check.BFD.Name = value(w.Text, w)
	}
}

// follows reports whether the real server has a BFD_CHECK of that name already.
func (d *decoder) follows(name string) bool {
	for _, c := range d.rs.Checkers {
		if c.BFD != nil && c.BFD.Name.V == name {
			return true
		}
	}
	return false
}

func (d *decoder) endBFD(n *syntax.Node) bool {
	switch b := d.check.BFD; {
	case b == nil:
		return false
	case !b.Name.Set():
		d.atClose(n, "missing-argument", "the BFD_CHECK has no name",
			"("+d.vs.endpoint(d.rs.Address.V)+") No name has been specified for BFD_CHECKER - skipping", "the checker is ignored")
		return false
	}
	return true
}

// fileCheckSetters are the options of FILE_CHECK, which has none of the common ones.
var fileCheckSetters = map[string]wired{
	"track_file": {1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		if !d.isDefined(blockTrackFile, w.Text) {
			d.fault(n, w, "unknown-file", "there is no track_file "+w.Text+" above this line",
				"track_file "+w.Text+" not found", "the line is ignored")
			return
		}
		d.check.File.TrackFile = value(w.Text, w)
	}},
	"weight": {0, -1, (*decoder).setFileWeight},
}

func (d *decoder) setFileWeight(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.noWord(n, "track file weight missing")
		return
	}
	v, ok := d.intWord(n, n.Args[0], -math.MaxInt32, math.MaxInt32,
		"weight for track file must be in [-2147483647..2147483647] inclusive. Ignoring...")
	if !ok {
		return
	}
	d.check.File.Weight, d.check.File.Reverse = value(int(v), n.Args[0]), Value[bool]{}
	if len(n.Args) < 2 {
		return
	}
	switch w := n.Args[1]; w.Text {
	case "reverse", "noreverse":
		d.check.File.Reverse = value(w.Text == "reverse", w)
		if len(n.Args) > 2 {
			d.extra(n, 2)
		}
	default:
		d.fault(n, w, "unknown-option", "'"+w.Text+"' is not an option of a weight",
			"unknown track file weight option "+w.Text+" - ignoring", "the word is ignored")
	}
}

func (d *decoder) endFile(n *syntax.Node) bool {
	if d.check.File.TrackFile.Set() {
		return true
	}
	d.atClose(n, "missing-file", "the FILE_CHECK has no track_file",
		"FILE_CHECK has no track_file specified - ignoring", "the checker is ignored")
	return false
}
