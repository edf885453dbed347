package conf_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"holdfast/conf/syntax"
)

// dirSource reads files relative to a directory, under the names given to it.
type dirSource struct{ dir string }

func (s dirSource) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.dir, p)
}

func (s dirSource) ReadFile(p string) ([]byte, error) {
	full := s.path(p)
	if st, err := os.Stat(full); err == nil && st.IsDir() {
		return nil, fmt.Errorf("%s: %w", p, syntax.ErrIsDirectory)
	}
	return os.ReadFile(full)
}

func (s dirSource) Glob(p string) ([]string, error) {
	found, err := filepath.Glob(s.path(p))
	if !filepath.IsAbs(p) {
		for i := range found {
			found[i] = strings.TrimPrefix(found[i], filepath.Clean(s.dir)+"/")
		}
	}
	return found, err
}

func (dirSource) Getenv(string) string { return "" }

func (dirSource) Seed() uint64 { return 1 }

func (s dirSource) Dir() string { return s.dir }

// mapSource is a file system in memory.
type mapSource map[string]string

func (m mapSource) ReadFile(p string) ([]byte, error) {
	if s, ok := m[p]; ok {
		return []byte(s), nil
	}
	return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrNotExist}
}

func (m mapSource) Glob(p string) ([]string, error) {
	var out []string
	for name := range m {
		ok, err := filepath.Match(p, name)
		if err != nil {
			return nil, errors.New("bad pattern")
		}
		if ok {
			out = append(out, name)
		}
	}
	return out, nil
}

func (m mapSource) Getenv(name string) string { return m["$"+name] }
