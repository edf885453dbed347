package probe

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"holdfast/conf"
	"holdfast/internal/core/talk"
)

// Credentials are what checks show of themselves to servers, and whom they trust: from the SSL block, and from tls blocks by the files
// that they name.
type Credentials struct {
	block identity
	own   map[talk.TLSFiles]identity
}

// identity is what one block says.
type identity struct {
	certificates []tls.Certificate
	roots        *x509.CertPool // nil: what the host trusts
	err          error          // why it cannot be used
}

// LoadCredentials reads the files that the SSL block names, if there is one, and those of tls blocks: the authorities, the certificate with
// its chain, and the key, which may be encrypted by the password (PEM, RFC 1423). Without anything to use it gives nil. A tls block
// has from the SSL block what it does not say.
//
// What cannot be read is the error. The rest can be used: compat: without what the SSL block says its checks show nothing and go on;
// those with a tls block that lacks its files fail.
func LoadCredentials(ssl *conf.SSL, own ...talk.TLSFiles) (*Credentials, error) {
	if ssl == nil && len(own) == 0 {
		return nil, nil
	}
	c := &Credentials{own: make(map[talk.TLSFiles]identity, len(own))}
	var errs []error
	if ssl != nil {
		c.block = read(talk.TLSFiles{CA: ssl.CA.V, Certificate: ssl.Certificate.V, Key: ssl.Key.V, Password: ssl.Password.V})
		errs = append(errs, c.block.err)
	}
	for _, f := range own {
		if _, had := c.own[f]; !had {
			id := read(f)
			errs = append(errs, id.err)
			c.own[f] = id.or(&c.block, f)
		}
	}
	if len(own) == 0 && c.block.certificates == nil {
		c = nil // whom nobody verifies by is not needed
	}
	return c, errors.Join(errs...)
}

// or fills in from another block what f does not name.
func (id identity) or(other *identity, f talk.TLSFiles) identity {
	if f.CA == "" {
		id.roots = other.roots
	}
	if f.Certificate == "" {
		id.certificates = other.certificates
	}
	if id.err == nil && (f.CA == "" || f.Certificate == "") {
		id.err = other.err
	}
	return id
}

func read(f talk.TLSFiles) (id identity) {
	if f.CA != "" {
		if id.roots, id.err = readAuthorities(f.CA); id.err != nil {
			return id
		}
	}
	if f.Certificate != "" || f.Key != "" {
		var pair tls.Certificate
		if pair, id.err = readPair(f); id.err == nil {
			id.certificates = []tls.Certificate{pair}
		}
	}
	return id
}

func readAuthorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("probe: ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("probe: ca: %s: no certificate in it", file)
	}
	return pool, nil
}

func readPair(f talk.TLSFiles) (none tls.Certificate, _ error) {
	if f.Certificate == "" || f.Key == "" {
		return none, errors.New("probe: a certificate needs its key and a key its certificate")
	}
	chain, err := os.ReadFile(f.Certificate)
	if err != nil {
		return none, fmt.Errorf("probe: certificate: %w", err)
	}
	key, err := os.ReadFile(f.Key)
	if err != nil {
		return none, fmt.Errorf("probe: key: %w", err)
	}
	if key, err = decrypt(key, f.Password); err != nil {
		return none, fmt.Errorf("probe: key: %s: %w", f.Key, err)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return none, fmt.Errorf("probe: certificate: %s: %w", f.Certificate, err)
	}
	return pair, nil
}

var errPKCS8 = errors.New("an encrypted PKCS #8 key (ENCRYPTED PRIVATE KEY) cannot be read: write it with openssl rsa -traditional -aes256 or without a password")

// decrypt gives the key in the clear. What else is in the file, such as its parameters or certificates, is passed over.
func decrypt(text []byte, password string) ([]byte, error) {
	for rest := text; ; {
		var block *pem.Block
		switch block, rest = pem.Decode(rest); {
		case block == nil:
			return nil, errors.New("no private key in it")
		case block.Type == "ENCRYPTED PRIVATE KEY":
			return nil, errPKCS8
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
			continue
		case !x509.IsEncryptedPEMBlock(block): //nolint:staticcheck // old, and what such files have
			return pem.EncodeToMemory(block), nil
		}
		der, err := x509.DecryptPEMBlock(block, []byte(password)) //nolint:staticcheck // as above
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}), nil
	}
}
