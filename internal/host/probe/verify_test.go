package probe_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// authority signs certificates.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

const day = 24 * time.Hour

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-day), NotAfter: time.Now().Add(day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	a.file = a.write("ca.pem", &pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a
}

func (a *authority) write(name string, blocks ...*pem.Block) string {
	a.t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(b)...)
	}
	file := filepath.Join(a.dir, name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		a.t.Fatal(err)
	}
	return file
}

// sign makes a certificate for a name, in force from and until so far from now, and gives it with its files.
func (a *authority) sign(name string, from, until time.Duration) (pair tls.Certificate, certFile, keyFile string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(until),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	certFile = a.write(name+".pem", &pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyFile = a.write(name+".key", &pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, certFile, keyFile
}

// What a tls block asks of servers' certificates. Without it all of these servers are good.
func TestCertificates(t *testing.T) {
	a, stranger := newAuthority(t, "ours"), newAuthority(t, "another")
	fine, _, _ := a.sign("web.example", -day, 60*day)
	soon, _, _ := a.sign("soon.example", -day, 5*day)
	ended, _, _ := a.sign("ended.example", -2*day, -day)
	early, _, _ := a.sign("early.example", day, 2*day)
	ours, theirs := talk.TLSFiles{CA: a.file}, talk.TLSFiles{CA: stranger.file}
	absent := talk.TLSFiles{CA: filepath.Join(a.dir, "absent.pem")}
	own, err := probe.LoadCredentials(nil, talk.TLSFiles{}, ours, theirs, absent)
	if err == nil || !strings.Contains(err.Error(), "absent.pem") {
		t.Errorf("an absent file: %v", err)
	}
	for name, c := range map[string]struct {
		server *tls.Config
		how    talk.TLS
		why    talk.Why
		text   string // in the verdict's, or "ends"
	}{
		"in order":         {serves(fine), talk.TLS{Verify: true, ServerName: "web.example", Files: ours}, talk.Success, ""},
		"whoever it is":    {serves(fine), talk.TLS{Verify: true, Files: ours}, talk.Success, ""},
		"another name":     {serves(fine), talk.TLS{Verify: true, ServerName: "shop.example", Files: ours}, talk.TLSFailed, "valid for web.example, not shop.example"},
		"a stranger":       {serves(fine), talk.TLS{Verify: true, ServerName: "web.example", Files: theirs}, talk.TLSFailed, "unknown authority"},
		"the host's trust": {serves(fine), talk.TLS{Verify: true, ServerName: "web.example"}, talk.TLSFailed, "unknown authority"},
		"no authorities":   {serves(fine), talk.TLS{Verify: true, Files: absent}, talk.TLSFailed, "absent.pem"},
		"ended":            {serves(ended), talk.TLS{Verify: true, Files: ours}, talk.TLSFailed, `the certificate of "ended.example" has ended at 2`},
		"not yet":          {serves(early), talk.TLS{Verify: true, Files: ours}, talk.TLSFailed, `the certificate of "early.example" begins at 2`},
		"far from its end": {serves(fine), talk.TLS{Expires: 21 * day}, talk.Success, ""},
		"ends soon":        {serves(soon), talk.TLS{Expires: 21 * day}, talk.Success, "ends"},
		"ends too soon":    {serves(soon), talk.TLS{Expires: 21 * day, ExpiresBad: true}, talk.Expiring, "ends"},
		"ends late enough": {serves(soon), talk.TLS{Expires: 4 * day, ExpiresBad: true}, talk.Success, ""},
		"ended, warned":    {serves(ended), talk.TLS{Expires: 4 * day}, talk.Success, "ends"},
		"new enough":       {old(serves(fine)), talk.TLS{MinVersion: tls.VersionTLS12}, talk.Success, ""},
		"too old":          {old(serves(fine)), talk.TLS{MinVersion: tls.VersionTLS13}, talk.TLSFailed, "protocol version"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProber(t, probe.Options{Credentials: own})
			to, states := secret(t, c.server, "hello")
			if r := attempt(t, p, sslGet(to, 5*time.Second, talk.TLS{})); !r.Verdict.OK || r.Verdict.Expiry != nil {
				t.Fatalf("nothing asked: %+v", r)
			}
			<-states
			for range 2 { // the second is not resumed, or it would show the certificate of the first
				r := attempt(t, p, sslGet(to, 5*time.Second, c.how))
				v := r.Verdict
				if v.Why != c.why || v.OK != (c.why == talk.Success) {
					t.Errorf("%+v", v)
				}
				if (v.Expiry != nil) != (c.text == "ends") {
					t.Errorf("expiry: %+v", v.Expiry)
				}
				if v.Expiry == nil && !strings.Contains(v.Text, c.text) {
					t.Errorf("text: %q", v.Text)
				}
				state := <-states
				if v.OK && (c.how.Verify || c.how.Expires != 0) && strings.Contains(state, "resumed true") {
					t.Error(state)
				}
			}
		})
	}
}

func serves(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}}
}

