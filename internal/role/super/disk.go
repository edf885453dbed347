package super

import (
	"errors"
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

// ErrNotPlain says that a configuration file is not a regular file, or is executable.
var ErrNotPlain = errors.New("is not a regular non-executable file")

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
// plain file is ErrNotPlain, and is not waited for.
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
		return nil, fmt.Errorf("configuration: %s: %w", path, ErrNotPlain)
	case st.Size() > maxFile:
		return nil, fmt.Errorf("configuration: %s: %d bytes are too many", path, st.Size())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return data, nil
}

// Glob implements syntax.Source as glob(3) with GLOB_BRACE does: braces first, each alternative sorted
// by itself; names that begin with a dot match only a dot that is written; "**" is "*".
func (d Disk) Glob(pattern string) ([]string, error) {
	var all []string
	for _, p := range expandBraces(pattern) {
		found, err := doublestar.FilepathGlob(d.abs(plain(p)))
		if err != nil {
			return nil, fmt.Errorf("configuration: glob %s: %w", pattern, err)
		}
		for i := range found {
			if d.Base != "" && !filepath.IsAbs(p) {
				if rel, err := filepath.Rel(d.Base, found[i]); err == nil {
					found[i] = rel
				}
			}
		}
		found = slices.DeleteFunc(found, func(name string) bool { return matchesHidden(p, name) })
		slices.Sort(found)
		all = append(all, found...)
	}
	return all, nil
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

// expandBraces replaces {a,b} by its alternatives, outer braces first; "{}" and a brace without its
// partner are text.
func expandBraces(p string) []string {
	for open := 0; open < len(p); open++ {
		switch {
		case p[open] == '\\':
			open++
			continue
		case p[open] != '{' || strings.HasPrefix(p[open:], "{}"):
			continue
		}
		commas, end := braceParts(p, open)
		if end < 0 {
			continue
		}
		var out []string
		from := open + 1
		for _, c := range append(commas, end) {
			out = append(out, expandBraces(p[:open]+p[from:c]+p[end+1:])...)
			from = c + 1
		}
		return out
	}
	return []string{p}
}

// braceParts finds the commas and the end of the brace that opens at open; end is -1 without one.
func braceParts(p string, open int) (commas []int, end int) {
	depth := 0
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return commas, i
			}
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		}
	}
	return nil, -1
}

// Getenv implements syntax.Source.
func (d Disk) Getenv(name string) string { return os.Getenv(name) }
