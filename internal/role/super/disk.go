package super

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/sys/unix"

	"holdfast/conf/syntax"
)

// maxFile bounds one configuration file, in bytes: beyond it something else was named by mistake.
const maxFile = 64 << 20

// Disk is the syntax.Source of a running system. Relative paths hold from Base, because a daemon
// changes to "/" after it started.
type Disk struct{ Base string }

func (d Disk) abs(path string) string {
	if filepath.IsAbs(path) || d.Base == "" {
		return path
	}
	return filepath.Join(d.Base, path)
}

// ReadFile implements syntax.Source. A directory is syntax.ErrIsDirectory; anything else that is not a
// plain file is syntax.ErrNotPlain, and is not waited for.
func (d Disk) ReadFile(path string) ([]byte, error) {
	f, err := os.OpenFile(d.abs(path), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("configuration: %w", err)
	case st.IsDir():
		return nil, fmt.Errorf("configuration: %s: %w", path, syntax.ErrIsDirectory)
	case !st.Mode().IsRegular(), st.Mode()&0o111 != 0:
		// compat: an executable file is refused too.
		return nil, fmt.Errorf("configuration: %s: %w", path, syntax.ErrNotPlain)
	case st.Size() > maxFile:
		return nil, fmt.Errorf("configuration: %s: %d bytes are too many", path, st.Size())
	}
	data := bytes.NewBuffer(make([]byte, 0, st.Size()+bytes.MinRead)) // read without moving it
	if _, err := data.ReadFrom(io.LimitReader(f, maxFile)); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return data.Bytes(), nil
}

// Glob implements syntax.Source as glob(3) does: sorted; names that begin with a dot match only a dot that is written;
// "**" is "*".
func (d Disk) Glob(pattern string) ([]string, error) {
	found, err := doublestar.FilepathGlob(d.abs(plain(pattern)))
	if err != nil {
		return nil, fmt.Errorf("configuration: glob %s: %w", pattern, err)
	}
	for i := range found {
		if d.Base != "" && !filepath.IsAbs(pattern) {
			if rel, err := filepath.Rel(d.Base, found[i]); err == nil {
				found[i] = rel
			}
		}
	}
	found = slices.DeleteFunc(found, func(name string) bool { return matchesHidden(pattern, name) })
	slices.Sort(found)
	return found, nil
}

// plain takes away what doublestar knows and glob(3) does not.
func plain(p string) string {
	for strings.Contains(p, "**") {
		p = strings.ReplaceAll(p, "**", "*")
	}
	return strings.NewReplacer("{", `\{`, "}", `\}`).Replace(p)
}

// matchesHidden reports whether some element of name begins with a dot that pattern does not write.
func matchesHidden(pattern, name string) bool {
	pe, ne := strings.Split(filepath.Clean(pattern), "/"), strings.Split(name, "/")
	if len(pe) != len(ne) {
		return false
	}
	for i := range ne {
		if strings.HasPrefix(ne[i], ".") && !strings.HasPrefix(pe[i], ".") {
			return true
		}
	}
	return false
}

// Getenv implements syntax.Source.
func (d Disk) Getenv(name string) string { return os.Getenv(name) }

// Seed implements syntax.Surroundings: every reading begins elsewhere.
func (d Disk) Seed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.NativeEndian.Uint64(b[:])
}

// Dir implements syntax.Surroundings.
func (d Disk) Dir() string {
	if d.Base != "" {
		return d.Base
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}