func old(c *tls.Config) *tls.Config {
	c.MaxVersion = tls.VersionTLS12
	return c
}

// A tls block's own certificate is shown in place of the SSL block's, whose authorities it keeps.
func TestClientCertificates(t *testing.T) {
	a := newAuthority(t, "ours")
	server, _, _ := a.sign("web.example", -day, 60*day)
	_, cert1, key1 := a.sign("one.example", -day, 60*day)
	_, cert2, key2 := a.sign("two.example", -day, 60*day)
	two := talk.TLSFiles{Certificate: cert2, Key: key2}
	v := func(s string) conf.Value[string] { return conf.Value[string]{V: s} }
	own, err := probe.LoadCredentials(&conf.SSL{CA: v(a.file), Certificate: v(cert1), Key: v(key1)}, two, talk.TLSFiles{})
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		asks := serves(server)
		asks.MaxVersion = version
		shown := make(chan string, 1)
		asks.ClientAuth = tls.RequireAnyClientCert
		asks.VerifyConnection = func(s tls.ConnectionState) error {
			shown <- s.PeerCertificates[0].Subject.CommonName
			return nil
		}
		to, states := secret(t, asks, "hello")
		p := newProber(t, probe.Options{Credentials: own})
		for want, how := range map[string]talk.TLS{
			"one.example": {}, "two.example": {Verify: true, ServerName: "web.example", Files: two},
		} {
			if r := attempt(t, p, sslGet(to, 5*time.Second, how)); !r.Verdict.OK {
				t.Fatalf("%s: %+v", want, r)
			}
			if got := <-shown; got != want {
				t.Errorf("%s is shown, not %s", got, want)
			}
			<-states
		}
		// The server trusts neither: with TLS 1.3 it says so after the handshake.
		trusts := serves(server)
		trusts.MaxVersion, trusts.ClientAuth, trusts.ClientCAs = version, tls.RequireAndVerifyClientCert, x509.NewCertPool()
		to, states = secret(t, trusts, "hello")
		if r := attempt(t, p, sslGet(to, 5*time.Second, talk.TLS{Verify: true, Files: two})); r.Verdict.Why != talk.TLSFailed ||
			!strings.Contains(r.Verdict.Text, "unknown certificate authority") {
			t.Errorf("refused: %+v", r)
		}
		<-states
	}
}

// A key may stand behind other blocks; one that cannot be read is named.
func TestKeysInFiles(t *testing.T) {
	a := newAuthority(t, "ours")
	pair, cert, _ := a.sign("web.example", -day, day)
	sec1, err := x509.MarshalECPrivateKey(pair.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	parameters := &pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}}
	plain := &pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}
	locked, err := x509.EncryptPEMBlock(rand.Reader, plain.Type, sec1, []byte("sesame"), x509.PEMCipherAES128) //nolint:staticcheck // what such files have
	if err != nil {
		t.Fatal(err)
	}
	own := &pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}
	for name, c := range map[string]struct {
		blocks []*pem.Block
		bad    string
	}{
		"alone":                        {[]*pem.Block{plain}, ""},
		"behind parameters":            {[]*pem.Block{parameters, plain}, ""},
		"encrypted, behind parameters": {[]*pem.Block{parameters, locked}, ""},
		"encrypted, behind the chain":  {[]*pem.Block{own, locked}, ""},
		"encrypted PKCS 8":             {[]*pem.Block{{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{48, 0}}}, "ENCRYPTED PRIVATE KEY"},
		"none":                         {[]*pem.Block{parameters, own}, "no private key"},
	} {
		file := a.write("key of "+name, c.blocks...)
		_, err := probe.LoadCredentials(nil, talk.TLSFiles{Certificate: cert, Key: file, Password: "sesame"})
		if c.bad == "" && err != nil || c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
