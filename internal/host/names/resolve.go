package names

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Patience is how long a name may take to be resolved: a test of a configuration must not hang where no name server answers.
const Patience = 5 * time.Second

// Resolve returns why a host name leads to no address; nil if it does, or is one. It asks /etc/hosts and the name servers, and gives up
// after patience.
func Resolve(name string, patience time.Duration) error {
	return resolve(&net.Resolver{PreferGo: true}, name, patience)
}

func resolve(r *net.Resolver, name string, patience time.Duration) error {
	switch {
	case numeric(name):
		return nil
	case strings.Contains(name, "%"): // compat: not even that of a link-local address
		return errors.New("a zone is not allowed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := r.LookupHost(ctx, name)
	if err == nil {
		return nil
	}
	// The connection's own deadline may come before the context's.
	var wait net.Error
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.As(err, &wait) && wait.Timeout() {
		return fmt.Errorf("no answer within %v", patience)
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return errors.New(dns.Err) // without the name, which is said already, and the address of the server
	}
	return err
}

// numeric reports whether s is an address as getaddrinfo(3) reads it: 1.2.3 stands for 1.2.0.3.
func numeric(s string) bool {
	if net.ParseIP(s) != nil {
		return true
	}
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return false
	}
	for i, p := range parts {
		n, err := cNumber(p)
		last := i == len(parts)-1
		if err != nil || strings.HasPrefix(p, "+") || !last && n > 255 || last && n>>(8*(5-len(parts))) > 0 {
			return false
		}
	}
	return true
}
