package lab

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Daemon is one run of a program in a node.
type Daemon struct {
	Seat Seat

	node   *Node
	cmd    *exec.Cmd
	lines  []Line
	closed bool // nothing will be logged any more
	exited bool
	code   int
}

// Line is one line of a log, without its time stamp.
type Line struct {
	At   time.Time
	Text string
}

// Setting changes how a daemon is started.
type Setting func(*setup)

type setup struct {
	flags []string
	files map[string]string
	first string
}

// Prepare runs shell commands just before the daemon, where it has its files.
func Prepare(commands string) Setting { return func(s *setup) { s.first = commands } }

// Flags replaces the flags "-n -l -D".
func Flags(flags ...string) Setting { return func(s *setup) { s.flags = flags } }

// File gives the daemon a private executable file; path is below /usr/local.
func File(path, content string) Setting {
	return func(s *setup) { s.files[path] = content }
}

// Below /mnt lies the node's own directory: the configuration, the recorder and, for ours, the binary.
// The program stays the process that was started, so that signals and the exit status are its own. Without a syslog daemon, what
// is logged goes to the console: a serial line's interrupts can take one of the machine's processors from everybody else.
const wrapper = `
mount --bind "$1" /mnt
if [ -c /dev/console ]; then mount --bind /dev/null /dev/console; fi
mount -t tmpfs t /run
mount -t tmpfs t /tmp
if [ -d /etc/keepalived ]; then mount -t tmpfs t /etc/keepalived; cp /mnt/keepalived.conf /etc/keepalived; C=/etc/keepalived; else C=/mnt; fi
if [ -d /mnt/files ]; then mount -t tmpfs t /usr/local; cp -r /mnt/files/. /; fi
hostname "$2"
P=$3
eval "$4"
shift 4
exec $P -f $C/keepalived.conf "$@"
`

// Start runs a program in the node with that configuration.
func (n *Node) Start(seat Seat, config string, settings ...Setting) *Daemon {
	l := n.lab
	l.t.Helper()
	s := setup{flags: []string{"-n", "-l", "-D"}, files: map[string]string{}}
	for _, set := range settings {
		set(&s)
	}
	program := seat.program(l.t)
	if seat == Holdfast {
		program = n.borrow(program)
	}
	l.file(n.Name+"/keepalived.conf", config, 0o644)
	for path, content := range s.files {
		l.file(n.Name+"/files"+path, content, 0o755)
	}
	n.recorder()
	return n.launch(seat, wrapper, append([]string{filepath.Join(l.dir, n.Name), n.Name, program, s.first}, s.flags...)...)
}

// launch runs a shell script in the node, in mount and UTS namespaces of its own.
func (n *Node) launch(seat Seat, script string, args ...string) *Daemon {
	l := n.lab
	l.t.Helper()
	d := &Daemon{Seat: seat, node: n, cmd: exec.Command("nsenter", append([]string{
		"--net=/run/netns/" + n.ns, "unshare", "--mount", "--uts", "--propagation", "private", "sh", "-ec", script, "sh",
	}, args...)...)}
	r, w, err := os.Pipe()
	if err != nil {
		l.t.Fatal(err)
	}
	d.cmd.Stdout, d.cmd.Stderr = w, w
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = d.cmd.Start()
	_ = w.Close()
	if err != nil {
		l.t.Fatal(err)
	}
	l.locked(func() { n.daemons = append(n.daemons, d) })
	go d.read(r)
	go d.wait()
	return d
}

// borrow puts our binary where the daemon's mount namespace has it.
func (n *Node) borrow(program string) string {
	n.lab.t.Helper()
	dst := filepath.Join(n.lab.dir, n.Name, "bin", "keepalived")
	if _, err := os.Stat(dst); err == nil {
		return "/mnt/bin/keepalived"
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		n.lab.t.Fatal(err)
	}
	program, err := filepath.EvalSymlinks(program) // a link to a link would lead nowhere from there
	if err != nil {
		n.lab.t.Fatal(err)
	}
	if err := os.Link(program, dst); err != nil {
		if out, err := exec.Command("cp", program, dst).CombinedOutput(); err != nil {
			n.lab.t.Fatalf("cp: %v: %s", err, out)
		}
	}
	return "/mnt/bin/keepalived"
}

var stampPrefix = regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}: `)

func (d *Daemon) read(r io.ReadCloser) {
	defer r.Close()
	in := bufio.NewScanner(r)
	for in.Scan() {
		text := in.Text()
		d.node.lab.locked(func() {
			d.lines = append(d.lines, Line{time.Now(), strings.TrimPrefix(text, stampPrefix.FindString(text))})
		})
		d.node.lab.happened()
	}
	d.node.lab.locked(func() { d.closed = true })
	d.node.lab.happened()
}

func (d *Daemon) wait() {
	_ = d.cmd.Wait()
	d.node.lab.locked(func() { d.exited, d.code = true, d.cmd.ProcessState.ExitCode() })
	d.node.lab.happened()
}

// Lines returns what was logged so far.
func (d *Daemon) Lines() (all []Line) {
	d.node.lab.locked(func() { all = d.lines[:len(d.lines):len(d.lines)] })
	return all
}

// Count returns how many lines contain text.
func (d *Daemon) Count(text string) (n int) {
	for _, l := range d.Lines() {
		if strings.Contains(l.Text, text) {
			n++
		}
	}
	return n
}

// Said reports whether a line contains text.
func (d *Daemon) Said(text string) bool { return d.Count(text) > 0 }

// Exited reports whether the program ended, and with which status (-1: by a signal).
func (d *Daemon) Exited() (exited bool, code int) {
	d.node.lab.locked(func() { exited, code = d.exited, d.code })
	return exited, code
}

// Signal sends a signal to the process that was started.
func (d *Daemon) Signal(s syscall.Signal) {
	d.node.lab.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.node.lab.t.Fatalf("%s: %v: %v", d.node.Name, s, err)
	}
}

// Stop sends SIGTERM, waits until the program has ended and its log is complete, and returns its exit status.
func (d *Daemon) Stop() int {
	d.node.lab.t.Helper()
	d.Signal(syscall.SIGTERM)
	return d.End()
}

// End waits until the program has ended by itself and its log is complete, and returns its exit status.
func (d *Daemon) End() int {
	d.node.lab.t.Helper()
	d.node.lab.Until(d.node.Name+" ends", 10*time.Second, func() bool {
		var closed bool
		d.node.lab.locked(func() { closed = d.closed })
		exited, _ := d.Exited()
		return exited && closed
	})
	_, code := d.Exited()
	return code
}

// Crash kills every process of the daemon at once, so that none can say farewell. It returns when that was.
func (d *Daemon) Crash() time.Time {
	d.node.lab.t.Helper()
	at := d.crash()
	d.node.lab.Until(d.node.Name+" is dead", 5*time.Second, func() bool { e, _ := d.Exited(); return e })
	return at
}

func (d *Daemon) crash() time.Time {
	if exited, _ := d.Exited(); exited {
		return time.Now()
	}
	pids := descend(d.cmd.Process.Pid)
	// Stopped first: a child must not see its parent die, nor the parent its child.
	for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGKILL} {
		for _, pid := range pids {
			_ = syscall.Kill(pid, sig)
		}
	}
	return time.Now()
}

// descend returns a process and all below it.
func descend(pid int) []int {
	pids := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, f := range strings.Fields(string(b)) {
			if child, err := strconv.Atoi(f); err == nil {
				pids = append(pids, descend(child)...)
			}
		}
	}
	return pids
}
