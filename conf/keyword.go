package conf

import (
	"slices"

	"holdfast/conf/syntax"
)

// Block names a kind of block; keywords belong to one or more of them.
type Block string

// The blocks, named by their path from the outside.
const (
	blockRoot         Block = ""
	blockGlobal       Block = "global_defs"
	blockEmail        Block = "global_defs/notification_email"
	blockSysctl       Block = "global_defs/ipvs_sysctl"
	blockLinkbeat     Block = "linkbeat_interfaces"
	blockUpDown       Block = "interface_up_down_delays"
	blockGARPGroup    Block = "garp_group"
	blockNames        Block = "names"
	blockStaticAddr   Block = "static_ipaddress"
	blockStaticRoute  Block = "static_routes"
	blockStaticRule   Block = "static_rules"
	blockTrackGroup   Block = "track_group"
	blockTrackFile    Block = "track_file"
	blockTrackProcess Block = "vrrp_track_process"
	blockScript       Block = "vrrp_script"
	blockGroup        Block = "vrrp_sync_group"
	blockMembers      Block = "vrrp_sync_group/group"
	blockInstance     Block = "vrrp_instance"
	blockAuth         Block = "vrrp_instance/authentication"
	blockHMAC         Block = "vrrp_instance/auth_hmac"
	blockPeers        Block = "vrrp_instance/unicast_peer"
	blockVIP          Block = "vrrp_instance/virtual_ipaddress"
	blockTrackIf      Block = "track_interface"
	blockTrackRef     Block = "track_script"
	blockTrackService Block = "track_virtual_server"
	blockBFD          Block = "bfd_instance"
	blockSSL          Block = "SSL"
	blockServerGroup  Block = "virtual_server_group"
	blockVirtual      Block = "virtual_server"
	blockReal         Block = "virtual_server/real_server"
	blockHTTP         Block = "HTTP_GET/SSL_GET"
	blockURL          Block = "HTTP_GET/url"
	blockTCP          Block = "TCP_CHECK"
	blockSMTP         Block = "SMTP_CHECK"
	blockHost         Block = "SMTP_CHECK/host"
	blockDNS          Block = "DNS_CHECK"
	blockMisc         Block = "MISC_CHECK"
	blockBFDCheck     Block = "BFD_CHECK"
	blockUDP          Block = "UDP_CHECK"
	blockPing         Block = "PING_CHECK"
	blockFile         Block = "FILE_CHECK"
	blockTLS          Block = "tls"
	blockGRPC         Block = "GRPC_CHECK"
)

// connectCheck are the blocks of checkers that connect to somebody; timedCheck those that have the other options common to
// checkers, too. tlsCheck are those that can speak TLS, sharedCheck those whose attempts others may share.
var (
	connectCheck = []Block{blockHTTP, blockTCP, blockSMTP, blockHost, blockDNS, blockUDP, blockPing, blockGRPC}
	timedCheck   = append(slices.Clone(connectCheck), blockMisc)
	alphaCheck   = append(slices.Clone(timedCheck), blockBFDCheck)
	tlsCheck     = []Block{blockHTTP, blockTCP, blockSMTP, blockGRPC}
	sharedCheck  = []Block{blockHTTP, blockTCP, blockSMTP, blockDNS, blockMisc, blockUDP, blockPing, blockGRPC}
)

// entryBlocks hold one entry per line (or several), not keywords.
var entryBlocks = []Block{
	blockEmail, blockSysctl, blockLinkbeat, blockUpDown, blockNames, blockStaticAddr, blockStaticRoute, blockStaticRule,
	blockMembers, blockPeers, blockVIP, blockTrackIf, blockTrackRef, blockTrackService, blockServerGroup,
}

// Own is the Since of keywords that keepalived does not have.
const Own = "Holdfast"

// Status says what a keyword does today.
type Status uint8

const (
	// Acts: the keyword does what it says.
	Acts Status = iota + 1
	// NotYet: the keyword is read and kept, and nothing acts on it.
	NotYet
	// Obsolete: keepalived deprecates the keyword; there is a newer spelling.
	Obsolete
)

