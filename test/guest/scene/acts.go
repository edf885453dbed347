package scene

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// acts are the verbs of the script that do something to a stage. The first argument is the verb.
var acts map[string]func(g *stage, a []string) error

func init() {
	acts = map[string]func(g *stage, a []string) error{
		"serve":     (*stage).serve,
		"set":       (*stage).set,
		"unset":     func(g *stage, a []string) error { return g.with(a, (*server).unset) },
		"kill":      func(g *stage, a []string) error { return g.kill(a[1]) },
		"exec":      (*stage).exec,
		"freeze":    func(g *stage, a []string) error { return g.signal(a[1], unix.SIGSTOP) },
		"thaw":      func(g *stage, a []string) error { return g.signal(a[1], unix.SIGCONT) },
		"open":      func(g *stage, a []string) error { return g.open(a[1]) },
		"cut":       func(g *stage, a []string) error { return g.space.cut(a[1], true) },
		"heal":      func(g *stage, a []string) error { return g.space.cut(a[1], false) },
		"address":   func(g *stage, a []string) error { return g.space.address(a[1], true) },
		"noaddress": func(g *stage, a []string) error { return g.space.address(a[1], false) },
		"link":      func(g *stage, a []string) error { return g.space.link(a[1], a[2]) },
		"write":     (*stage).write,
		"remove":    func(g *stage, a []string) error { return os.Remove(filepath.Join(g.dir, a[1])) },
		"ipvsadm": func(g *stage, a []string) error {
			_, err := g.space.output(a[0], a[1:]...)
			return err
		},
		"look":   (*stage).look,
		"data":   (*stage).data,
		"start":  func(g *stage, a []string) error { return g.start(a[1], a[2:]...) },
		"reload": func(g *stage, a []string) error { return g.reload(strings.Join(a[1:], "")) },
		"stop":   func(g *stage, _ []string) error { return g.stop() },
	}
}

// arguments is how many a verb needs at least.
var arguments = map[string]int{
	"serve": 1, "set": 3, "unset": 1, "kill": 1, "exec": 2, "freeze": 1, "thaw": 1, "open": 1, "cut": 1, "heal": 1, "address": 1, "noaddress": 1, "link": 2,
	"write": 2, "remove": 1, "ipvsadm": 1, "look": 1, "start": 1,
}

func (g *stage) act(a []string) error {
	if len(a)-1 < arguments[a[0]] {
		return fmt.Errorf("%s needs %d arguments", a[0], arguments[a[0]])
	}
	if err := acts[a[0]](g, a); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(a, " "), err)
	}
	return nil
}

func (g *stage) serve(a []string) error {
	v := g.servers[a[1]]
	if len(a) == 4 {
		v = &server{name: a[1], kind: a[2], addr: a[3], tell: g.record.add}
		g.servers[a[1]] = v
	}
	if v == nil {
		return errors.New("no such server")
	}
	v.close()
	return g.space.do(v.open)
}

func (g *stage) with(a []string, f func(*server)) error {
	v := g.servers[a[1]]
	if v == nil {
		return errors.New("no such server")
	}
	f(v)
	return nil
}

func (g *stage) set(a []string) error {
	return g.with(a, func(v *server) { v.set(a[2], a[3]) })
}

// kill ends a server, or a program that exec has started.
func (g *stage) kill(name string) error {
	if v := g.servers[name]; v != nil {
		v.close()
		return nil
	}
	cmd := g.others[name]
	if cmd == nil {
		return errors.New("no such server")
	}
	delete(g.others, name)
	// With it goes whatever it has started.
	_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
	_ = cmd.Wait()
	return nil
}

// signal is for a program that exec has started, and for all that it has started.
func (g *stage) signal(name string, s unix.Signal) error {
	cmd := g.others[name]
	if cmd == nil {
		return errors.New("no such program")
	}
	return unix.Kill(-cmd.Process.Pid, s)
}

// openLimit is how long a server of the system may take to begin. One that is written in an interpreted language takes long.
const openLimit = time.Minute

// open waits until somebody listens.
func (g *stage) open(addr string) error {
	return g.space.do(func() error {
		for end := time.Now().Add(openLimit); ; time.Sleep(poll) {
			c, err := net.DialTimeout("tcp", addr, time.Second)
			if err == nil {
				return c.Close()
			}
			if time.Now().After(end) {
				return err
			}
		}
	})
}

func (g *stage) exec(a []string) error {
	var args []string
	for _, arg := range a[3:] {
		args = append(args, strings.ReplaceAll(arg, "$W", g.dir))
	}
	cmd := exec.Command(a[2], args...)
	cmd.Dir = g.dir
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	if err := g.space.do(cmd.Start); err != nil {
		return err
	}
	g.others[a[1]] = cmd
	return nil
}

func (g *stage) write(a []string) error {
	return replaceFile(filepath.Join(g.dir, a[1]), unescape(a[2])+"\n", 0o644)
}

// look records what a program says.
func (g *stage) look(a []string) error {
	out, err := g.space.output(a[1], a[2:]...)
	for l := range strings.Lines(string(out)) {
		g.record.add("look", strings.TrimSpace(l))
	}
	return err
}
