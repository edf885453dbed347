package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"holdfast/internal/core/talk"
)

// sessions gives configurations of TLS that share what servers gave to resume by.
type sessions struct {
	base *tls.Config
	all  *Credentials // nil: none
}

// rememberedSessions bounds the sessions that are kept.
const rememberedSessions = 512

func newSessions(c *Credentials) *sessions {
	base := &tls.Config{
		// compat: keepalived verifies no server. What a tls block asks is asked by VerifyConnection, where there may be no name.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		// Nothing is secret here: what resists quantum computers costs time, and a hello of two packets.
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
		ClientSessionCache: tls.NewLRUClientSessionCache(rememberedSessions),
	}
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		base.CipherSuites = append(base.CipherSuites, s.ID)
	}
	if c != nil {
		base.Certificates = c.block.certificates
	}
	return &sessions{base: base, all: c}
}

// config gives the configuration for a call.
func (s *sessions) config(c *talk.Call) (*tls.Config, error) {
	t := c.TLS
	own := s.base.Clone()
	own.ServerName = t.ServerName
	own.ClientSessionCache = session{s.base.ClientSessionCache, fmt.Sprintf("%s %s %s", c.To, t.ServerName, t.Files.Certificate)}
	var roots *x509.CertPool
	if s.all != nil {
		if id, is := s.all.own[t.Files]; is {
			if id.err != nil && (t.Verify || t.Files != talk.TLSFiles{}) {
				return nil, id.err
			}
			own.Certificates, roots = id.certificates, id.roots
		}
	}
	if t.Protocol != "" {
		own.NextProtos = []string{t.Protocol}
	}
	if t.MinVersion != 0 {
		own.MinVersion = t.MinVersion
	}
	if t.Verify || t.Expires != 0 {
		own.ClientSessionCache = nil // a session that is resumed shows the certificate of when it began
	}
	if t.Verify {
		own.VerifyConnection = func(state tls.ConnectionState) error { return verify(&state, roots, t.ServerName, time.Now()) }
	}
	return own, nil
}

// verify judges the server's certificate. name may be empty.
func verify(state *tls.ConnectionState, roots *x509.CertPool, name string, now time.Time) error {
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	leaf := state.PeerCertificates[0]
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, Intermediates: between, CurrentTime: now})
	// The library's words for this have the time of day, and so differ each time.
	if bad, is := errors.AsType[x509.CertificateInvalidError](err); is && bad.Reason == x509.Expired {
		if now.Before(bad.Cert.NotBefore) {
			return fmt.Errorf("the certificate of %q begins at %s", nameOf(bad.Cert), bad.Cert.NotBefore.UTC().Format(time.DateTime))
		}
		return fmt.Errorf("the certificate of %q has ended at %s", nameOf(bad.Cert), bad.Cert.NotAfter.UTC().Format(time.DateTime))
	}
	return err
}

// expiry tells of a certificate that ends too soon for a call; nil: it does not.
func expiry(t *talk.TLS, state *tls.ConnectionState, now time.Time) *talk.Expiry {
	leaf := state.PeerCertificates[0]
	left := leaf.NotAfter.Sub(now)
	if t.Expires == 0 || left >= t.Expires {
		return nil
	}
	return &talk.Expiry{Name: nameOf(leaf), Ends: leaf.NotAfter.UTC(), Left: left}
}

// nameOf is the name that a certificate is known by.
func nameOf(c *x509.Certificate) string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.CommonName
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
