package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/script"
	"holdfast/internal/role/super"
)

const (
	keepalived = "/usr/sbin/keepalived"
	configID   = "oracle"
)

// verdict is what a program says about a configuration.
type verdict struct {
	lines  []string
	status int
	crash  bool
}

// cannotAsk says why keepalived cannot be asked here, or nothing.
func cannotAsk() string {
	if _, err := os.Stat(keepalived); err != nil {
		return "needs keepalived: " + err.Error()
	}
	if os.Geteuid() != 0 {
		return "needs root: to make a network namespace"
	}
	out, err := exec.Command(keepalived, "-v").CombinedOutput()
	if first, _, _ := strings.Cut(string(out), "\n"); err != nil || !strings.HasPrefix(first, "Keepalived v2.2.7 ") {
		return fmt.Sprintf("needs keepalived 2.2.7, not %q (%v)", first, err)
	}
	return ""
}

// crashed tells a crash by its exit status: a signal, or a shell's word for one.
func crashed(status int) bool { return status < 0 || status > 127 }

// theirs runs keepalived -t on each file, several at a time, in the namespace.
func theirs(t *testing.T, ns, dir string, files []string) []verdict {
	t.Helper()
	out := make([]verdict, len(files))
	work := make(chan int)
	var wg sync.WaitGroup
	errs := make(chan error, runtime.NumCPU())
	for range runtime.NumCPU() {
		wg.Go(func() {
			// What a locked thread starts is in its namespace. The thread ends with the goroutine, unlocked never.
			runtime.LockOSThread()
			if err := enter(ns); err != nil {
				errs <- err
				for range work {
				}
				return
			}
			for i := range work {
				out[i] = runKeepalived(dir, files[i])
			}
		})
	}
	for i := range files {
		work <- i
	}
	close(work)
	wg.Wait()
	select {
	case err := <-errs:
		t.Fatal(err)
	default:
	}
	return out
}

func enter(ns string) error {
	f, err := os.Open(ns)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
}

func runKeepalived(dir, file string) verdict {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, keepalived, "-t", "-f", file, "-i", configID)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it may signal its process group
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return verdict{crash: true, status: -1, lines: []string{err.Error()}}
	}
	code := cmd.ProcessState.ExitCode()
	if crashed(code) {
		return verdict{status: code, crash: true}
	}
	return verdict{lines: strings.Split(said.String(), "\n"), status: code}
}

// ours is what -t of ours says in the working directory, for a host with the links of the namespace.
func ours(file string) (verdict, *diag.List) {
	cfg, list := conf.Load(super.Disk{}, file, conf.Options{ConfigID: configID, CPUs: recordCPUs})
	if list.ExitClass() != diag.ClassAbort {
		loopback := map[string]bool{"lo": true, "eth0": false, "eth1": false, "eth2": false, "p0": false, "p1": false, "p2": false}
		more, _ := conf.CheckInterfaces(cfg, loopback)
		list.Join(more)
		list.Join(script.Judge(cfg))
	}
	v := verdict{status: list.ExitClass().ExitStatus()}
	for _, d := range list.All() {
		l := super.CompatLines(d)
		if len(l) == 0 && d.Class != diag.ClassNone {
			l = []string{super.OwnLine(d)}
		}
		v.lines = append(v.lines, l...)
	}
	return v, &list
}
