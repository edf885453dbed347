package script

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

// A Checker decides which scripts may run on this host.
type Checker struct {
	Files      Files
	SearchPath string // PATH, for bare names
	Dir        string // what relative paths are relative to
	Security   bool   // enable_script_security

	// KeepSymlinks (use_symlink_paths) runs the path as configured. Then the directories that hold
	// the links must be safe too; without it they need not, because the links are followed once, now.
	KeepSymlinks bool
}

// Check decides about the script argv, to be run by who.
func (c *Checker) Check(argv []string, who Cred) Verdict {
	if len(argv) == 0 || argv[0] == "" {
		return Verdict{}
	}
	// compat: "</dev/tcp/127.0.0.1/80" is a command for the shell, and nothing is checked.
	if strings.HasPrefix(argv[0], "</") {
		return Verdict{Run: true, Shell: true, Argv: slices.Clone(argv)}
	}
	v := Verdict{Argv: slices.Clone(argv)}
	name := argv[0]
	if !strings.Contains(name, "/") {
		found := c.search(name, who)
		if found == "" {
			v.add(Problem{
				Kind: NotFound, Path: name, Why: "is in none of the directories of PATH",
				Compat: fmt.Sprintf("Cannot find script %s in path - disabling", name),
			})
			return v
		}
		v.add(Problem{
			Kind: ByPath, Path: found, Why: "was found by searching PATH",
			Compat: fmt.Sprintf("WARNING - script `%s` resolved by path search to `%s`. Please specify full path.", name, found),
		})
		name = found
	}
	if !path.IsAbs(name) {
		name = path.Join(c.Dir, name)
	}
	c.judge(&v, name, who)
	return v
}

func (v *Verdict) add(p Problem) { v.Problems = append(v.Problems, p) }

// judge walks to name and collects what is wrong on the way.
func (c *Checker) judge(v *Verdict, name string, who Cred) {
	w := walk{files: c.Files, who: who}
	if err := w.to(name); err != nil {
		v.add(c.inaccessible(v.Argv[0], w, err))
		return
	}
	v.Present = true
	file := w.last()
	shown := file.path
	v.Argv[0] = file.path
	if c.KeepSymlinks {
		shown, v.Argv[0] = name, name
	}
	if !file.stat.Mode.IsRegular() {
		v.add(file.problem(WrongType, "is not a regular file", "",
			fmt.Sprintf("Wrong file type found in script path '%s'.", shown)))
		return
	}
	if !may(file.stat, who, execute) {
		v.add(file.problem(NotExecutable, fmt.Sprintf("may not be executed by %d:%d", who.UID, who.GID), "chmod a+x "+quote(file.path),
			fmt.Sprintf("WARNING - script '%s' is not executable for uid:gid %d:%d - disabling.", shown, who.UID, who.GID)))
		return
	}
	v.Run = true
	if !privileged(file.stat, who) {
		return
	}
	line := fmt.Sprintf("Unsafe permissions found for script '%s'", shown)
	if c.Security {
		line += " - disabling"
	}
	steps := w.steps
	if c.KeepSymlinks {
		steps = w.everything()
	}
	for _, s := range steps {
		if why, mend := unsafe(s); why != "" {
			v.add(s.problem(Unsafe, why, mend, line+"."))
			v.Insecure = true
		}
	}
	v.Run = !v.Insecure || !c.Security
}

func (c *Checker) inaccessible(configured string, w walk, err error) Problem {
	p := Problem{Kind: NotAccessible, Path: w.failed}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Why = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		s := w.last()
		p = s.problem(NotAccessible, fmt.Sprintf("may not be searched by %d:%d", w.who.UID, w.who.GID), "chmod a+x "+quote(s.path), "")
	default:
		p.Why = err.Error()
	}
	var no syscall.Errno
	cause := err.Error()
	if errors.As(err, &no) {
		cause = strerror(no)
	}
	p.Compat = fmt.Sprintf("Script %s cannot be accessed - %s", configured, cause)
	return p
}

// search looks a bare name up in PATH, as its user would find it.
func (c *Checker) search(name string, who Cred) string {
	for dir := range strings.SplitSeq(c.SearchPath, ":") {
		if dir == "" {
			dir = c.Dir
		}
		p := path.Join(dir, name)
		w := walk{files: c.Files, who: who}
		if w.to(p) != nil {
			continue
		}
		if s := w.last().stat; s.Mode.IsRegular() && may(s, who, execute) {
			return p
		}
	}
	return ""
}

// privileged reports whether the program gets the rights of root or of root's group, by its user or by
// being set-uid or set-gid.
func privileged(s Stat, who Cred) bool {
	return who.UID == 0 || who.GID == 0 ||
		s.Mode&fs.ModeSetuid != 0 && s.UID == 0 ||
		s.Mode&fs.ModeSetgid != 0 && s.GID == 0
}

// unsafe says who besides root could change the component s, and what mends that.
// compat: root's group may write, and anybody into a sticky directory, where only the owner of a file
// can replace it.
func unsafe(s step) (why, mend string) {
	m := s.stat.Mode
	switch sticky := m.IsDir() && m&fs.ModeSticky != 0; {
	case s.stat.UID != 0:
		return fmt.Sprintf("belongs to user %d, who may change it", s.stat.UID), "chown root " + quote(s.path)
	case sticky:
		return "", ""
	case m&0o002 != 0 && m&0o020 != 0 && s.stat.GID != 0:
		return fmt.Sprintf("may be written by group %d and by everybody", s.stat.GID), "chmod go-w " + quote(s.path)
	case m&0o002 != 0:
		return "may be written by everybody", "chmod o-w " + quote(s.path)
	case m&0o020 != 0 && s.stat.GID != 0:
		return fmt.Sprintf("may be written by group %d", s.stat.GID), "chmod g-w " + quote(s.path)
	}
	return "", ""
}

// quote makes a path safe to paste into a shell.
func quote(p string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,", r)
	}
	if strings.IndexFunc(p, func(r rune) bool { return !plain(r) }) < 0 {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}

// strerror returns the C library's words for the causes that a path can have; Go's are in lower case.
func strerror(no syscall.Errno) string {
	s := no.Error()
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
