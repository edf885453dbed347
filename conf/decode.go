package conf

import (
	"strconv"
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// decoder walks the statements and fills a Config. What it points at is the innermost block of each kind.
type decoder struct {
	cfg     *Config
	diags   *diag.List
	written *diag.List // what is wrong with how the files are written
	opt     Options
	grammar *grammar
	told    map[string]bool // keywords already reported as not active
	quiet   int             // inside this many blocks that are not active as a whole
	seen    []seen          // by Keyword.id
	blocks  int             // how many blocks were entered
	kept    bool            // something of the statement outside all blocks that the walk is in is kept
	block   int             // which of them the walk is in

	suggested int                   // how many unknown words were looked up
	mended    map[*syntax.Node]bool // unclosed blocks of which it is said where they should be closed

	inst   *Instance
	group  *SyncGroup
	script *Script
	vs     *VirtualServer
	rs     *RealServer
	check  *Checker
	conn   *Connection // of check, or of the host in it
	host   *SMTPHost
	url    *URL
	beside

	instances map[string]*Instance
	groups    map[string]*SyncGroup
	scripts   map[string]*Script
	opens     map[diag.Span]int    // where in written a missing "{" is reported
	searched  int                  // how much of written is in opens
	pending   []pendingRef         // references to what is not known where they stand
	links     map[string]*Instance // who makes a link, by its name

	serverGroups map[string]*ServerGroup
	named        map[definition]bool // named blocks that checkers refer to
}

// walk decodes the statements of one block.
func (d *decoder) walk(nodes []*syntax.Node, b Block) {
	outer := d.block
	d.blocks++
	d.block = d.blocks
	defer func() { d.block = outer }()
	for _, n := range nodes {
		d.decode(n, b)
	}
}

func (d *decoder) decode(n *syntax.Node, b Block) {
	switch {
	case n.Foreign:
		d.foreign(n, b)
	case n.Shape == syntax.Unknown:
		d.unknown(n, b)
	default:
		d.statement(n, b)
	}
}

func (d *decoder) statement(n *syntax.Node, b Block) {
	k := d.grammar.lookup(b, n.Keyword.Text)
	if k == nil {
		return
	}
	d.remember(n, b)
	d.status(k, n)
	if len(n.Args) < k.min {
		d.missing(n, k.min)
		return
	}
	if k.max >= 0 && len(n.Args) > k.max {
		d.extra(n, k.max)
	}
	if k.Opens != blockRoot && !n.HasBlock {
		return // the parser has said so
	}
	if k.Status == NotYet && k.Opens != blockRoot {
		d.quiet++
		defer func() { d.quiet-- }()
	}
	d.define(k, n)
	if k.set != nil {
		before := d.diags.Len()
		k.set(d, n)
		d.again(k, n, before)
		return
	}
	if d.quiet == 0 || k.Opens != blockRoot && d.quiet == 1 {
		d.cfg.Carried = append(d.cfg.Carried, Carried{Block: b, Node: d.keep(n)})
	}
	if k.Opens != blockRoot && !d.grammar.entries[k.Opens] {
		d.walk(n.Block, k.Opens)
	}
}

// definition is a named block outside all others.
type definition struct {
	block Block
	name  string
}

// define remembers the blocks that checkers refer to by name; they must stand above the checker.
func (d *decoder) define(k *Keyword, n *syntax.Node) {
	if (k.Opens == blockBFD || k.Opens == blockTrackFile) && len(n.Args) > 0 {
		if d.named == nil {
			d.named = map[definition]bool{}
		}
		d.named[definition{k.Opens, n.Args[0].Text}] = true
	}
}

func (d *decoder) isDefined(b Block, name string) bool { return d.named[definition{b, name}] }

// again tells of a setting that its block has already, unless the setter did: since before, if it found something.
func (d *decoder) again(k *Keyword, n *syntax.Node, before int) {
	if !k.once {
		return
	}
	first := d.seen[k.id]
	d.seen[k.id] = seen{d.block, n.Keyword.At}
	if first.block != d.block || d.diags.Len() > before {
		return
	}
	d.tell(n, n.Keyword, "duplicate-keyword", k.Name+" is given already, at "+first.at.String(), "", "the last one holds")
}

// repeated are the keywords whose statements add up, some only in one block.
var repeated = map[string]bool{"key": true, "garp_group/interface": true}

// seen is the last statement of a keyword, and the block that it stands in.
type seen struct {
	block int
	at    diag.Span
}

// status tells once per keyword that nothing acts on it.
func (d *decoder) status(k *Keyword, n *syntax.Node) {
	if k.Status != NotYet || d.quiet > 0 || d.told[k.Name] {
		return
	}
	d.told[k.Name] = true
	d.report(n, n.Keyword, diag.Diagnostic{
		Severity: diag.Info, Code: "not-active-yet",
		Summary: k.Name + " is loaded but not active yet",
	})
}

// inactive tells once about an option that nothing acts on.
func (d *decoder) inactive(n *syntax.Node, what, summary string) {
	if d.quiet > 0 || d.told[what] {
		return
	}
	d.told[what] = true
	d.report(n, n.Keyword, diag.Diagnostic{Severity: diag.Info, Code: "not-active-yet", Summary: summary})
}

// tell reports something that changes no exit status.
func (d *decoder) tell(n *syntax.Node, w syntax.Word, code, summary, compat, effect string) {
	d.report(n, w, diag.Diagnostic{Severity: diag.Info, Code: code, Summary: summary, Compat: compat, Effect: effect})
}

// report fills in the place and adds.
func (d *decoder) report(n *syntax.Node, w syntax.Word, dg diag.Diagnostic) {
	dg.At, dg.Via = w.At, w.Via()
	dg.In = n.Contexts()
	d.complete(n, w, &dg)
	d.diags.Add(dg)
}

// fault reports a configuration error at w in keepalived's words.
func (d *decoder) fault(n *syntax.Node, w syntax.Word, code, summary, compat, effect string) {
	d.report(n, w, diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, Summary: summary, Compat: compat, Effect: effect,
	})
}

