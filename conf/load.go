package conf

import (
	"slices"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// Options are the circumstances of a Load.
type Options struct {
	// ConfigID is what "@id" lines are compared with; keepalived takes the node name up to its first dot.
	ConfigID string
	// CPUs bounds vrrp_cpu_affinity; 0 leaves it unchecked.
	CPUs int
	// Names are the host's names of routing tables and the like; common ones need not be there.
	Names Names
	// CheckIncludes makes every include as strict as includea, until include_check says otherwise.
	CheckIncludes bool
	// Skip are keywords of blocks outside all others that are read and not decoded, for those who have no use for what they say.
	Skip []string
	// Origins has Config.Origins filled in.
	Origins bool
}

// Load reads the configuration at path through src. It returns what can be understood and a sorted list of
// everything that is wrong or worth knowing; the Config is never nil.
func Load(src syntax.Source, path string, opt Options) (*Config, diag.List) {
	g := theGrammar()
	var written diag.List
	d := newDecoder(g, opt, &written)
	files, whole := syntax.Walk(src, path, syntax.Options{
		ConfigID: opt.ConfigID, Grammar: g.shape, CheckIncludes: opt.CheckIncludes,
	}, &written, d.root)
	if !whole { // half a configuration is none
		d = newDecoder(g, opt, &written)
	}
	written.Sort()
	d.cfg.Files = files
	d.danglingRefs()
	d.resolve()
	diags := written
	diags.Join(*d.diags)
	for _, check := range checks {
		check(d.cfg, &diags)
	}
	if len(opt.Skip) == 0 { // else there are names that nothing seems to have
		checkFollow(d.cfg, &diags)
	}
	diags.Sort()
	diags.Unique() // a repetition reads the same line many times
	return d.cfg, diags
}

// newDecoder returns a decoder of nothing yet. What is wrong with how the files are written is in that list.
func newDecoder(g *grammar, opt Options, written *diag.List) *decoder {
	return &decoder{
		cfg: &Config{}, diags: &diag.List{}, written: written, opt: opt, grammar: g, told: map[string]bool{},
		seen: make([]seen, g.rows), block: 1, blocks: 1, instances: map[string]*Instance{}, groups: map[string]*SyncGroup{}, scripts: map[string]*Script{},
		beside:       newBeside(),
		serverGroups: map[string]*ServerGroup{},
	}
}

// root decodes one statement outside all blocks and reports whether it or anything in it is kept.
func (d *decoder) root(n *syntax.Node) (kept bool) {
	if slices.Contains(d.opt.Skip, n.Keyword.Text) {
		d.followers(n)
		return false
	}
	d.kept = d.opt.Origins
	d.decode(n, blockRoot)
	return d.kept
}

// followers notes which instances a virtual server follows that is not decoded.
func (d *decoder) followers(n *syntax.Node) {
	for _, line := range n.Block {
		if line.Keyword.Text == "follow_vrrp" && len(line.Args) > 0 {
			d.cfg.Followed = append(d.cfg.Followed, line.Args[0].Text)
		}
	}
}

// keep returns a statement that will be needed when the walk is past it.
func (d *decoder) keep(n *syntax.Node) *syntax.Node {
	d.kept = true
	return n
}
