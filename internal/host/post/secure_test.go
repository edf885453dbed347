package post_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/mail"
)

// certificate makes one for the relay that is valid until then, and the file of it.
func certificate(t *testing.T, until time.Time) (*tls.Config, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, file
}

// Mail over TLS, either way, with either mechanism to log in.
func TestSecureMail(t *testing.T) {
	good, ca := certificate(t, time.Now().Add(time.Hour))
	secret := write(t, "s3same\nnot this\n")
	for name, c := range map[string]struct {
		how  func(*relay)
		tls  string
		user string
		said string
	}{
		"starttls": {func(r *relay) { r.starttls = good }, mail.STARTTLS, "", "EHLO lb1.example.org\r\nSTARTTLS\r\nEHLO lb1.example.org\r\nMAIL FROM:<lb1@example.org>\r\n"},
		"implicit": {func(r *relay) { r.implicit = good }, mail.Implicit, "", "HELO lb1.example.org\r\nMAIL FROM:<lb1@example.org>\r\n"},
		"plain":    {func(r *relay) { r.starttls, r.auth = good, "LOGIN PLAIN" }, mail.STARTTLS, "lb1", "AUTH PLAIN AGxiMQBzM3NhbWU=\r\nMAIL"},
		"login":    {func(r *relay) { r.implicit, r.auth = good, "LOGIN" }, mail.Implicit, "lb1", "EHLO lb1.example.org\r\nAUTH LOGIN\r\nMAIL"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, c.how)
			o, j := office(t)
			s := r.settings()
			s.TLS, s.CA, s.User, s.Pass = c.tls, ca, c.user, secret
			o.Configure(&s)
			o.Send(letter("a"))
			j.await(t, "successfully sent")
			if m := r.next(); !strings.Contains(m, "[lb1] a") {
				t.Errorf("mail %q", m)
			}
			if !strings.Contains(r.said(), c.said) {
				t.Errorf("said %q, want %q in it", r.said(), c.said)
			}
		})
	}
}

// Nothing is said in the clear that was to be secret, to nobody else than whom it is for, and the log says why.
func TestInsecureMail(t *testing.T) {
	good, ca := certificate(t, time.Now().Add(time.Hour))
	expired, oldCA := certificate(t, time.Now().Add(-time.Hour))
	secret, wrong := write(t, "s3same"), write(t, "guess")
	for name, c := range map[string]struct {
		how  func(*relay, *mail.Settings)
		want string
	}{
		"not offered": {func(_ *relay, s *mail.Settings) { s.TLS, s.CA = mail.STARTTLS, ca }, "it does not offer STARTTLS"},
		"expired":     {func(r *relay, s *mail.Settings) { r.implicit, s.TLS, s.CA = expired, mail.Implicit, oldCA }, "certificate has expired"},
		"unknown CA":  {func(r *relay, s *mail.Settings) { r.starttls, s.TLS, s.CA = good, mail.STARTTLS, oldCA }, "unknown authority"},
		"no TLS":      {func(_ *relay, s *mail.Settings) { s.TLS, s.CA = mail.Implicit, ca }, "TLS: "},
		"in the clear": {
			func(r *relay, s *mail.Settings) { r.auth, s.User, s.Pass = "PLAIN", "lb1", secret },
			"the password would be sent in the clear; say smtp_tls",
		},
		"wrong password": {func(r *relay, s *mail.Settings) {
			r.implicit, r.auth, s.TLS, s.CA, s.User, s.Pass = good, "PLAIN", mail.Implicit, ca, "lb1", wrong
		}, "it answers AUTH with 535 who?"},
		"no password": {func(r *relay, s *mail.Settings) {
			r.implicit, r.auth, s.TLS, s.CA, s.User, s.Pass = good, "PLAIN", mail.Implicit, ca, "lb1", "/nonexistent"
		}, "smtp_auth: open /nonexistent: no such file"},
		"empty password": {func(r *relay, s *mail.Settings) {
			r.implicit, r.auth, s.TLS, s.CA, s.User, s.Pass = good, "PLAIN", mail.Implicit, ca, "lb1", write(t, "\nsecond")
		}, "has no password in its first line"},
		"not a file": {func(r *relay, s *mail.Settings) {
			r.implicit, r.auth, s.TLS, s.CA, s.User, s.Pass = good, "PLAIN", mail.Implicit, ca, "lb1", "/dev/zero"
		}, "smtp_auth: /dev/zero is not a file"},
		"no mechanism": {func(r *relay, s *mail.Settings) {
			r.implicit, r.auth, s.TLS, s.CA, s.User, s.Pass = good, "GSSAPI", mail.Implicit, ca, "lb1", secret
		}, "it offers neither AUTH PLAIN nor LOGIN (GSSAPI)"},
		"no CA":  {func(_ *relay, s *mail.Settings) { s.TLS, s.CA = mail.STARTTLS, "/nonexistent" }, "smtp_ca: open /nonexistent"},
		"bad CA": {func(_ *relay, s *mail.Settings) { s.TLS, s.CA = mail.STARTTLS, secret }, "has no certificate in PEM form"},
	} {
		t.Run(name, func(t *testing.T) {
			var s mail.Settings
			r := newRelay(t, func(r *relay) { c.how(r, &s) })
			o, j := office(t)
			full := r.settings()
			full.TLS, full.CA, full.User, full.Pass, full.Timeout = s.TLS, s.CA, s.User, s.Pass, time.Second
			o.Configure(&full)
			o.Send(letter("a"))
			j.await(t, "takes no alerts: ")
			if !strings.Contains(j.String(), c.want) {
				t.Errorf("log without %q:\n%s", c.want, j)
			}
			if strings.Contains(r.said(), "MAIL") || strings.Contains(j.String(), "s3same") {
				t.Errorf("said %q, logged %q", r.said(), j)
			}
		})
	}
}
