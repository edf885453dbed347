package conf

// Config is everything that a set of configuration files says.
type Config struct {
	Global    Global
	Instances []*Instance
	Groups    []*SyncGroup
	Scripts   []*Script

	VirtualServers []*VirtualServer
}
