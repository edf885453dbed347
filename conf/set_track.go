package conf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// cutComment drops a trailing // or ; comment from a line of a tracking block.
func (d *decoder) cutComment(n *syntax.Node) {
	for i, w := range n.Args {
		if !w.Quoted && foreignWord(w.Text) {
			d.extra(n, i)
			return
		}
	}
}

// trackInterfaces decodes a track_interface block of the instance or group who.
func (d *decoder) trackInterfaces(n *syntax.Node, who string, to *[]TrackInterface) {
	have := map[string]bool{}
	for _, t := range *to {
		have[t.Name] = true
	}
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockTrackIf)
			continue
		}
		d.cutComment(e)
		name := e.Keyword.Text
		if have[name] {
			d.fault(e, e.Keyword, "duplicate-tracking", name+" is tracked already",
				"("+who+") duplicate track_interface "+name+" - ignoring", "the line is ignored")
			continue
		}
		t := TrackInterface{Name: name, At: e.Keyword.At}
		if d.interfaceWeight(e, who, &t) {
			have[name] = true
			*to = append(*to, t)
		}
	}
}

// interfaceWeight reads what follows the interface's name; false drops the line.
func (d *decoder) interfaceWeight(e *syntax.Node, who string, t *TrackInterface) bool {
	if len(e.Args) == 0 {
		return true
	}
	if w := e.Args[0]; w.Text != "weight" {
		d.fault(e, w, "unknown-option", "'"+w.Text+"' is not an option of a tracked interface",
			"("+who+") unknown track_interface "+t.Name+" option "+w.Text+" - ignoring", "the line is ignored")
		return false
	}
	if len(e.Args) < 2 {
		d.fault(e, e.Args[0], "missing-argument", "weight needs a number",
			"("+who+") weight without value specified for track_interface "+t.Name+" - ignoring", "the line is ignored")
		return false
	}
	w := e.Args[1]
	v, f := parseInt(w.Text, -254, 254)
	switch {
	case f != "":
		d.fault(e, w, "bad-weight", "a weight is a number from -253 to 253, not '"+w.Text+"'",
			lines(f, "("+who+") weight "+w.Text+" for "+t.Name+" must be between [-253..253] inclusive. Ignoring..."), "weight 0 is used")
	default:
		t.Weight = d.weight253(e, w, who, t.Name, v)
	}
	if len(e.Args) < 3 {
		return true
	}
	if o := e.Args[2]; o.Text != "reverse" {
		// compat: keepalived's own spelling of the keyword.
		d.fault(e, o, "unknown-option", "'"+o.Text+"' is not an option of a weight",
			"("+who+") unknown track_interace "+t.Name+" weight option "+o.Text+" - ignoring", "the word is ignored")
		return true
	}
	t.Reverse = true
	if len(e.Args) > 3 {
		d.extra(e, 3)
	}
	return true
}

// weight253 takes ±254 down to ±253.
func (d *decoder) weight253(e *syntax.Node, w syntax.Word, who, name string, v int64) int {
	if v != 254 && v != -254 {
		return int(v)
	}
	d.report(e, w, diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "clamped", Summary: "a weight is at most 253",
		Compat: "(" + who + ") weight for " + name + " cannot be +/-254. Setting to +/-253", Effect: "253 is used",
	})
	if v < 0 {
		return -253
	}
	return 253
}

// tracker is one kind of thing that instances and groups track by name, with keepalived's words about it.
type tracker struct {
	opens  string // the block that defines one
	noun   string
	limit  int64  // the largest weight by amount
	clamp  bool   // one more is taken and cut
	weight string // complaint about a bad weight: NAME, LIMIT
	option string // complaint about a word that is not "weight": NAME, WORD
	suffix string // complaint about a word behind the weight: NAME, WORD
	strict bool   // such a word drops the line
}

var trackers = map[string]tracker{
	"track_script": {
		opens: "vrrp_script", noun: "track script", limit: 253, clamp: true,
		weight: "track script NAME: weight must be between [-LIMIT..LIMIT] inclusive, ignoring...",
		option: "unknown track script option WORD - ignoring",
		suffix: "unknown track_script NAME weight option WORD - ignoring",
	},
	"track_file": {
		opens: "track_file", noun: "track file", limit: 254, strict: true,
		weight: "weight for track file NAME must be in [-LIMIT..LIMIT] inclusive. Ignoring...",
		option: "unknown track file option WORD - ignoring",
		suffix: "unknown track file NAME weight option WORD - ignoring",
	},
	"track_process": {
		opens: "vrrp_track_process", noun: "track process", limit: 254,
		weight: "weight for track process NAME must be in [-LIMIT..LIMIT] inclusive. Ignoring...",
		option: "unknown track process option WORD - ignoring",
		suffix: "unknown track_process NAME weight option WORD - ignoring",
	},
	"track_bfd": {
		opens: "bfd_instance", noun: "track bfd", limit: 253, strict: true,
		weight: "weight for track bfd NAME must be in [-LIMIT..LIMIT] inclusive. Ignoring...",
		option: "unknown track bfd NAME option WORD - ignoring",
		suffix: "unknown track bfd NAME weight option WORD - ignoring",
	},
}

// say fills a complaint in.
func (t *tracker) say(who, pattern string, e *syntax.Node, w syntax.Word) string {
	r := strings.NewReplacer("NAME", e.Keyword.Text, "WORD", w.Text, "LIMIT", strconv.FormatInt(t.limit, 10))
	return "(" + who + ") " + r.Replace(pattern)
}

