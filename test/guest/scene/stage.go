package scene

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Daemon is a program that takes keepalived's options and configuration.
type Daemon struct{ Name, Program string }

// stage is a daemon's own world.
type stage struct {
	Daemon
	scene   *Scene
	dir     string
	space   *space
	servers map[string]*server
	others  map[string]*exec.Cmd // programs of the system
	record  record
	run     *exec.Cmd
	ended   chan struct{}
	closers []func()
}

// scripts are files that every scene has, unless it brings its own. They start no process, which costs much in a guest.
var scripts = map[string]string{
	// A notify script: its arguments are seen as a line of kind run.
	"n.sh": "#!/bin/sh\necho \"$*\" >>$W/runs\n",
	// A check: it exits with what the file rc.$1 says; "sleep" and the name of a signal are other ways to end.
	"chk.sh": "#!/bin/sh\nread x <$W/rc.$1\ncase $x in sleep) exec sleep 30;; [A-Z]*) kill -$x $$;; esac\nexit $x\n",
}

func newStage(s *Scene, d Daemon) (_ *stage, err error) {
	g := &stage{Daemon: d, scene: s, servers: map[string]*server{}, others: map[string]*exec.Cmd{}}
	defer func() {
		if err != nil {
			g.close()
		}
	}()
	if g.dir, err = os.MkdirTemp("", s.Name); err != nil {
		return g, err
	}
	g.closers = append(g.closers, func() { os.RemoveAll(g.dir) })
	if err := os.Chmod(g.dir, 0o755); err != nil {
		return g, err
	}
	if g.space, err = newSpace(); err != nil {
		return g, err
	}
	g.closers = append(g.closers, g.space.close)
	if err := g.putAll(); err != nil {
		return g, err
	}
	for name, kind := range map[string]string{"fifo": "fifo", "runs": "run"} {
		if err := g.listen(name, kind); err != nil {
			return g, err
		}
	}
	return g, nil
}

// putAll writes the scene's files and those that every scene has.
func (g *stage) putAll() error {
	pems, err := pemFiles()
	if err != nil {
		return err
	}
	for _, files := range []map[string]string{scripts, pems, g.scene.Files} {
		for name, text := range files {
			if err := g.put(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes a file; $W in its text is the stage's directory.
func (g *stage) put(name, text string) error {
	mode := os.FileMode(0o644)
	if strings.HasPrefix(text, "#!") {
		mode = 0o755
	}
	return replaceFile(filepath.Join(g.dir, name), strings.ReplaceAll(text, "$W", g.dir), mode)
}

// replaceFile puts a new file in the place of one in one step, as an editor does.
func replaceFile(path, text string, mode os.FileMode) error {
	if err := os.WriteFile(path+".new", []byte(text), mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// listen makes a FIFO and records each line that is written into it.
func (g *stage) listen(name, kind string) error {
	path := filepath.Join(g.dir, name)
	if err := unix.Mkfifo(path, 0o666); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o666); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	g.closers = append(g.closers, func() { f.Close() })
	go func() {
		for in := bufio.NewScanner(f); in.Scan(); {
			g.record.add(kind, strings.ReplaceAll(in.Text(), g.dir, "$W"))
		}
	}()
	return nil
}

func (g *stage) close() {
	if g.run != nil {
		_ = g.stop()
	}
	for _, v := range g.servers {
		v.close()
	}
	for name := range g.others {
		_ = g.kill(name)
	}
	for i := len(g.closers) - 1; i >= 0; i-- {
		g.closers[i]()
	}
}

const configuration = "keepalived.conf"

// configure makes a file of the scene the daemon's configuration.
func (g *stage) configure(file string) error {
	text, ok := g.scene.Files[file]
	if !ok {
		return fmt.Errorf("the scene has no file %q", file)
	}
	return g.put(configuration, text)
}

// inside gives the daemon a /run of its own.
const inside = `mount -t tmpfs t /run && exec "$@"`

func (g *stage) start(file string, options ...string) error {
	if err := g.configure(file); err != nil {
		return err
	}
	w := func(name string) string { return filepath.Join(g.dir, name) }
	args := []string{
		"-c", inside, "sh", g.Program, "-n", "-l", "-D", "-G", "-f", w(configuration),
		"-p", w("main.pid"), "-c", w("check.pid"), "-r", w("vrrp.pid"),
	}
	cmd := exec.Command("/bin/sh", append(args, options...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR=" + g.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	r, out, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = out, out
	err = g.space.do(cmd.Start)
	out.Close()
	if err != nil {
		r.Close()
		return err
	}
	g.run, g.ended = cmd, make(chan struct{})
	go g.follow(r, cmd, g.ended)
	return nil
}

// follow reads what a daemon logs until all its processes are gone.
func (g *stage) follow(r *os.File, cmd *exec.Cmd, ended chan struct{}) {
	for in := bufio.NewScanner(r); in.Scan(); {
		if line, ok := words(in.Text(), g.dir); ok {
			g.record.add("log", line)
		}
	}
	r.Close()
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		g.record.add("log", fmt.Sprintf("(exit status %d)", code))
	}
	close(ended)
}

func (g *stage) reload(file string) error {
	if g.run == nil {
		return errors.New("nothing runs")
	}
	if file != "" {
		if err := g.configure(file); err != nil {
			return err
		}
	}
	return g.run.Process.Signal(unix.SIGHUP)
}

const stopLimit = 15 * time.Second

func (g *stage) stop() error {
	if g.run == nil {
		return errors.New("nothing runs")
	}
	cmd := g.run
	g.run = nil
	_ = cmd.Process.Signal(unix.SIGTERM) // it may have ended already, which its record shows
	select {
	case <-g.ended:
		return nil
	case <-time.After(stopLimit):
		_ = cmd.Process.Kill()
		return fmt.Errorf("%s does not stop", g.Name)
	}
}

// table is the kernel's, as ipvsadm would restore it.
func (g *stage) table() ([]string, error) {
	out, err := g.space.output("ipvsadm", "-Sn")
	if err != nil {
		return nil, err
	}
	var lines []string
	for l := range strings.Lines(string(out)) {
		lines = append(lines, "ipvs "+strings.TrimSpace(l))
	}
	return lines, nil
}
