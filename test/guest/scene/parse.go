package scene

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// Scene is a script and its files.
type Scene struct {
	Name  string
	Steps []Step
	Files map[string]string
	// Except and Maybe hold for every event, other than a step's own.
	Except, Maybe []string
}

// Step is one event.
type Step struct {
	Title     string
	Acts      [][]string // verb and arguments, in order
	Until     []string
	Checked   []checked
	Quiet     time.Duration
	Patience  time.Duration // for what it waits for
	Unordered bool
	NoScripts bool
	Except    []string
	Maybe     []string
	Never     []string
	Memory    int // MiB; 0: whatever they need
}

type checked struct {
	server string
	n      int
}

const (
	usualQuiet    = 500 * time.Millisecond
	usualPatience = 40 * time.Second
)

// Parse reads a scene.
func Parse(name string, text []byte) (*Scene, error) {
	a := txtar.Parse(text)
	s := &Scene{Name: name, Files: map[string]string{}}
	for _, f := range a.Files {
		s.Files[f.Name] = string(f.Data)
	}
	for n, line := range strings.Split(string(a.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
		}
	}
	return s, nil
}

// Programs are the programs of the system that the scene starts.
func (s *Scene) Programs() (all []string) {
	for _, step := range s.Steps {
		for _, a := range step.Acts {
			if a[0] == "exec" && len(a) > 2 && !slices.Contains(all, a[2]) {
				all = append(all, a[2])
			}
		}
	}
	return all
}

func (s *Scene) line(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if verb == "step" {
		s.Steps = append(s.Steps, Step{Title: rest, Quiet: usualQuiet, Patience: usualPatience})
		return nil
	}
	if all := map[string]*[]string{"except": &s.Except, "maybe": &s.Maybe}[verb]; len(s.Steps) == 0 && all != nil {
		*all = append(*all, rest)
		return nil
	}
	if len(s.Steps) == 0 {
		return fmt.Errorf("%q before the first step", verb)
	}
	step := &s.Steps[len(s.Steps)-1]
	switch verb {
	case "until":
		step.Until = append(step.Until, rest)
	case "checked":
		var c checked
		if _, err := fmt.Sscanf(rest, "%s %d", &c.server, &c.n); err != nil {
			return err
		}
		step.Checked = append(step.Checked, c)
	case "quiet", "patience":
		d, err := time.ParseDuration(rest)
		if err != nil {
			return err
		}
		*map[string]*time.Duration{"quiet": &step.Quiet, "patience": &step.Patience}[verb] = d
	case "except":
		step.Except = append(step.Except, rest)
	case "maybe":
		step.Maybe = append(step.Maybe, rest)
	case "never":
		step.Never = append(step.Never, rest)
	case "memory":
		if _, err := fmt.Sscanf(rest, "%d", &step.Memory); err != nil {
			return err
		}
	case "noscripts":
		step.NoScripts = true
	case "unordered":
		step.Unordered = true
	case "write", "set":
		// The last argument is the rest of the line.
		n := map[string]int{"write": 3, "set": 4}[verb]
		step.Acts = append(step.Acts, strings.SplitN(line, " ", n))
	default:
		if acts[verb] == nil {
			return fmt.Errorf("unknown word %q", verb)
		}
		step.Acts = append(step.Acts, strings.Fields(line))
	}
	return nil
}
