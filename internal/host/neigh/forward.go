package neigh

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// forwarding remembers on which links the host is an IPv6 router.
type forwarding struct {
	mu    sync.Mutex
	links map[string]routing
}

type routing struct {
	router bool
	read   time.Time
}

// reread is how long a link's forwarding setting is believed.
//
// compat: keepalived reads it again after 5 s.
const reread = 5 * time.Second

func (f *forwarding) on(link string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if r, ok := f.links[link]; ok && now.Sub(r.read) < reread {
		return r.router
	}
	if f.links == nil {
		f.links = make(map[string]routing)
	}
	// Absent if IPv6 is switched off: no router then.
	b, err := os.ReadFile(filepath.Join("/proc/sys/net/ipv6/conf", filepath.Base(link), "forwarding"))
	r := routing{router: err == nil && !bytes.Equal(bytes.TrimSpace(b), []byte("0")), read: now}
	f.links[link] = r
	return r.router
}
