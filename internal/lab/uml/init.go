package uml

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The kernel hands words of its command line that it does not know to init as environment.
const initVar = "HOLDFAST_GUEST_INIT"

// job is what the host wants of a guest, as JSON in the file "job" of the guest's directory. Its fields are Guest's.
type job struct {
	Kernel  string // the kernel's directory
	Args    []string
	Dir     string
	Env     []string
	Out     string
	Without string
}

// A program that uses this package is the guest's init as well: there it never comes to its main.
func init() {
	if os.Getpid() != 1 || os.Getenv(initVar) == "" {
		return
	}
	dir := os.Getenv(initVar)
	if err := serve(dir); err != nil {
		_ = os.WriteFile("/run/host/error", []byte(err.Error()), 0o644)
		fmt.Println("guest:", err)
	}
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

// serve makes the guest of a bare kernel, runs the command, and leaves its exit status in the file "status".
func serve(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "job"))
	if err != nil {
		return err
	}
	var j job
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	if err := newRoot(dir, j); err != nil {
		return err
	}
	// A guest that "reboots" begins anew, and must not run its command twice.
	if _, err := os.Stat("/run/host/started"); err == nil {
		return errors.New("the guest has rebooted")
	}
	if err := os.WriteFile("/run/host/started", nil, 0o644); err != nil {
		return err
	}
	if err := loadAll(kernel{j.Kernel}, j.Without); err != nil {
		return err
	}
	if err := linkUp("lo"); err != nil {
		return err
	}
	status, err := run(j)
	if err != nil {
		return err
	}
	return os.WriteFile("/run/host/status", []byte(strconv.Itoa(status)), 0o644)
}

type mount struct{ kind, source, target, options string }

func (m mount) do() error {
	if err := os.MkdirAll(m.target, 0o755); err != nil && !errors.Is(err, unix.EROFS) {
		return err
	}
	if err := unix.Mount(m.source, m.target, m.kind, 0, m.options); err != nil {
		return fmt.Errorf("mount %s on %s: %w", m.kind, m.target, err)
	}
	return nil
}

// newRoot lays memory over the host's root, which is mounted read-only, and goes there. /run and /var/tmp begin empty.
func newRoot(dir string, j job) error {
	if err := (mount{"tmpfs", "tmpfs", "/mnt", "size=90%"}).do(); err != nil {
		return err
	}
	for _, d := range []string{"/mnt/up", "/mnt/work", "/mnt/root"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return err
		}
	}
	if err := load(filepath.Join(kernel{j.Kernel}.modules(), overlay+".ko")); err != nil {
		return err
	}
	const root = "/mnt/root"
	for _, m := range []mount{
		{"overlay", "overlay", root, "lowerdir=/,upperdir=/mnt/up,workdir=/mnt/work"},
		{"proc", "proc", root + "/proc", ""},
		{"sysfs", "sysfs", root + "/sys", ""},
		{"devtmpfs", "devtmpfs", root + "/dev", ""},
		{"devpts", "devpts", root + "/dev/pts", ""},
		{"tmpfs", "tmpfs", root + "/dev/shm", ""},
		{"tmpfs", "tmpfs", root + "/var/tmp", "mode=1777"},
		{"tmpfs", "tmpfs", root + "/run", ""},
		{"hostfs", "none", root + "/run/host", dir},
		{"hostfs", "none", root + "/out", j.Out},
	} {
		if err := m.do(); err != nil {
			return err
		}
	}
	for _, d := range []string{"/run/netns", "/run/lock"} {
		if err := os.MkdirAll(root+d, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Chroot(root); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	return os.Symlink("/proc/self/fd", "/dev/fd")
}

// loadAll loads the modules of the kernel's list. Those that init has loaded already are no error.
func loadAll(k kernel, without string) error {
	list, err := os.ReadFile(k.order())
	if err != nil {
		return err
	}
	for _, name := range strings.Fields(string(list)) {
		if without != "" && strings.HasPrefix(name, without) {
			continue
		}
		if err := load(filepath.Join(k.modules(), name)); err != nil && !errors.Is(err, unix.EEXIST) {
			return err
		}
	}
	return nil
}

func load(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil {
		return fmt.Errorf("load %s: %w", filepath.Base(file), err)
	}
	return nil
}

func linkUp(name string) error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	ifr.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, ifr)
}

// run starts the command with the console as its output, and is parent to what the guest's processes leave behind until it ends.
func run(j job) (status int, err error) {
	console, err := os.OpenFile("/dev/console", os.O_WRONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return 0, err
	}
	if err := rawConsole(int(console.Fd())); err != nil {
		return 0, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	p, err := os.StartProcess(j.Args[0], j.Args, &os.ProcAttr{
		Dir: j.Dir, Env: j.Env, Files: []*os.File{null, console, console}, Sys: &unix.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, err
	}
	for {
		var s unix.WaitStatus
		pid, err := unix.Wait4(-1, &s, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case pid == p.Pid && s.Signaled():
			return 128 + int(s.Signal()), nil
		case pid == p.Pid:
			return s.ExitStatus(), nil
		}
	}
}

// rawConsole keeps the console from writing "\r\n" where "\n" was said.
func rawConsole(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}
