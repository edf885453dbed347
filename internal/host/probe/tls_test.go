package probe_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// certificate makes one that nobody would trust, and gives it with its files.
func certificate(t testing.TB, until time.Time) (pair tls.Certificate, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nobody"}, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	locked, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", secret, []byte("sesame"), x509.PEMCipherAES128) //nolint:staticcheck // what such files have
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(certFile, certPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(locked), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, certFile, keyFile
}

// eavesdropper keeps what comes in.
type eavesdropper struct {
	net.Conn
	mu    sync.Mutex
	heard bytes.Buffer
}

func (e *eavesdropper) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard.Write(b[:n])
	return n, err
}

// secret serves HTTP inside TLS, one answer a connection, and reports each connection's state when the client is gone.
func secret(t testing.TB, config *tls.Config, body string) (netip.AddrPort, <-chan string) {
	t.Helper()
	states := make(chan string, 10)
	to := serve(t, func(raw net.Conn) {
		e := &eavesdropper{Conn: raw}
		c := tls.Server(e, config)
		if err := c.Handshake(); err != nil {
			states <- "no handshake"
			return
		}
		s := c.ConnectionState()
		_, _ = c.Read(make([]byte, 4096))
		_, _ = fmt.Fprintf(c, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, e)
		e.mu.Lock()
		defer e.mu.Unlock()
		all := e.heard.Bytes()
		notified := lastRecord(all) == 21
		states <- fmt.Sprintf("name %q resumed %v certificates %d notified %v", s.ServerName, s.DidResume, len(s.PeerCertificates), notified)
	})
	return to, states
}

// lastRecord gives the type of the last record of TLS.
func lastRecord(b []byte) (kind byte) {
	for len(b) >= 5 {
		kind = b[0]
		n := 5 + int(b[3])<<8 + int(b[4])
		b = b[min(n, len(b)):]
	}
	return kind
}

func get(to netip.AddrPort, timeout time.Duration, u conf.URL) *talk.Call {
	return &talk.Call{To: to, Timeout: timeout, Talk: talk.NewHTTP(&u, "1.0", "", to)}
}

func sslGet(to netip.AddrPort, timeout time.Duration, how talk.TLS) *talk.Call {
	c := get(to, timeout, conf.URL{})
	c.TLS = &how
	return c
}

func TestTLS(t *testing.T) {
	pair, cert, key := certificate(t, time.Now().Add(time.Hour))
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		for _, how := range []talk.TLS{{}, {ServerName: "web.example", CloseNotify: true}} {
			t.Run(fmt.Sprintf("%s name %q", tls.VersionName(version), how.ServerName), func(t *testing.T) {
				p := newProber(t, probe.Options{})
				config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: version, MaxVersion: version}
				to, states := secret(t, config, "hello")
				for i, resumed := range []bool{false, true} {
					r := attempt(t, p, sslGet(to, 5*time.Second, how))
					if !r.Verdict.OK || r.Verdict.Code != 200 || r.Verdict.Received != 5 {
						t.Fatalf("%+v", r)
					}
					want := fmt.Sprintf("name %q resumed %v certificates 0 notified %v", how.ServerName, resumed, how.CloseNotify)
					if version == tls.VersionTLS13 { // its alerts look like data
						want = fmt.Sprintf("name %q resumed %v certificates 0 notified false", how.ServerName, resumed)
					}
					if got := <-states; got != want {
						t.Errorf("%d: %s, want %s", i, got, want)
					}
				}
			})
		}
	}
	t.Run("client certificate", func(t *testing.T) {
		block := &conf.SSL{Certificate: conf.Value[string]{V: cert}, Key: conf.Value[string]{V: key}, CA: conf.Value[string]{V: cert}, Password: conf.Value[string]{V: "sesame"}}
		own, err := probe.LoadCredentials(block)
		if err != nil {
			t.Fatal(err)
		}
		to, states := secret(t, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert}, "hello")
		if r := attempt(t, newProber(t, probe.Options{Credentials: own}), sslGet(to, 5*time.Second, talk.TLS{})); !r.Verdict.OK {
			t.Errorf("with one: %+v", r)
		}
		if got := <-states; got != `name "" resumed false certificates 1 notified false` {
			t.Error(got)
		}
		if r := attempt(t, newProber(t, probe.Options{}), sslGet(to, 5*time.Second, talk.TLS{})); r.Verdict.OK {
			t.Errorf("without one: %+v", r)
		}
	})
}

func TestLoadCredentials(t *testing.T) {
	_, cert, key := certificate(t, time.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		cert, key, password string
		fine                bool
	}{
		"nothing":        {"", "", "", true},
		"both":           {cert, key, "sesame", true},
		"other password": {cert, key, "open", false},
		"no key":         {cert, "", "", false},
		"no certificate": {"", key, "sesame", false},
		"no such file":   {cert + "x", key, "sesame", false},
		"not a key":      {cert, cert, "", false},
		"certificate?":   {key, key, "sesame", false},
	} {
		_, err := probe.LoadCredentials(&conf.SSL{Certificate: conf.Value[string]{V: c.cert}, Key: conf.Value[string]{V: c.key}, Password: conf.Value[string]{V: c.password}})
		if (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := probe.LoadCredentials(nil); c != nil || err != nil {
		t.Errorf("no block: %v, %v", c, err)
	}
}
