package probe

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"holdfast/conf"
)

// Credentials are what SSL_GET shows of itself to servers, from the SSL block.
type Credentials struct {
	certificates []tls.Certificate
}

// LoadCredentials reads the files that the SSL block names: the certificate with its chain, and the key, which may be
// encrypted by the password (PEM, RFC 1423). A block without a certificate gives nil. The CA file is read to see that it
// can be, and is not used: no server is verified.
func LoadCredentials(ssl *conf.SSL) (*Credentials, error) {
	if ssl == nil {
		return nil, nil
	}
	if file := ssl.CA.V; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("probe: ca: %w", err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("probe: ca: %s: no certificate in it", file)
		}
	}
	if ssl.Certificate.V == "" && ssl.Key.V == "" {
		return nil, nil
	}
	if ssl.Certificate.V == "" || ssl.Key.V == "" {
		return nil, errors.New("probe: a certificate needs its key and a key its certificate")
	}
	chain, err := os.ReadFile(ssl.Certificate.V)
	if err != nil {
		return nil, fmt.Errorf("probe: certificate: %w", err)
	}
	key, err := os.ReadFile(ssl.Key.V)
	if err != nil {
		return nil, fmt.Errorf("probe: key: %w", err)
	}
	if key, err = decrypt(key, ssl.Password.V); err != nil {
		return nil, fmt.Errorf("probe: key: %s: %w", ssl.Key.V, err)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("probe: certificate: %s: %w", ssl.Certificate.V, err)
	}
	return &Credentials{certificates: []tls.Certificate{pair}}, nil
}

// decrypt gives the key in the clear.
func decrypt(key []byte, password string) ([]byte, error) {
	block, _ := pem.Decode(key)
	if block == nil || !x509.IsEncryptedPEMBlock(block) { //nolint:staticcheck // old, and what such files have
		return key, nil
	}
	der, err := x509.DecryptPEMBlock(block, []byte(password)) //nolint:staticcheck // as above
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}), nil
}
