package conf

import (
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
	for _, o := range e.Args[2:] {
		if o.Text == "reverse" {
			t.Reverse = true
			continue
		}
		// compat: keepalived's own spelling of the keyword.
		d.fault(e, o, "unknown-option", "'"+o.Text+"' is not an option of a weight",
			"("+who+") unknown track_interace "+t.Name+" weight option "+o.Text+" - ignoring", "the word is ignored")
		break
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

// trackScripts decodes a track_script block. A script must be defined above.
func (d *decoder) trackScripts(n *syntax.Node, who string, to *[]TrackRef) {
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
		switch _, known := d.scripts[name]; {
		case !known:
			d.pending = append(d.pending, pendingRef{e, who})
		case have[name]:
			d.fault(e, e.Keyword, "duplicate-tracking", name+" is tracked already",
				"("+who+") duplicate track_script "+name+" - ignoring", "the line is ignored")
		default:
			t := TrackRef{Name: name, At: e.Keyword.At}
			if d.scriptWeight(e, who, &t) {
				have[name] = true
				*to = append(*to, t)
			}
		}
	}
}

// scriptWeight reads what follows the script's name; false drops the line.
func (d *decoder) scriptWeight(e *syntax.Node, who string, t *TrackRef) bool {
	if len(e.Args) == 0 {
		return true
	}
	if w := e.Args[0]; w.Text != "weight" {
		d.fault(e, w, "unknown-option", "'"+w.Text+"' is not an option of a tracked script",
			"("+who+") unknown track script option "+w.Text+" - ignoring", "the line is ignored")
		return false
	}
	if len(e.Args) < 2 {
		d.fault(e, e.Args[0], "missing-argument", "weight needs a number",
			"("+who+") weight without value specified for track script "+t.Name+" - ignoring", "the line is ignored")
		return false
	}
	w := e.Args[1]
	v, f := parseInt(w.Text, -254, 254)
	if f != "" {
		d.fault(e, w, "bad-weight", "a weight is a number from -253 to 253, not '"+w.Text+"'",
			lines(f, "("+who+") track script "+t.Name+": weight must be between [-253..253] inclusive, ignoring..."), "the script's own weight is used")
		return true
	}
	t.Weight = value(d.weight253(e, w, who, t.Name, v), w)
	for _, o := range e.Args[2:] {
		switch o.Text {
		case "reverse":
			t.Reverse, t.Upright = true, false
		case "noreverse":
			t.Reverse, t.Upright = false, true
		default:
			d.fault(e, o, "unknown-option", "'"+o.Text+"' is not an option of a weight",
				"("+who+") unknown track script "+t.Name+" weight option "+o.Text+" - ignoring", "the word is ignored")
			return true
		}
	}
	return true
}

// pendingRef is a reference to a script that was unknown where it stood.
type pendingRef struct {
	node *syntax.Node
	who  string
}

// danglingRefs reports the references to scripts that were not defined above them.
func (d *decoder) danglingRefs() {
	names := d.scriptNames()
	for _, p := range d.pending {
		w := p.node.Keyword
		dg := diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-script",
			Summary: "there is no vrrp_script " + w.Text + " above this line",
			Compat:  "(" + p.who + ") track script " + w.Text + " not found, ignoring...",
			Effect:  "nothing is tracked by this line",
		}
		if s, ok := d.scripts[w.Text]; ok {
			dg.Suggest = "move vrrp_script " + w.Text + " up from " + s.At.String() + ": scripts come before their use"
		} else if near := diag.Nearest(w.Text, names); near != "" {
			dg.Suggest = "did you mean " + near + "?"
		} else {
			dg.Suggest = "define it: vrrp_script " + w.Text + " { script \"…\" }"
		}
		d.report(p.node, w, dg)
	}
	d.pending = nil
}

// enoughNames is how many names are looked through for one that is like a misspelt word.
const enoughNames = 500

func (d *decoder) scriptNames() []string {
	if len(d.cfg.Scripts) > enoughNames {
		return nil
	}
	out := make([]string, 0, len(d.cfg.Scripts))
	for _, s := range d.cfg.Scripts {
		out = append(out, s.Name)
	}
	return out
}

// command reads a script keyword's words: the command, then the account. The command is split twice, as
// keepalived does: once for the line, once for what is inside the quotes.
func (d *decoder) command(n *syntax.Node) (*Command, bool) {
	raw := n.Raw()
	args, _ := syntax.Argv(raw)
	if len(args) < 2 {
		return nil, false
	}
	inner, open := syntax.Argv(args[1].Text)
	at, _ := n.RawSpan(args[1].From, args[1].To)
	if open >= 0 {
		w := syntax.Word{Text: args[1].Text, At: at, Via: n.Keyword.Via}
		d.fault(n, w, "unmatched-quote", "a quote inside the command is never closed",
			"String '"+args[1].Text+"': missing terminating "+args[1].Text[open:open+1], "the line is ignored")
		return nil, false
	}
	if len(inner) == 0 {
		return nil, false
	}
	c := &Command{At: at}
	for _, a := range inner {
		c.Argv = append(c.Argv, a.Text)
	}
	rest := args[2:]
	for i, a := range rest {
		if !a.Quoted && foreignWord(a.Text) {
			rest = rest[:i]
			d.trailingComment(n, a)
			break
		}
	}
	if len(rest) > 0 {
		c.User = rest[0].Text
	}
	if len(rest) > 1 {
		c.Group = strings.TrimPrefix(rest[1].Text, ":")
	}
	return c, true
}

func (d *decoder) trailingComment(n *syntax.Node, a syntax.Arg) {
	at, via := n.RawSpan(a.From, a.To)
	d.report(n, syntax.Word{At: at, Via: via}, diag.Diagnostic{
		Severity: diag.Warning, Code: "foreign-comment",
		Summary: "'" + commentSign(a.Text) + "' does not begin a comment in this language",
		Effect:  "ignored from here to the end of the line", Suggest: "begin comments with # or !",
	})
}

// notify sets one notify script; a second one is ignored. who begins keepalived's line: "(NAME) ".
func (d *decoder) notify(n *syntax.Node, who string, to **Command) {
	c, ok := d.command(n)
	if !ok {
		return
	}
	if *to != nil {
		d.fault(n, n.Keyword, "duplicate-keyword", n.Keyword.Text+" is given already, at "+(*to).At.String(),
			who+n.Keyword.Text+" script already specified - ignoring "+strings.Join(c.Argv, " "), "the line is ignored")
		return
	}
	*to = c
}

func (d *decoder) setNotifyDeleted(n *syntax.Node) {
	who := "(" + d.inst.Name + ") "
	if d.inst.NotifyDeleted.Set() {
		rest := ""
		if c, ok := d.command(n); ok {
			rest = strings.Join(c.Argv, " ")
		}
		d.fault(n, n.Keyword, "duplicate-keyword", "notify_deleted is given already",
			who+"notify_deleted already specified - ignoring "+rest, "the line is ignored")
		return
	}
	d.inst.NotifyDeleted = value(true, n.Keyword)
	if len(n.Args) > 0 {
		d.notify(n, who, &d.inst.Notify.Deleted)
	}
}
