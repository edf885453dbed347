package conf

import (
	"math"
	"net/netip"
	"strings"
	"time"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// beside is what the decoder remembers of the blocks in Static.
type beside struct {
	rules       [2]uint32 // how many rules without a preference there are; IPv4, IPv6
	trackGroups map[string]*TrackGroup
	trackFiles  map[string]*TrackFile
	processes   map[string]*TrackProcess
	bfds        map[string]*BFD
	neighbors   map[netip.Addr]string // of BFD sessions, with the session's name
	garpLinks   map[string]bool       // interfaces that are in a garp_group

	trackGroup *TrackGroup
	trackFile  *TrackFile
	process    *TrackProcess
	bfd        *BFD
	garpGroup  *GARPGroup
}

func newBeside() beside {
	return beside{
		trackGroups: map[string]*TrackGroup{}, trackFiles: map[string]*TrackFile{}, processes: map[string]*TrackProcess{},
		bfds: map[string]*BFD{}, neighbors: map[netip.Addr]string{}, garpLinks: map[string]bool{},
	}
}

// foreignEntry reports an entry that begins with a foreign comment; compat are keepalived's words for it, with WORD.
func (d *decoder) foreignEntry(e *syntax.Node, compat string) bool {
	if !e.Foreign {
		return false
	}
	w := e.Keyword
	compat = strings.ReplaceAll(compat, "WORD", w.Text)
	if _, length, sized := strings.Cut(w.Text, "/"); sized && strings.HasPrefix(compat, "VRRP parsed") {
		_, f := parseUint(length, 0, 32)
		compat = lines(f, "Invalid address prefix len "+length+" for address "+w.Text+" - using 32", compat)
	}
	d.report(e, w, diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "foreign-comment",
		Summary: "'" + commentSign(w.Text) + "' does not begin a comment in this language",
		Compat:  compat, Effect: "the line is ignored", Suggest: "begin comments with # or !",
	})
	return true
}

func (d *decoder) setStaticAddresses(n *syntax.Node) {
	for _, e := range n.Block {
		if d.foreignEntry(e, invalidIP("WORD")) {
			continue
		}
		if a, ok := d.addressOf(e, true); ok {
			d.cfg.Static.Addresses = append(d.cfg.Static.Addresses, a)
		}
	}
}

func (d *decoder) setStaticRoutes(n *syntax.Node)  { d.routeLines(n, true, &d.cfg.Static.Routes) }
func (d *decoder) setVirtualRoutes(n *syntax.Node) { d.routeLines(n, false, &d.inst.Routes) }

func (d *decoder) routeLines(n *syntax.Node, static bool, to *[]Route) {
	for _, e := range n.Block {
		if d.foreignEntry(e, invalidIP("WORD")+"\nunknown route keyword WORD") {
			continue
		}
		if r, ok := d.route(e, static); ok {
			*to = append(*to, r)
		}
	}
}

func (d *decoder) setStaticRules(n *syntax.Node)  { d.ruleLines(n, true, &d.cfg.Static.Rules) }
func (d *decoder) setVirtualRules(n *syntax.Node) { d.ruleLines(n, false, &d.inst.Rules) }

func (d *decoder) ruleLines(n *syntax.Node, static bool, to *[]Rule) {
	for _, e := range n.Block {
		if d.foreignEntry(e, "Unknown rule option WORD") {
			continue
		}
		if r, ok := d.rule(e, static); ok {
			*to = append(*to, r)
		}
	}
}

func (d *decoder) setTrackGroup(n *syntax.Node) {
	if len(n.Args) != 1 {
		w := n.Keyword
		if len(n.Args) > 1 {
			w = n.Args[1]
		}
		d.fault(n, w, "missing-name", "a track_group has one name", "track_group must have a name - skipping", "the block is ignored")
		return
	}
	w := n.Args[0]
	if old, ok := d.trackGroups[w.Text]; ok {
		d.duplicate(n, w, "track_group "+w.Text+" already defined", old.At)
		return
	}
	d.trackGroup = &TrackGroup{Name: w.Text, At: w.At}
	d.walk(n.Block, blockTrackGroup)
	if g := d.trackGroup; len(g.Members) > 0 {
		d.trackGroups[g.Name] = g
		d.cfg.Static.TrackGroups = append(d.cfg.Static.TrackGroups, g)
	}
	d.trackGroup = nil
}

var trackGroupSetters = map[string]wired{
	"group": {0, 0, func(d *decoder, n *syntax.Node) {
		g := d.trackGroup
		if g.hasList {
			d.fault(n, n.Keyword, "duplicate-keyword", "the group's members are listed already",
				"Group list already specified for sync group "+g.Name, "the block is ignored")
			d.spilled(n)
			return
		}
		g.hasList = true
		g.Members = d.entryWords(n)
		if len(g.Members) == 0 {
			d.atClose(n, "empty-group", "the group has no members", "Warning - track group "+g.Name+" has empty group block", "the group is removed")
		}
	}},
}

// spilled tells in keepalived's words what becomes of a list that it does not read as one: it takes the list's "}" for the
// end of the block, and the block's own for a word too many.
func (d *decoder) spilled(n *syntax.Node) {
	if n.Parent == nil || n.Parent.Close.IsZero() {
		return
	}
	w := syntax.Word{Text: "}", At: n.Parent.Close}
	d.fault(n, w, "spilled-list", "keepalived takes this for a keyword", "Unknown keyword '}'", "nothing; remove the second list")
}

