package names

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/conf/syntax"
)

// Patience is how long a name may take to be resolved: a test of a configuration must not hang where no name server answers.
const Patience = 5 * time.Second

// Others are the sources of host names that /etc/nsswitch.conf names and Resolve does not ask, such as mdns4 or nis.
func Others(src syntax.Source) (others []string) {
	data, err := src.ReadFile("/etc/nsswitch.conf")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		sources, ok := strings.CutPrefix(strings.TrimSpace(line), "hosts:")
		if !ok {
			continue
		}
		for _, w := range strings.Fields(actions.ReplaceAllString(sources, " ")) {
			if w != "files" && w != "dns" {
				others = append(others, w)
			}
		}
	}
	return others
}

// actions are what the sources' answers lead to, such as [NOTFOUND=return].
var actions = regexp.MustCompile(`\[[^\]]*\]`)

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
		n, err := conf.CNumber(p)
		last := i == len(parts)-1
		if err != nil || !last && n > 255 || last && n>>(8*(5-len(parts))) > 0 {
			return false
		}
	}
	return true
}
