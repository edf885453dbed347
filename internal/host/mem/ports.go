package mem

import (
	"fmt"
	"maps"
	"sync"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/realserver"
)

// Ports are UDP ports at which packets are taken out of UDP, as fou.Kernel has them. The zero value has none.
type Ports struct {
	mu   sync.Mutex
	open map[realserver.Port]bool
}

// Ports returns the ports that are open; the value is true for those of type GUE.
func (s *Ports) Ports() (map[realserver.Port]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.open), nil
}

// OpenPort opens a port for GUE.
func (s *Ports) OpenPort(p realserver.Port) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.open[p]; there {
		return fmt.Errorf("open port %d: %w", p.Number, unix.EADDRINUSE)
	}
	if s.open == nil {
		s.open = map[realserver.Port]bool{}
	}
	s.open[p] = true
	return nil
}

// ClosePort closes a port.
func (s *Ports) ClosePort(p realserver.Port) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.open[p]; !there {
		return fmt.Errorf("close port %d: %w", p.Number, unix.EINVAL)
	}
	delete(s.open, p)
	return nil
}
