package probe

import (
	"crypto/tls"

	"holdfast/internal/core/talk"
)

// sessions gives configurations of TLS that share what servers gave to resume by.
type sessions struct {
	base *tls.Config
}

// rememberedSessions bounds the sessions that are kept.
const rememberedSessions = 512

func newSessions(c *Credentials) *sessions {
	base := &tls.Config{
		InsecureSkipVerify: true, // compat: keepalived verifies no server
		MinVersion:         tls.VersionTLS10,
		// Nothing is secret here: what resists quantum computers costs time, and a hello of two packets.
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
		ClientSessionCache: tls.NewLRUClientSessionCache(rememberedSessions),
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		base.CipherSuites = append(base.CipherSuites, s.ID)
	}
	if c != nil {
		base.Certificates = c.certificates
	}
	return &sessions{base: base}
}

// config gives the configuration for a call.
func (s *sessions) config(c *talk.Call) *tls.Config {
	own := s.base.Clone()
	own.ServerName = c.TLS.ServerName
	own.ClientSessionCache = session{s.base.ClientSessionCache, c.To.String() + " " + c.TLS.ServerName}
	return own
}

// session is what is kept of one server. The library's own key is the name alone, which a pool's servers share.
type session struct {
	all tls.ClientSessionCache
	key string
}

// Get gives the state to resume by.
func (s session) Get(string) (*tls.ClientSessionState, bool) { return s.all.Get(s.key) }

// Put keeps it.
func (s session) Put(_ string, state *tls.ClientSessionState) { s.all.Put(s.key, state) }
