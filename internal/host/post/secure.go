package post

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/smtp"
	"os"
	"strings"

	"holdfast/internal/core/mail"
)

// secure is how TLS is spoken. The file is read for each connection, so that it can be renewed.
func secure(s *mail.Settings) (*tls.Config, error) {
	c := &tls.Config{ServerName: s.Server, MinVersion: tls.VersionTLS12}
	if s.CA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, fmt.Errorf("smtp_ca: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("smtp_ca: %s has no certificate in PEM form", s.CA)
	}
	return c, nil
}

// secretMax is the longest password that is read, in bytes.
const secretMax = 4 << 10

// password reads the first line of a file.
func password(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("smtp_auth: %w", err)
	}
	defer f.Close()
	b := make([]byte, secretMax)
	n, err := f.Read(b)
	if n == 0 && err != nil {
		return "", fmt.Errorf("smtp_auth: %s: %w", file, err)
	}
	line, _, _ := strings.Cut(string(b[:n]), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// login proves who we are by whichever of PLAIN (RFC 4616) and LOGIN the server offers, the former first.
type login struct{ user, secret string }

func (l login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS {
		return "", nil, errors.New("the password would be sent in the clear; say smtp_tls")
	}
	var plain, word bool
	for _, m := range server.Auth {
		plain = plain || strings.EqualFold(m, "PLAIN")
		word = word || strings.EqualFold(m, "LOGIN")
	}
	switch {
	case plain:
		return "PLAIN", []byte("\x00" + l.user + "\x00" + l.secret), nil
	case word:
		return "LOGIN", nil, nil
	}
	return "", nil, fmt.Errorf("it offers neither AUTH PLAIN nor LOGIN (%s)", strings.Join(server.Auth, " "))
}

func (l login) Next(from []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	switch strings.ToLower(strings.TrimRight(string(from), ": ")) {
	case "username", "user name":
		return []byte(l.user), nil
	case "password":
		return []byte(l.secret), nil
	}
	return nil, errors.New("it asks for neither a user name nor a password")
}
