package realserver

import (
	"fmt"
	"net/netip"
	"strings"
)

// StepKind says what a Step does.
type StepKind uint8

// The kinds of Step.
const (
	Set     StepKind = iota + 1 // Path becomes Value, which is Before now
	Raise                       // Link is brought up
	Lower                       // Link is brought down
	AddAddr                     // Prefix is added to Link
	DelAddr                     // Prefix is deleted from Link
)

// Step is one change to the host.
type Step struct {
	Kind   StepKind
	Path   string
	Value  int
	Before int
	Link   string
	Prefix netip.Prefix
}

// Command is the command that does the same.
func (s Step) Command() string {
	switch s.Kind {
	case Set:
		return fmt.Sprintf("sysctl -w %s=%d", quoted(sysctlName(s.Path)), s.Value)
	case Raise:
		return "ip link set " + quoted(s.Link) + " up"
	case Lower:
		return "ip link set " + quoted(s.Link) + " down"
	case AddAddr:
		if s.Prefix.Addr().Is6() {
			return fmt.Sprintf("ip addr add %v dev %s nodad", s.Prefix, quoted(s.Link))
		}
		return fmt.Sprintf("ip addr add %v dev %s", s.Prefix, quoted(s.Link))
	case DelAddr:
		return fmt.Sprintf("ip addr del %v dev %s", s.Prefix, quoted(s.Link))
	}
	return ""
}

// String says what the step does, in words.
func (s Step) String() string {
	switch s.Kind {
	case Set:
		return fmt.Sprintf("%s = %d (was %d)", sysctlName(s.Path), s.Value, s.Before)
	case Raise:
		return "interface " + s.Link + " brought up"
	case Lower:
		return "interface " + s.Link + " brought down"
	case AddAddr:
		return fmt.Sprintf("%v added to %s", s.Prefix, s.Link)
	case DelAddr:
		return fmt.Sprintf("%v deleted from %s", s.Prefix, s.Link)
	}
	return ""
}

// sysctlName is how sysctl(8) calls a setting. The name of a link may have a dot; then the slashes stay.
func sysctlName(path string) string {
	if strings.Contains(path, ".") {
		return path
	}
	return strings.ReplaceAll(path, "/", ".")
}

// quoted is a word as a shell takes it for one.
func quoted(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._/-@+%,", c)
	}
	if strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func commands(steps []Step) (cs []string) {
	for _, s := range steps {
		cs = append(cs, s.Command())
	}
	return cs
}
