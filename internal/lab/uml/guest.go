package uml

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Guest is one run of a command in a guest of its own.
type Guest struct {
	Args   []string // the program's absolute path, and its arguments
	Env    []string
	Dir    string    // where to run it; empty: "/"
	Out    string    // the host's directory that the guest sees as /out; empty: /out is lost
	Output io.Writer // what the command writes to its standard output and error
	Memory int       // in MiB; 0: 768

	Without string // modules whose names begin so are not loaded; empty: all are
}

// Run boots the guest, runs the command in it, and returns its exit status. When ctx ends the guest is killed, which is an error,
// as is a guest that dies. At most one guest runs on each of the machine's processors, where that can be had.
func Run(ctx context.Context, g Guest) (status int, err error) {
	k, err := installed()
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "guest")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	j := job{Kernel: k.dir, Args: g.Args, Env: g.Env, Dir: g.Dir, Out: g.Out, Without: g.Without}
	if j.Dir == "" {
		j.Dir = "/"
	}
	if j.Out == "" {
		j.Out = filepath.Join(dir, "out")
		if err := os.Mkdir(j.Out, 0o755); err != nil {
			return 0, err
		}
	}
	text, err := json.Marshal(j)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "job"), text, 0o644); err != nil {
		return 0, err
	}
	seat, release := takeProcessor()
	defer release()
	var said bytes.Buffer
	died := boot(ctx, k.command(ctx, g, self, dir, &said), seat)
	if s, err := os.ReadFile(filepath.Join(dir, "status")); err == nil {
		return strconv.Atoi(string(s))
	}
	if s, err := os.ReadFile(filepath.Join(dir, "error")); err == nil {
		return 0, errors.New(string(s))
	}
	if err := context.Cause(ctx); err != nil {
		return 0, fmt.Errorf("the guest was stopped: %w", err)
	}
	return 0, fmt.Errorf("the guest died: %w", errors.Join(died, errors.New(said.String())))
}

// command is the kernel as a process, with no network but its own, and with no process of it left when it is killed.
func (k kernel) command(ctx context.Context, g Guest, self, dir string, said io.Writer) *exec.Cmd {
	memory := g.Memory
	if memory == 0 {
		memory = 768
	}
	cmd := exec.CommandContext(ctx, k.image(), fmt.Sprintf("mem=%dM", memory), "umid=guest", "uml_dir="+dir+"/",
		"rootfstype=hostfs", "rootflags=/", "ro", "init="+self, initVar+"="+dir, "panic=1", "selinux=0",
		"con=null", "ssl=null", "con0=null,fd:1", "quiet", "loglevel=0")
	// The guest's memory is a file there. It needs to be one in memory, or the disk is as busy as the guest.
	cmd.Env = []string{"TMPDIR=/dev/shm", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	cmd.Stdout, cmd.Stderr = g.Output, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWPID, Pdeathsig: unix.SIGKILL}
	return cmd
}

// boot runs the kernel on one processor: each of its system calls goes to and fro between two processes of the host, which costs
// twice and more when they are on two processors.
func boot(ctx context.Context, cmd *exec.Cmd, processor int) error {
	done := make(chan error, 1)
	go func() {
		// The thread's processor is inherited, and its end is the guest's end. It ends with the goroutine, for it is never unlocked.
		runtime.LockOSThread()
		if processor >= 0 {
			var set unix.CPUSet
			set.Set(processor)
			if err := unix.SchedSetaffinity(0, &set); err != nil {
				done <- err
				return
			}
		}
		done <- cmd.Run()
	}()
	return <-done
}

// takeProcessor returns a processor on which no other guest runs, or the last one if there is none.
func takeProcessor() (processor int, release func()) {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return -1, func() {}
	}
	processor = -1
	for n := 0; n < 1024; n++ {
		if !allowed.IsSet(n) {
			continue
		}
		processor = n
		f, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("holdfast-guest-cpu%d", n)), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			continue
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			return n, func() { f.Close() }
		}
		f.Close()
	}
	return processor, func() {}
}
