package conf

import (
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// Config is everything that a set of configuration files says.
type Config struct {
	Global    Global
	Instances []*Instance
	Groups    []*SyncGroup
	Scripts   []*Script

	VirtualServers []*VirtualServer
	ServerGroups   []*ServerGroup
	Followed       []string // what every follow_vrrp names, also of virtual servers that Options.Skip leaves out
	SSL            *SSL     // nil: no SSL block

	Static Static // the blocks outside of instances and servers

	// Kept are the statements that Static and the instances' routes and rules come from, in file order: to be shown as they were written.
	Kept []Carried
	// Carried are statements that are read and kept though nothing acts on them, in file order.
	Carried []Carried
	// Files are the files that were read, the main one first.
	Files []string
	// Origins tells the statement of each place that a Value or a block names; nil without Options.Origins.
	Origins map[diag.Span][]Origin
}

// Carried is one statement kept as it was written.
type Carried struct {
	Block Block // the block that it stands in
	Node  *syntax.Node
}
