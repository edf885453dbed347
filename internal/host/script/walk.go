package script

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

// Files is what a check reads of the file system.
type Files interface {
	Lstat(name string) (Stat, error)
	Readlink(name string) (string, error)
}

// Stat is what a check wants to know of a file.
type Stat struct {
	Mode     fs.FileMode
	UID, GID uint32
}

// maxLinks is how many symbolic links the kernel follows on one path.
const maxLinks = 40

// A step is one component of a path, by its full name without symbolic links.
type step struct {
	path string
	stat Stat
}

func (s step) problem(k Kind, why, mend, compat string) Problem {
	return Problem{
		Kind: k, Path: s.path, Mode: s.stat.Mode, UID: s.stat.UID, GID: s.stat.GID,
		Why: why, Mend: mend, Compat: compat,
	}
}

// A walk goes from / to a file as the kernel would for who, following links.
type walk struct {
	files  Files
	who    Cred
	steps  []step // /, then each component of the real path
	passed []step // the directories on the way to each link
	failed string // the name that could not be reached
	links  int
}

// last returns the component reached.
func (w *walk) last() step { return w.steps[len(w.steps)-1] }

// everything returns the components of the real path and the directories that links were found in.
func (w *walk) everything() []step {
	all := slices.Clone(w.steps)
	for _, s := range w.passed {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// to walks to the absolute path name.
func (w *walk) to(name string) error {
	w.failed = "/"
	st, err := w.files.Lstat("/")
	if err != nil {
		return err
	}
	w.steps = []step{{"/", st}}
	return w.along(strings.Split(name, "/"))
}

// along walks the names in parts from the component reached.
func (w *walk) along(parts []string) error {
	for len(parts) > 0 {
		var part string
		part, parts = parts[0], parts[1:]
		here := w.last()
		if part == "" || part == "." { // also a slash at the end wants a directory before it
			if w.failed = here.path; !here.stat.Mode.IsDir() {
				return syscall.ENOTDIR
			}
			continue
		}
		next := path.Join(here.path, part)
		w.failed = next
		if !here.stat.Mode.IsDir() {
			return syscall.ENOTDIR
		}
		if !may(here.stat, w.who, execute) {
			return syscall.EACCES
		}
		if part == ".." {
			if len(w.steps) > 1 {
				w.steps = w.steps[:len(w.steps)-1]
			}
			continue
		}
		st, err := w.files.Lstat(next)
		if err != nil {
			return err
		}
		if st.Mode&fs.ModeSymlink == 0 {
			w.steps = append(w.steps, step{next, st})
			continue
		}
		target, err := w.files.Readlink(next)
		if err != nil {
			return err
		}
		if w.links++; w.links > maxLinks {
			return syscall.ELOOP
		}
		w.passed = append(w.passed, w.steps...)
		if path.IsAbs(target) {
			w.steps = w.steps[:1]
		}
		parts = append(strings.Split(target, "/"), parts...)
	}
	return nil
}

// Permission bits, as in the lowest digit of a mode.
const execute = 0o1

// may reports whether who has the permission bit on s by its mode. Access control lists are not
// looked at: where they forbid what the mode allows, exec says so when the time comes.
func may(s Stat, who Cred, bit fs.FileMode) bool {
	switch {
	case who.UID == 0:
		return s.Mode.IsDir() || s.Mode&0o111 != 0
	case s.UID == who.UID:
		return s.Mode&(bit<<6) != 0
	case s.GID == who.GID || slices.Contains(who.Groups, s.GID):
		return s.Mode&(bit<<3) != 0
	default:
		return s.Mode&bit != 0
	}
}
