package syntax

import (
	"path"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

func wellKnown(name string) bool { return strings.HasPrefix(name, "_") }

// predefined returns what one of the language's own names stands for; false when it is none, or its arguments are
// not what it takes.
func (e *expander) predefined(l *line, name, arg string, from, to int) (string, bool) {
	switch name {
	case "_ENV":
		arg = strings.TrimSpace(arg)
		return e.src.Getenv(arg), arg != ""
	case "_RANDOM":
		return e.randomNumber(l, arg, from, to)
	}
	if arg != "" {
		return "", false
	}
	switch name {
	case "_PWD":
		return e.pwd(), true
	case "_INSTANCE":
		return e.opt.ConfigID, true
	case "_HASH":
		return "#", true
	case "_BANG":
		return "!", true
	}
	return "", false
}

// pwd returns the directory of the file that is being read.
func (e *expander) pwd() string {
	dir := path.Dir(e.stack[len(e.stack)-1])
	if s, ok := e.src.(Surroundings); ok && !path.IsAbs(dir) && s.Dir() != "" {
		return path.Join(s.Dir(), dir)
	}
	return dir
}

// randomNumber reads the arguments of ${_RANDOM MIN MAX} and draws.
// compat: one space in front of each, decimal, and what follows MAX is passed over.
func (e *expander) randomNumber(l *line, arg string, from, to int) (string, bool) {
	lo, hi := uint64(0), uint64(32767)
	if arg != "" {
		for i, a := range strings.Split(arg[1:], " ") {
			v, err := strconv.ParseUint(a, 10, 63)
			switch {
			case err != nil:
				return "", false
			case i == 0:
				lo = v
			case i == 1:
				hi = v
			}
		}
	}
	if lo > hi {
		at, via := l.span(from, to)
		e.out.diags.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "random-range", At: at, Via: via,
			Summary: "the least number " + strconv.FormatUint(lo, 10) + " is above the greatest, " + strconv.FormatUint(hi, 10),
			Effect:  "it is " + strconv.FormatUint(lo, 10),
		})
		hi = lo
	}
	if s, ok := e.src.(Surroundings); ok && !e.random.seeded {
		e.random.seed(s.Seed())
	}
	return strconv.FormatUint(lo+e.random.next()%(hi-lo+1), 10), true
}

// random draws numbers by SplitMix64: the same ones from the same seed, everywhere.
type random struct {
	state  uint64
	seeded bool
}

func (r *random) seed(s uint64) { r.state, r.seeded = s, true }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
