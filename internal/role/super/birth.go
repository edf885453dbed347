package super

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// The environment marks a process as a child: it has the parent's command line, as keepalived's
// children have, so that "ps" and "pgrep -f" show what people know.
const (
	envRole = "HOLDFAST_ROLE" // the Spec's Name
	envLife = "HOLDFAST_LIFE" // counts the lives of that role from 1
	envBase = "HOLDFAST_BASE" // Options.Base
	envLast = "HOLDFAST_LAST" // set for the life that gives up what the others held

	envLegacy = "HOLDFAST_LEGACY" // what a former life has left for it to know
)

// Descriptors that a child finds open.
const (
	fdBus    = 3
	fdConfig = 4
	fdCrash  = 5
)

// maxTrace bounds what is kept of a crashed child's last words, in bytes.
const maxTrace = 64 << 10

// A body is one life of a role, wherever it runs.
type body struct {
	pid  int
	last bool // it only gives up what the others held
	conn bus.Conn
	kill func()     // ends it at once
	done <-chan end // receives how it ended, once
}

// A midwife starts the next life of a role, which is counted already, or the last, which only gives up what the others held.
type midwife func(c *child, last bool) (*body, error)

// process is the midwife that starts this program again, from the thread of from.
func process(o *Options, from *proc.Spawner) midwife {
	return func(c *child, last bool) (*body, error) {
		conn, busFile, err := bus.Pair()
		if err != nil {
			return nil, err
		}
		defer busFile.Close()
		b, err := bear(o, from, marks(o, c, last), c.gen, busFile)
		if err != nil {
			conn.Close()
			return nil, err
		}
		b.conn, b.last = conn, last
		return b, nil
	}
}

// marks are what a child finds in its environment.
func marks(o *Options, c *child, last bool) []string {
	env := []string{envRole + "=" + c.spec.Name, envLife + "=" + strconv.Itoa(c.life), envBase + "=" + o.Base, envLegacy + "=" + c.legacy}
	if last {
		env = append(env, envLast+"=1")
	}
	return env
}

func bear(o *Options, from *proc.Spawner, env []string, g *generation, busFile *os.File) (*body, error) {
	config, err := proc.WriteSealed("/keepalived/configuration", g.snapshot)
	if err != nil {
		return nil, err
	}
	defer config.Close()
	crash, crashIn, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("crash pipe: %w", err)
	}
	defer crashIn.Close()
	child, err := from.Spawn(proc.SpawnConfig{
		Argv0: o.Args[0], Args: o.Args[1:],
		Env:   append(os.Environ(), env...),
		Files: []*os.File{busFile, config, crashIn},
		// No Pdeathsig: the end of the bus says the same, and leaves the time for a farewell.
	})
	if err != nil {
		crash.Close()
		return nil, err
	}
	words, done := make(chan []byte, 1), make(chan end, 1)
	go func() { words <- lastWords(crash) }()
	go func() {
		st, err := child.Wait()
		if err != nil {
			st.Code = bus.ExitProgram
		}
		done <- end{Status: st, trace: <-words}
	}()
	return &body{
		pid: child.PID(), done: done,
		kill: func() { _ = child.Signal(syscall.SIGKILL) }, // it may be gone already, which is as good
	}, nil
}

// lastWords reads what the Go runtime of a child writes when it crashes. The pipe ends with the child.
func lastWords(crash *os.File) []byte {
	defer crash.Close()
	text, _ := io.ReadAll(io.LimitReader(crash, maxTrace))
	_, _ = io.Copy(io.Discard, crash) // the child must not hang in a full pipe
	return text
}
