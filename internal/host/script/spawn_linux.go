package script

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// spawn is the thread that forks. It lives as long as the runner.
func (r *Runner) spawn(cpus unix.CPUSet) {
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	defer close(r.gone)
	for {
		select {
		case o := <-r.orders:
			plain(cpus)
			p, err := r.fork(o.job)
			o.result <- started{p, err}
		case <-r.quit:
			r.killAll()
			return
		}
	}
}

// plain gives the calling thread, and so the children it forks, ordinary scheduling: no real-time
// class, nice 0, the affinity that the process began with. What the daemon does to itself (or an
// operator with renice to all its threads) is not for scripts.
func plain(cpus unix.CPUSet) {
	if attr, err := unix.SchedGetAttr(0, 0); err == nil && (attr.Policy != unix.SCHED_NORMAL || attr.Nice != 0) {
		// Without the privilege to lower nice, at least leave the real-time class.
		if unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}, 0) != nil {
			_ = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Nice: attr.Nice}, 0)
		}
	}
	var have unix.CPUSet
	if cpus.Count() > 0 && unix.SchedGetaffinity(0, &have) == nil && have != cpus {
		_ = unix.SchedSetaffinity(0, &cpus)
	}
}

// fork starts job's program in its own process group.
func (r *Runner) fork(job Job) (*Proc, error) {
	argv := job.Argv
	if job.Shell {
		argv = []string{"/bin/sh", "-c", strings.Join(argv, " ")}
	}
	var out *tail
	std := uintptr(r.null.Fd())
	attr := &syscall.ProcAttr{Dir: job.Dir, Env: environ(os.Environ(), job.Env), Files: []uintptr{std, std, std}}
	if job.Capture > 0 {
		rd, wr, err := os.Pipe()
		if err != nil {
			return nil, &StartError{Name: job.Name, Path: argv[0], Err: err}
		}
		defer func() { _ = wr.Close() }()
		_ = syscall.SetNonblock(int(wr.Fd()), false) // a program expects to be held back, not EAGAIN
		attr.Files[1], attr.Files[2] = wr.Fd(), wr.Fd()
		out = newTail(rd, job.Capture)
	}
	pidfd := -1
	attr.Sys = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM, Credential: job.User.credential()}
	if !r.noPidfd {
		attr.Sys.PidFD = &pidfd
	}
	began := time.Now()
	pid, err := syscall.ForkExec(argv[0], argv, attr)
	if errors.Is(err, syscall.ENOEXEC) {
		// No #! line: a shell would run it itself, and so does system(3).
		pid, err = syscall.ForkExec("/bin/sh", append([]string{"/bin/sh"}, argv...), attr)
	}
	if err != nil {
		if out != nil {
			out.discard()
		}
		return nil, &StartError{Name: job.Name, Path: argv[0], Err: err}
	}
	p := newProc(r, job, pid, pidfd, began, out)
	r.keep(p)
	go p.run()
	return p, nil
}

// credential returns what fork needs to become c, or nil if that is what we are: setgroups(2) needs a
// privilege even to change nothing.
func (c *Cred) credential() *syscall.Credential {
	if c == nil {
		return nil
	}
	if os.Geteuid() != 0 && int(c.UID) == os.Geteuid() && int(c.GID) == os.Getegid() {
		return nil
	}
	return &syscall.Credential{Uid: c.UID, Gid: c.GID, Groups: c.Groups}
}

// environ returns inherited without the variables that change how a program is loaded or how a shell
// splits words, followed by extra.
func environ(inherited, extra []string) []string {
	out := make([]string, 0, len(inherited)+len(extra))
	for _, kv := range inherited {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "IFS", "LD_PRELOAD", "LD_LIBRARY_PATH":
		default:
			out = append(out, kv)
		}
	}
	return append(out, extra...)
}

// sealDescriptors marks all descriptors above 2 close-on-exec.
func sealDescriptors() {
	if unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	// Before Linux 5.11.
	open, err := fs.ReadDir(os.DirFS("/proc/self"), "fd")
	if err != nil {
		return
	}
	for _, d := range open {
		fd := 0
		for _, c := range d.Name() {
			fd = fd*10 + int(c-'0')
		}
		if fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}
