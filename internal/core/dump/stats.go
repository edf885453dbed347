package dump

import (
	"fmt"
	"strings"

	"holdfast/conf"
	"holdfast/vrrp"
)

// Stats gives keepalived's statistics file, which other programs read label by label: the counters of every instance that
// is run.
func Stats(cfg *conf.Config, m *Machine) string {
	var b strings.Builder
	for _, in := range cfg.Instances {
		if s, ok := m.standing(in); ok {
			writeStats(&b, in.Name, &s.Stats)
		}
	}
	return b.String()
}

func writeStats(b *strings.Builder, name string, s *vrrp.Stats) {
	fmt.Fprintf(b, "VRRP Instance: %s\n", name)
	for _, line := range []struct {
		label string
		n     uint64
	}{
		{"  Advertisements:", none},
		{"    Received:", received(s)},
		{"    Sent:", s.Sent},
		{"  Became master:", s.BecameMaster},
		{"  Released master:", s.ReleasedMaster},
		{"  Packet Errors:", none},
		{"    Length:", s.Rejected[vrrp.BadLength]},
		{"    TTL:", s.Rejected[vrrp.BadTTL]},
		{"    Invalid Type:", s.Rejected[vrrp.BadType]},
		{"    Advertisement Interval:", s.Rejected[vrrp.BadInterval]},
		{"    Address List:", addrList(s)},
		{"  Authentication Errors:", none},
		{"    Invalid Type:", s.Rejected[vrrp.BadAuthType]},
		{"    Type Mismatch:", s.Rejected[vrrp.AuthMismatch]},
		{"    Failure:", authFailure(s)},
		{"  Priority Zero:", none},
		{"    Received:", s.ZeroReceived},
		{"    Sent:", s.ZeroSent},
	} {
		b.WriteString(line.label)
		if line.n != none {
			fmt.Fprintf(b, " %d", line.n)
		}
		b.WriteByte('\n')
	}
}

// none stands for a heading, which has no number.
const none = 1<<64 - 1

// received counts the adverts that were believed. compat: and those whose list of addresses has a wrong one in it.
func received(s *vrrp.Stats) uint64 {
	n := s.Received + s.Rejected[vrrp.BadAddrs]
	for _, rejected := range s.Rejected {
		n -= rejected
	}
	return n
}

func addrList(s *vrrp.Stats) uint64 { return s.Rejected[vrrp.BadCount] + s.Rejected[vrrp.BadAddrs] }

func authFailure(s *vrrp.Stats) uint64 {
	return s.Rejected[vrrp.BadPassword] + s.Rejected[vrrp.BadSPI] + s.Rejected[vrrp.BadICV] + s.Rejected[vrrp.Replayed]
}
