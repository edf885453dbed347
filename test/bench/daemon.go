package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// subject is a daemon under test.
type subject struct {
	name    string
	program string
	ours    bool // it knows keywords that keepalived does not
}

// daemon is one run of a subject in a space.
type daemon struct {
	cmd  *exec.Cmd
	dir  string
	gone chan struct{} // closed when the parent process has been reaped
	end  time.Time     // when that was; valid once gone is closed
}

// start runs the subject on conf with VRRP alone.
func (s subject) start(in *space, conf string) (*daemon, error) { return s.startWith(in, conf, "-P") }

// startWith runs the subject on conf with flags. Its log goes to a file: to log to the console, or to a syslog that is not
// there, costs keepalived more than its work.
func (s subject) startWith(in *space, conf string, flags ...string) (*daemon, error) {
	dir, err := os.MkdirTemp("", spacePrefix)
	if err != nil {
		return nil, err
	}
	d := &daemon{dir: dir, gone: make(chan struct{})}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	if err := d.write(conf); err != nil {
		return nil, err
	}
	d.cmd = exec.Command(s.program, append([]string{
		"-n", "-l", "-G", "-f", d.confFile(),
		"-p", filepath.Join(dir, "pid"), "-r", d.vrrpFile(), "-c", d.checkersFile(),
	}, flags...)...)
	d.cmd.Stdout, d.cmd.Stderr = log, log
	// The signal follows the thread that starts the process, which is the namespace's.
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := in.Do(d.cmd.Start); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	go func() {
		_ = d.cmd.Wait() // how it ended is in the log
		d.end = time.Now()
		close(d.gone)
	}()
	return d, nil
}

func (d *daemon) confFile() string     { return filepath.Join(d.dir, "keepalived.conf") }
func (d *daemon) vrrpFile() string     { return filepath.Join(d.dir, "vrrp.pid") }
func (d *daemon) checkersFile() string { return filepath.Join(d.dir, "checkers.pid") }

// write makes conf the configuration that is read at the start or at a reload.
func (d *daemon) write(conf string) error { return os.WriteFile(d.confFile(), []byte(conf), 0o644) }

// vrrp returns the process that speaks the protocol.
func (d *daemon) vrrp() (int, error) { return readPID(d.vrrpFile()) }

// checkers returns the process that checks the real servers.
func (d *daemon) checkers() (int, error) { return readPID(d.checkersFile()) }

func readPID(path string) (int, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}

// log returns the end of what the daemon said, for a report of failure.
func (d *daemon) log() string {
	b, err := os.ReadFile(filepath.Join(d.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-1500):])
}

func (d *daemon) alive() bool {
	select {
	case <-d.gone:
		return false
	default:
		return true
	}
}

// kill ends the daemon and its descendants at once. They are stopped first, so that none learns of another's end.
func (d *daemon) kill() error {
	if !d.alive() {
		return nil
	}
	family := descendants(d.cmd.Process.Pid)
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
	family = descendants(d.cmd.Process.Pid)
	for i := len(family) - 1; i >= 0; i-- {
		if err := syscall.Kill(family[i], syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("kill %d: %w", family[i], err)
		}
	}
	<-d.gone
	reap(family[1:])
	return nil
}

// stop asks for an orderly end, waits for it, and returns how long it took.
func (d *daemon) stop() (time.Duration, error) {
	asked := time.Now()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case <-d.gone:
		return d.end.Sub(asked), nil
	case <-time.After(20 * time.Second):
		return 0, errors.New("does not stop: " + d.log())
	}
}

// close ends what is left.
func (d *daemon) close() {
	_ = d.kill()
	_ = os.RemoveAll(d.dir)
}

// adopt makes this process the parent of its daemons' orphans, so that it can reap them: a zombie still counts as running
// to whoever asks by its process id.
func adopt() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

func reap(pids []int) {
	for _, pid := range pids {
		for {
			if _, err := syscall.Wait4(pid, nil, 0, nil); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
	}
}
