package mem

import (
	"fmt"
	"io/fs"
	"sync"
)

// Settings are the kernel's settings that are numbers, as sysctl.Tree has them.
type Settings struct {
	mu     sync.Mutex
	values map[string]int
	fault  func(path string, value int) error
}

// NewSettings returns settings with these values; there are no others.
func NewSettings(values map[string]int) *Settings {
	s := &Settings{values: make(map[string]int, len(values))}
	for path, v := range values {
		s.values[path] = v
	}
	return s
}

// SetFault makes Write fail with what fault returns, if that is not nil; nil takes it away.
func (s *Settings) SetFault(fault func(path string, value int) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Read returns the settings at these paths. One that does not exist is left out.
func (s *Settings) Read(paths []string) (map[string]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]int, len(paths))
	for _, p := range paths {
		if v, ok := s.values[p]; ok {
			out[p] = v
		}
	}
	return out, nil
}

// Write changes a setting; the error says so if it does not exist.
func (s *Settings) Write(path string, value int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.values[path]; !ok {
		return fmt.Errorf("sysctl: open %s: %w", path, fs.ErrNotExist)
	}
	if s.fault != nil {
		if err := s.fault(path, value); err != nil {
			return err
		}
	}
	s.values[path] = value
	return nil
}