// atClose is fault for what keepalived notices at the end of n's block.
func (d *decoder) atClose(n *syntax.Node, code, summary, compat, effect string) {
	d.report(n, n.Keyword, diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: code, Summary: summary, Compat: compat,
		CompatLine: n.Close.Line(), Effect: effect,
	})
}

// warn is fault for what keepalived mends and runs on with.
func (d *decoder) warn(n *syntax.Node, w syntax.Word, code, summary, compat, effect string) {
	d.report(n, w, diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: code, Summary: summary, Compat: compat, Effect: effect,
	})
}

func (d *decoder) missing(n *syntax.Node, need int) {
	kw := n.Keyword.Text
	last := kw
	if len(n.Args) > 0 {
		last = n.Args[len(n.Args)-1].Text
	}
	compat := "*** Configuration line starting `" + kw + "` is missing a parameter after keyword `" + last +
		"` at word position " + strconv.Itoa(len(n.Args)+2)
	if n.Opens == string(blockInstance) {
		compat = "vrrp_instance must have a name"
	}
	if name, ok := gentleMissing[kw]; ok {
		d.fault(n, n.Keyword, "missing-argument", kw+" needs an argument", name+" missing - ignoring", "the line is ignored")
		return
	}
	dg := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassAbort, Code: "missing-argument",
		Summary: kw + " needs " + plural(need, "argument"), Compat: compat,
		Effect: "the line is ignored; keepalived stops here",
	}
	if n.Opens == string(blockInstance) {
		dg.Class, dg.Effect = diag.ClassConfig, "the block is ignored"
	}
	d.report(n, n.Keyword, dg)
}

// gentleMissing are the keywords whose missing word keepalived steps over.
var gentleMissing = map[string]string{
	"router_id": "routerid name", "notification_email_from": "emailfrom",
	"net_namespace": "net_namespace name", "instance": "instance name",
}

