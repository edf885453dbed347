package checkd

import (
	"log/slog"
	"strings"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// credentials loads what checks show of themselves and whom they trust. compat: without what the SSL block says its checks go on and show
// nothing; one with a tls block that lacks its files fails.
func credentials(cfg *conf.Config, log *slog.Logger) *probe.Credentials {
	c, err := probe.LoadCredentials(cfg.SSL, tlsFiles(cfg)...)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			log.Warn(strings.TrimSuffix(line, "\n"))
		}
	}
	return c
}

// tlsFiles lists what the tls blocks of a configuration name.
func tlsFiles(cfg *conf.Config) (all []talk.TLSFiles) {
	for _, vs := range cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				if c.TLS != nil {
					all = append(all, talk.Files(c.TLS))
				}
			}
		}
	}
	return all
}