// track decodes a track_script, track_file, track_process or track_bfd block of the instance or group who. What it names must
// be defined above.
func (d *decoder) track(n *syntax.Node, who string, to *[]TrackRef) {
	kind := trackers[n.Keyword.Text]
	have := map[string]bool{}
	for _, t := range *to {
		have[t.Name] = true
	}
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockTrackRef)
			continue
		}
		d.cutComment(e)
		name := e.Keyword.Text
		_, known := d.defined(&kind, name)
		switch {
		case !known:
			d.pending = append(d.pending, pendingRef{d.keep(e), who, kind})
		case have[name]:
			d.fault(e, e.Keyword, "duplicate-tracking", name+" is tracked already",
				"("+who+") duplicate "+n.Keyword.Text+" "+name+" - ignoring", "the line is ignored")
		default:
			t := TrackRef{Name: name, At: e.Keyword.At}
			if d.trackWeight(e, who, &kind, &t) {
				have[name] = true
				*to = append(*to, t)
			}
		}
	}
}

// trackWeight reads what follows the name; false drops the line.
func (d *decoder) trackWeight(e *syntax.Node, who string, kind *tracker, t *TrackRef) bool {
	if len(e.Args) == 0 {
		return true
	}
	if w := e.Args[0]; w.Text != "weight" {
		d.fault(e, w, "unknown-option", "'"+w.Text+"' is not an option of a "+kind.noun, kind.say(who, kind.option, e, w), "the line is ignored")
		return false
	}
	if len(e.Args) < 2 {
		d.fault(e, e.Args[0], "missing-argument", "weight needs a number",
			"("+who+") weight without value specified for "+kind.noun+" "+t.Name+" - ignoring", "the line is ignored")
		return false
	}
	w, limit := e.Args[1], kind.limit
	if kind.clamp {
		limit++
	}
	v, f := parseInt(w.Text, -limit, limit)
	if f != "" {
		d.fault(e, w, "bad-weight", fmt.Sprintf("a weight is a number from -%d to %d, not '%s'", kind.limit, kind.limit, w.Text),
			lines(f, kind.say(who, kind.weight, e, w)), "the weight in "+kind.opens+" "+t.Name+" is used")
		return true
	}
	if kind.clamp {
		v = int64(d.weight253(e, w, who, t.Name, v))
	}
	t.Weight = value(int(v), w)
	return d.trackOptions(e, who, kind, t)
}

// trackOptions reads the word behind a weight; false drops the line. compat: further words are not looked at.
func (d *decoder) trackOptions(e *syntax.Node, who string, kind *tracker, t *TrackRef) bool {
	if len(e.Args) < 3 {
		return true
	}
	switch o := e.Args[2]; o.Text {
	case "reverse":
		t.Reverse = true
	case "noreverse":
		t.Upright = true
	default:
		effect := "the word is ignored"
		if kind.strict {
			effect = "the line is ignored"
		}
		d.fault(e, o, "unknown-option", "'"+o.Text+"' is not an option of a weight", kind.say(who, kind.suffix, e, o), effect)
		return !kind.strict
	}
	if len(e.Args) > 3 {
		d.extra(e, 3)
	}
	return true
}

// pendingRef is a reference to something that was not defined where it stood.
type pendingRef struct {
	node *syntax.Node
	who  string
	kind tracker
}

// defined says where something of a kind is defined; above the statement at hand, or at the end of all anywhere.
func (d *decoder) defined(kind *tracker, name string) (diag.Span, bool) {
	switch kind.opens {
	case "vrrp_script":
		if s := d.scripts[name]; s != nil {
			return s.At, true
		}
	case "track_file":
		if f := d.trackFiles[name]; f != nil {
			return f.At, true
		}
	case "vrrp_track_process":
		if p := d.processes[name]; p != nil {
			return p.At, true
		}
	case "bfd_instance":
		if b := d.bfds[name]; b != nil {
			return b.At, true
		}
	}
	return diag.Span{}, false
}

// danglingRefs reports the references to what was not defined above them.
func (d *decoder) danglingRefs() {
	for _, p := range d.pending {
		w, opens := p.node.Keyword, p.kind.opens
		dg := diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-" + strings.TrimPrefix(p.kind.noun, "track "),
			Summary: "there is no " + opens + " " + w.Text + " above this line",
			Compat:  "(" + p.who + ") " + p.kind.noun + " " + w.Text + " not found, ignoring...",
			Effect:  "nothing is tracked by this line",
		}
		if at, ok := d.defined(&p.kind, w.Text); ok {
			dg.Suggest = "move " + opens + " " + w.Text + " up from " + at.String() + ": what is tracked comes before its use"
		} else if near := diag.Nearest(w.Text, d.trackNames(&p.kind)); near != "" {
			dg.Suggest = "did you mean " + near + "?"
		} else {
			dg.Suggest = "define it: " + opens + " " + w.Text + " { … }"
			if opens == "vrrp_script" {
				dg.Suggest = "define it: vrrp_script " + w.Text + " { script \"…\" }"
			}
		}
		d.report(p.node, w, dg)
	}
	d.pending = nil
}

// enoughNames is how many names are looked through for one that is like a misspelt word.
const enoughNames = 500

// trackNames lists what there is of a kind; of more than a few hundred none.
func (d *decoder) trackNames(kind *tracker) []string {
	var out []string
	switch kind.opens {
	case "vrrp_script":
		out = namesOf(d.scripts)
	case "track_file":
		out = namesOf(d.trackFiles)
	case "vrrp_track_process":
		out = namesOf(d.processes)
	case "bfd_instance":
		out = namesOf(d.bfds)
	}
	return out
}

// namesOf gives the keys of a map that is not too large, sorted.
func namesOf[T any](m map[string]T) []string {
	if len(m) > enoughNames {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}
