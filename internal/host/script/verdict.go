package script

import (
	"fmt"
	"io/fs"
)

// A Kind is what is wrong with a script.
type Kind uint8

// The kinds of problem. ByPath and, without script security, Unsafe let the script run.
const (
	NotFound      Kind = iota + 1 // a bare name is nowhere in PATH
	ByPath                        // a bare name was found in PATH
	NotAccessible                 // no such file, or a directory on the way may not be searched
	WrongType                     // not a regular file
	NotExecutable                 // by its user
	Unsafe                        // somebody but root may change what will run as root
)

// String returns the kind as a word for attributes and metrics.
func (k Kind) String() string {
	switch k {
	case NotFound:
		return "not-found"
	case ByPath:
		return "by-path"
	case NotAccessible:
		return "not-accessible"
	case WrongType:
		return "wrong-type"
	case NotExecutable:
		return "not-executable"
	case Unsafe:
		return "unsafe"
	}
	panic(fmt.Sprintf("script: unknown kind %d", k))
}

// A Problem is one thing wrong with one component of a script's path.
type Problem struct {
	Kind     Kind
	Path     string // the component at fault
	Mode     fs.FileMode
	UID, GID uint32 // its owners
	Compat   string // keepalived's line, which names the script only
	Why      string // ours: what exactly, in a few words
	Mend     string // a shell command that mends it; "" if there is none
}

// String returns the problem in our words, with what mends it.
func (p Problem) String() string {
	s := p.Path + ": " + p.Why
	if p.Mode != 0 {
		s += fmt.Sprintf(" (%s, owner %d:%d)", p.Mode, p.UID, p.GID)
	}
	if p.Mend != "" {
		s += "; to mend: " + p.Mend
	}
	return s
}

// A Verdict says whether and how a script is run.
type Verdict struct {
	Run      bool
	Argv     []string // to run, with the program's path resolved
	Shell    bool     // to run as a command line of /bin/sh
	Present  bool     // the script was found: without script security it is a violation
	Insecure bool     // it has Unsafe problems
	Problems []Problem
}

// Directory reports whether the script is a directory.
func (v *Verdict) Directory() bool { return v.last().Kind == WrongType && v.last().Mode.IsDir() }

// Silent reports whether a script is not run for a reason that keepalived has no closing line for.
func (v *Verdict) Silent() bool {
	return v.last().Kind == NotExecutable || v.last().Kind == WrongType && !v.Directory()
}

// last is the problem that decided.
func (v *Verdict) last() Problem {
	if len(v.Problems) == 0 {
		return Problem{}
	}
	return v.Problems[len(v.Problems)-1]
}

// Told returns the problems that are told of: those whose line is not that of the one before.
func (v Verdict) Told() []Problem {
	var out []Problem
	for _, p := range v.Problems {
		if len(out) == 0 || out[len(out)-1].Compat != p.Compat {
			out = append(out, p)
		}
	}
	return out
}