// String gives the status as docs/keywords.md has it.
func (s Status) String() string {
	switch s {
	case Acts:
		return "acts"
	case NotYet:
		return "not yet"
	case Obsolete:
		return "obsolete"
	}
	return "unknown"
}

// Keyword is one row of the language's table.
type Keyword struct {
	Name    string
	Where   []Block
	Args    string // argument grammar: UPPER is a value, [x] optional, a|b a choice
	Opens   Block  // the block behind the keyword; blockRoot: none
	Default string
	Since   string // the keepalived release that first took it; 2.2.7 or earlier is "2.2.7"; Own: none does
	Status  Status
	Doc     string

	id    int   // of the row in one block
	block Block // that block

	min int // arguments needed
	max int // arguments used; -1: any number
	set setter

	once bool // a block has one of it; a second one is told of
}

// setter decodes one statement into the configuration being built.
type setter func(*decoder, *syntax.Node)

// Keywords returns the whole table. docs/keywords.md has it by blocks, with examples: see conf/manual.
func Keywords() []Keyword {
	return slices.Concat(rootKeywords, globalKeywords, vrrpKeywords, instanceKeywords, serverKeywords, checkKeywords)
}

// wired is how a keyword is decoded; the table says what it is.
type wired struct {
	min, max int
	set      setter
}

// grammar is the table arranged for looking up.
type grammar struct {
	byBlock map[Block]map[string]*Keyword
	entries map[Block]bool
	rows    int      // how many Keyword.id there are
	every   []string // all keywords, in the order of the table
}

// newGrammar joins the table with the decoders.
func newGrammar() *grammar {
	g := &grammar{byBlock: map[Block]map[string]*Keyword{}, entries: map[Block]bool{}}
	for _, b := range entryBlocks {
		g.entries[b] = true
	}
	rows := Keywords()
	for i := range rows {
		k := &rows[i]
		k.min, k.max = arity(k.Args)
		if !slices.Contains(g.every, k.Name) {
			g.every = append(g.every, k.Name)
		}
		for _, b := range k.Where {
			if g.byBlock[b] == nil {
				g.byBlock[b] = map[string]*Keyword{}
			}
			row := *k
			row.id, row.block = g.rows, b
			g.rows++
			if w, ok := setters(b)[k.Name]; ok {
				row.min, row.max, row.set = w.min, w.max, w.set
			}
			row.once = row.Opens == blockRoot && row.max >= 0 && row.max <= 2 && !repeated[row.Name] && !repeated[string(row.Where[0])+"/"+row.Name]
			g.byBlock[b][k.Name] = &row
		}
	}
	return g
}

// arity guesses from the argument grammar how many words a keyword without a decoder needs.
func arity(args string) (lo, hi int) {
	switch {
	case args == "(none)":
		return 0, 0
	case args == "", args[0] == '[', args[0] == '{':
		return 0, -1
	}
	return 1, -1
}

// lookup returns a keyword of a block, or nil.
func (g *grammar) lookup(b Block, name string) *Keyword { return g.byBlock[b][name] }

// shape is the syntax.Grammar of the language.
func (g *grammar) shape(block, keyword string) (syntax.Shape, string) {
	b := Block(block)
	if g.entries[b] {
		return syntax.Leaf, ""
	}
	k := g.lookup(b, keyword)
	switch {
	case k == nil:
		return syntax.Unknown, ""
	case k.Opens != blockRoot:
		return syntax.Block, string(k.Opens)
	}
	return syntax.Leaf, ""
}

// names returns the keywords of a block, sorted: what a misspelt word is compared with.
func (g *grammar) names(b Block) []string {
	out := make([]string, 0, len(g.byBlock[b]))
	for n := range g.byBlock[b] {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// elsewhere names the blocks that know keyword name, for "belongs in …", in the order of the table.
func (g *grammar) elsewhere(name string) []string {
	var in []*Keyword
	for _, m := range g.byBlock {
		if k, ok := m[name]; ok {
			in = append(in, k)
		}
	}
	slices.SortFunc(in, func(a, b *Keyword) int { return a.id - b.id })
	var out []string
	for _, k := range in {
		out = append(out, blockName(k.block))
	}
	return out
}
