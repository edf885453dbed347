package talk

import (
	"strings"
	"time"

	"holdfast/conf"
)

// TLS is how a connection is encrypted, and what is asked of the server's certificate. The zero value asks nothing.
type TLS struct {
	ServerName  string // empty: not named
	CloseNotify bool   // end by close_notify (tls_compliant)

	Verify     bool          // it is in force, of an authority that Files names, and for ServerName if that is not empty
	Protocol   string        // what must be agreed on by ALPN (RFC 7301); empty: nothing
	MinVersion uint16        // as on the wire: 0x0303 is 1.2; 0: 1.0
	Expires    time.Duration // a certificate that ends within it is told of; 0: none is
	ExpiresBad bool          // … and is a failure
	Files      TLSFiles
}

// TLSFiles names what a checker has in place of what the SSL block says. Package probe reads them.
type TLSFiles struct{ CA, Certificate, Key, Password string }

// Expiry is a certificate that ends soon, or has ended.
type Expiry struct {
	Name string // whom it is for; perhaps empty
	Ends time.Time
	Left time.Duration // less than 0: it has ended
}

// Files gives what a tls block names.
func Files(t *conf.TLSCheck) TLSFiles {
	return TLSFiles{CA: t.CA.V, Certificate: t.Certificate.V, Key: t.Key.V, Password: t.Password.V}
}

// versions are the numbers of TLS on the wire.
var versions = map[string]uint16{"1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303, "1.3": 0x0304}

// secure gives how a checker encrypts: as its tls block says on top of how, which may be nil; nil without either. host is the name that
// a certificate is verified for where nobody names the server.
func (a asked) secure(how *TLS, host string) *TLS {
	b := a.c.TLS
	if b == nil {
		return how
	}
	t := TLS{}
	if how != nil {
		t = *how
	}
	switch {
	case b.SNI.Set():
		t.ServerName = b.SNI.V
	case t.ServerName == "" && b.Verify.V:
		if strings.Count(host, ":") == 1 { // else there is no port, or it is an address of IPv6
			host, _, _ = strings.Cut(host, ":")
		}
		t.ServerName = host
	}
	const day = 24 * time.Hour
	t.Verify, t.MinVersion, t.Files = b.Verify.V, versions[b.MinVersion.V], Files(b)
	t.Expires, t.ExpiresBad = time.Duration(b.Expires.V)*day, b.ExpiresFail.V
	return &t
}
