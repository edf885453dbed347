package lab

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Recorder is the path, for the daemon, of a script that records how it was run.
const Recorder = "/mnt/rec.sh"

// Run is one run of the recorder.
type Run struct {
	At   time.Time
	PID  int // ascending in the order in which the daemon started them
	UID  int
	Args []string // without the program's name
}

func (r Run) String() string { return fmt.Sprintf("uid %d %q", r.UID, r.Args) }

// RecorderScript is what Recorder contains; it may be given other names with File. One write per run: lines of
// scripts that run at the same time must not mix.
const RecorderScript = `#!/bin/sh
l="$$ $(id -u)"
for a in "$@"; do l="$l	$a"; done
printf '%s\n' "$l" > /mnt/rec
`

// recorder sets up the pipe that scripts write to.
func (n *Node) recorder() {
	n.lab.t.Helper()
	if n.rec != nil {
		return
	}
	n.lab.file(n.Name+"/rec.sh", RecorderScript, 0o755)
	path := filepath.Join(n.lab.dir, n.Name, "rec")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		n.lab.t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		n.lab.t.Fatal(err)
	}
	// Opened for both directions, it never ends when the last writer leaves.
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		n.lab.t.Fatal(err)
	}
	n.rec = f
	go func() {
		in := bufio.NewScanner(f)
		for in.Scan() {
			n.ran(in.Text())
		}
	}()
}

func (n *Node) ran(line string) {
	words := strings.Split(line, "\t")
	r := Run{At: time.Now(), Args: words[1:]}
	pid, uid, _ := strings.Cut(words[0], " ")
	r.PID, _ = strconv.Atoi(pid)
	r.UID, _ = strconv.Atoi(uid)
	n.lab.locked(func() { n.runs = append(n.runs, r) })
	n.lab.happened()
}

// Runs returns what the recorder has recorded so far.
func (n *Node) Runs() (all []Run) {
	n.lab.locked(func() { all = append(all, n.runs...) })
	return all
}
