package post

import (
	"context"
	"net"
	"os"
	"os/user"
	"strings"
	"time"
)

// selfPatience is how long a name server may take to say our name.
const selfPatience = 5 * time.Second

// whoami returns the user that we are and the machine's name: the canonical one, if it is to be had.
func whoami(ctx context.Context) (login, host string) {
	login = "root"
	if u, err := user.Current(); err == nil && u.Username != "" {
		login = u.Username
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		return login, ""
	}
	ctx, cancel := context.WithTimeout(ctx, selfPatience)
	defer cancel()
	if full, err := net.DefaultResolver.LookupCNAME(ctx, host); err == nil && full != "" {
		host = strings.TrimSuffix(full, ".")
	}
	return login, host
}
