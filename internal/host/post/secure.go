package post

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/smtp"
	"os"
	"strings"
	"syscall"

	"holdfast/internal/core/mail"
)

// secure is how TLS is spoken. The file is read for each connection, so that it can be renewed.
func secure(s *mail.Settings) (*tls.Config, error) {
	c := &tls.Config{ServerName: s.Server, MinVersion: tls.VersionTLS12}
	if s.CA == "" {
		return c, nil
	}
	pem, err := read(s.CA, caMax)
	if err != nil {
		return nil, fmt.Errorf("smtp_ca: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("smtp_ca: %s has no certificate in PEM form", s.CA)
	}
	return c, nil
}

// How much of a file is read, in bytes.
const (
	caMax     = 1 << 20
	secretMax = 4 << 10
)

// read reads the beginning of a file. What could keep the reader waiting is not opened.
func read(path string, most int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	return io.ReadAll(io.LimitReader(f, most))
}

// password reads the first line of a file.
func password(file string) (string, error) {
	b, err := read(file, secretMax)
	if err != nil {
		return "", fmt.Errorf("smtp_auth: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("smtp_auth: %s has no password in its first line", file)
	}
	return line, nil
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
