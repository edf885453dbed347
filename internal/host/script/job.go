package script

import (
	"fmt"
	"syscall"
	"time"
)

// A Job says what to run and how.
type Job struct {
	Name string   // for errors and logs; not seen by the program
	Argv []string // Argv[0] is the path of the program; a bare name is not searched for, see Resolve

	// Shell runs the words of Argv, as they stand and joined by blanks, as one command line of
	// /bin/sh. It is how keepalived's system(3) runs what is not a plain program.
	Shell bool

	User    *Cred         // nil runs the program as we are
	Dir     string        // working directory; "" is ours
	Env     []string      // NAME=value entries put after the inherited ones; later ones win
	Timeout time.Duration // 0 for none
	Capture int           // keep that many last bytes of stdout and stderr; 0 sends both to /dev/null
}

// Cred is whom a program runs as.
type Cred struct {
	UID, GID uint32
	Groups   []uint32 // supplementary groups
}

// A Result is how a program ended.
type Result struct {
	Exit      int            // exit status; -1 if a signal ended it
	Signal    syscall.Signal // the signal that ended it, or 0
	TimedOut  bool           // it was ended because its Timeout had passed
	Stopped   bool           // it was ended by Proc.Stop or Runner.Close
	Took      time.Duration  // from exec to exit
	LastWords string         // the last Job.Capture bytes it wrote
}

// OK reports whether the program ended by itself with status 0.
func (r Result) OK() bool { return r.Exit == 0 && !r.TimedOut && !r.Stopped }

// String returns the end in words: "exited with status 3", "due to signal 9", "timed out".
func (r Result) String() string {
	switch {
	case r.TimedOut:
		return "timed out"
	case r.Signal != 0:
		return fmt.Sprintf("due to signal %d", int(r.Signal))
	default:
		return fmt.Sprintf("exited with status %d", r.Exit)
	}
}

// A StartError says why a program could not be started: it then neither ran nor failed, and a caller
// should take its result as unknown.
type StartError struct {
	Name string
	Path string
	Err  error
}

func (e *StartError) Error() string {
	return fmt.Sprintf("script: start %s: exec %s: %v", e.Name, e.Path, e.Err)
}

// Unwrap returns the cause, such as fs.ErrNotExist or syscall.ENOEXEC.
func (e *StartError) Unwrap() error { return e.Err }