func plural(n int, noun string) string {
	if n == 1 {
		return "an " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// extra handles words after the last one that the keyword uses.
func (d *decoder) extra(n *syntax.Node, use int) {
	w := n.Args[use]
	dg := diag.Diagnostic{
		Severity: diag.Info, Code: "extra-words",
		Summary: n.Keyword.Text + " takes no more words here", Effect: "ignored from here to the end of the line",
	}
	switch {
	case !w.Quoted && foreignWord(w.Text):
		dg.Severity, dg.Code = diag.Warning, "foreign-comment"
		dg.Summary = "'" + commentSign(w.Text) + "' does not begin a comment in this language"
		dg.Suggest = "begin comments with # or !"
	case n.Shape == syntax.Block:
		d.onlyExtra(n)
		dg.Severity, dg.Class = diag.Error, diag.ClassConfig
		if k := n.Keyword.Text; use == 0 && k != "global_defs" && !anyWords[Block(n.Opens)] {
			dg.Compat = "Block " + k + " has extra parameters " + w.Text + " ..."
		} else {
			dg.Severity, dg.Class = diag.Info, diag.ClassNone
		}
	}
	d.report(n, w, dg)
	n.Args = n.Args[:use]
}

// onlyExtra takes back keepalived's words for a missing "{": of a block with an argument too many it says
// only that.
func (d *decoder) onlyExtra(n *syntax.Node) {
	if n.HasBlock {
		return
	}
	if d.opens == nil {
		d.opens = map[diag.Span]int{}
	}
	all := d.written.All()
	for ; d.searched < len(all); d.searched++ {
		if f := &all[d.searched]; f.Code == "missing-open-brace" {
			d.opens[f.At] = d.searched
		}
	}
	if i, ok := d.opens[n.Keyword.At]; ok {
		all[i].Compat = ""
	}
}

// anyWords are the blocks behind whose keyword keepalived does not look for words.
var anyWords = map[Block]bool{
	blockAuth: true, blockSSL: true, blockHTTP: true, blockURL: true, blockTCP: true, blockSMTP: true, blockHost: true, blockDNS: true,
	blockMisc: true, blockBFDCheck: true, blockUDP: true, blockPing: true, blockFile: true,
	blockTLS: true, blockGRPC: true,
}

func foreignWord(s string) bool { return strings.HasPrefix(s, "//") || strings.HasPrefix(s, ";") }

func commentSign(s string) string {
	if strings.HasPrefix(s, "//") {
		return "//"
	}
	return ";"
}

// foreign reports a line that is a comment in some other language.
func (d *decoder) foreign(n *syntax.Node, b Block) {
	w := n.Keyword
	dg := diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "foreign-comment",
		Summary: "'" + commentSign(w.Text) + "' does not begin a comment in this language",
		Compat:  "Unknown keyword '" + w.Text + "'",
		Effect:  "the line is ignored", Suggest: "begin comments with # or !",
	}
	switch {
	case b == blockPeers:
		dg.Compat = "Configuration error: VRRP instance[" + d.inst.Name + "] malformed unicast peer address[" + w.Text + "]. Skipping..."
	case b == blockVIP:
		dg.Compat = "VRRP parsed invalid IP " + w.Text + ". skipping IP..."
		if ip, length, ok := strings.Cut(w.Text, "/"); ok {
			_, f := parseUint(length, 0, 32)
			_ = ip
			dg.Compat = f + "\nInvalid address prefix len " + length + " for address " + w.Text + " - using 32\n" + dg.Compat
		}
	case d.grammar.entries[b]:
		dg.Compat = ""
	}
	d.report(n, w, dg)
}

// unknown reports a keyword that its block does not have.
func (d *decoder) unknown(n *syntax.Node, b Block) {
	w := n.Keyword
	if w.Text == "{" && !w.Quoted {
		return // the parser has said so
	}
	dg := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-keyword",
		Summary: "unknown keyword " + strconv.Quote(w.Text),
		Compat:  "Unknown keyword '" + w.Text + "'", Effect: "the line is ignored",
	}
	if n.HasBlock {
		dg.Code = "unknown-block"
		dg.Compat += "\nUnexpected '{' - ignoring"
		dg.Effect = "the whole block is ignored"
	}
	dg.Suggest = d.suggest(n, b)
	d.report(n, w, dg)
}