// entryWords reads the words of a block of names.
func (d *decoder) entryWords(n *syntax.Node) (out []Value[string]) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockNames)
			continue
		}
		d.cutComment(e)
		for _, w := range append([]syntax.Word{e.Keyword}, e.Args...) {
			out = append(out, value(w.Text, w))
		}
	}
	return out
}

// setLinkPolls decodes linkbeat_interfaces.
func (d *decoder) setLinkPolls(n *syntax.Node) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockLinkbeat)
			continue
		}
		d.cutComment(e)
		p := LinkPoll{Interface: value(e.Keyword.Text, e.Keyword)}
		if len(e.Args) > 0 {
			w := e.Args[0]
			known := w.Text == "MII" || w.Text == "ETHTOOL" || w.Text == "IOCTL"
			if !known || len(e.Args) > 1 {
				d.fault(e, w, "unknown-option", "one way to poll may follow: MII, ETHTOOL or IOCTL",
					"extra characters "+w.Text+" in linkbeat interface", "the words are ignored")
			} else {
				p.Method = value(w.Text, w)
			}
		}
		d.cfg.Static.LinkPolls = append(d.cfg.Static.LinkPolls, p)
	}
}

// setLinkDelays decodes interface_up_down_delays.
func (d *decoder) setLinkDelays(n *syntax.Node) {
	for _, e := range n.Block {
		if e.Foreign {
			d.foreign(e, blockUpDown)
			continue
		}
		d.cutComment(e)
		l := LinkDelay{Interface: value(e.Keyword.Text, e.Keyword)}
		for i, to := range []*Value[time.Duration]{&l.Down, &l.Up} {
			if i < len(e.Args) {
				if v, ok := d.microsWord(e, e.Args[i], 0, 255*time.Second, ""); ok {
					*to = value(v, e.Args[i])
				}
			}
		}
		d.cfg.Static.LinkDelays = append(d.cfg.Static.LinkDelays, l)
	}
}

// setGARPGroup decodes one garp_group block.
func (d *decoder) setGARPGroup(n *syntax.Node) {
	if len(n.Args) > 0 {
		d.tell(n, n.Args[0], "extra-words", "garp_group has no name", "", "the words are ignored")
	}
	g := &GARPGroup{At: n.Keyword.At}
	d.garpGroup = g
	d.walk(n.Block, blockGARPGroup)
	d.garpGroup = nil
	if !g.GARPInterval.Set() && !g.GNAInterval.Set() && !g.paced {
		d.atClose(n, "useless-group", "the group has neither garp_interval nor gna_interval",
			"garp group 0 does not have any delay set - removing", "the group is removed")
		return
	}
	d.cfg.Static.GARPGroups = append(d.cfg.Static.GARPGroups, g)
}

const maxInt32Micros = math.MaxInt32 * time.Microsecond

var garpGroupSetters = map[string]wired{
	"garp_interval": {1, 1, func(d *decoder, n *syntax.Node) { d.garpPace(n, &d.garpGroup.GARPInterval) }},
	"gna_interval":  {1, 1, func(d *decoder, n *syntax.Node) { d.garpPace(n, &d.garpGroup.GNAInterval) }},
	"interface": {1, 1, func(d *decoder, n *syntax.Node) {
		w := n.Args[0]
		d.garpLink(n, value(w.Text, w), w.Text, n.Keyword.At.Line())
	}},
	"interfaces": {0, 0, func(d *decoder, n *syntax.Node) {
		names := d.entryWords(n)
		if len(names) == 0 {
			d.atClose(n, "empty-group", "the block has no interfaces", "Warning - empty garp_group interfaces block", "the block is ignored")
		}
		for _, v := range names {
			called := v.V
			// compat: of whichever it complains, keepalived names the second one, and stops if there is none.
			if len(names) > 1 {
				called = names[1].V
			} else if d.garpLinks[v.V] {
				d.report(n, syntax.NewWord(v.V, v.At, n.Keyword.Via()), diag.Diagnostic{
					Severity: diag.Error, Class: diag.ClassAbort, Code: "duplicate-interface", Summary: v.V + " is in a garp_group already",
					Compat: "*** Configuration line starting `" + v.V + "` is missing a parameter after keyword `" + v.V + "` at word position 2", CompatLine: n.Close.Line(),
					Effect: "the line is ignored; keepalived stops here",
				})
				return
			}
			d.garpLink(n, v, called, n.Close.Line())
		}
	}},
}

// garpPace reads an interval. compat: to keepalived a word that is no number is an interval all the same.
func (d *decoder) garpPace(n *syntax.Node, to *Value[time.Duration]) {
	w := n.Args[0]
	if v, f, _ := parseMicros(w.Text, 0, maxInt32Micros); strings.HasPrefix(f, "invalid ") && v <= maxInt32Micros {
		d.garpGroup.paced = true
	}
	if v, ok := d.microsWord(n, w, 0, maxInt32Micros, "garp_group "+n.Keyword.Text+" 'WORD' invalid"); ok {
		*to = value(v, w)
	}
}

// garpLink adds an interface to the group that is being read; line is where keepalived speaks of it.
func (d *decoder) garpLink(n *syntax.Node, v Value[string], called string, line int) {
	if d.garpLinks[v.V] {
		d.report(n, syntax.NewWord(v.V, v.At, n.Keyword.Via()), diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "duplicate-interface", Summary: v.V + " is in a garp_group already",
			Compat: "garp_group already specified for " + called + " - ignoring", CompatLine: line, Effect: "it stays in that one",
		})
		return
	}
	d.garpLinks[v.V] = true
	g := d.garpGroup
	g.Interfaces, g.told = append(g.Interfaces, v), append(g.told, line)
}
