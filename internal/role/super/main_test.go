package super

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/role/bus"
)

// envParent makes the test program a daemon: its arguments are the flags below and the run directory.
const envParent = "SUPER_TEST_PARENT"

// envMarks names a file that Options.Started appends a line to.
const envMarks = "SUPER_TEST_MARKS"

// The test program is three things: the tests, a parent, and (by the parent's mark) its children. All are
// real processes; only the role is an actor.
func TestMain(m *testing.M) {
	switch {
	case ChildName() != "":
		os.Exit(Child(actOptions(os.Args)))
	case os.Getenv(envParent) != "":
		os.Exit(Run(actOptions(os.Args)))
	}
	os.Exit(m.Run())
}

// actOptions reads a command line: program, run directory, configuration file, flags.
func actOptions(args []string) Options {
	o := Options{
		Args: args, Version: "test", RunDir: args[1], Load: loadAct,
		Flags: Flags{ConfigFile: args[2], Foreground: true, Console: true, NoSyslog: true},
		Roles: []Spec{{
			Name: "vrrp", Title: "VRRP", Ident: "Keepalived_vrrp",
			PIDFile: func(f *Flags) string { return f.VRRPPIDFile },
			Process: func(*conf.Global) string { return "actor" },
			Wanted:  func(c *conf.Config, _ Flags) bool { return c.Global.RouterID.V != "" },
			Make:    func(b Birth) (bus.Role, error) { return newActor(b) },
		}},
	}
	if path := os.Getenv(envMarks); path != "" {
		o.Started = func() { mark(path) }
	}
	for _, f := range args[3:] {
		if ns, ok := strings.CutPrefix(f, "--namespace="); ok {
			o.Flags.Namespace = ns
		}
		switch f {
		case "-R":
			o.Flags.DontRespawn = true
		case "-D":
			o.Flags.Detail++
		case "--single":
			o.Flags.Single = true
		}
	}
	return o
}

func mark(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, "started")
}

// loadAct takes a file's text for the act to play. "bad" is an error, and a file that is not there is what
// keepalived says about it.
func loadAct(src syntax.Source, path string, _ ...string) (*conf.Config, diag.List) {
	var found diag.List
	text, err := src.ReadFile(path)
	if err != nil {
		found.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassFatal, Code: "absent",
			Summary: err.Error(), Compat: "Config files missing '" + path + "'.",
		})
	}
	cfg := &conf.Config{}
	cfg.Global.RouterID.V = strings.TrimSpace(string(text))
	if cfg.Global.RouterID.V == "bad" {
		found.Add(diag.Diagnostic{
			Severity: diag.Error, Class: diag.ClassConfig, Code: "bad",
			At: diag.NewFile(path, string(text)).Span(0, 3), Summary: "this is bad", Compat: "Unknown keyword 'bad'",
		})
	}
	if cfg.Global.RouterID.V == "hang" {
		cfg.Global.ChildWaitTime.V = 300 * time.Millisecond
	}
	return cfg, found
}

// actor is a role that does what the configuration says.
type actor struct {
	Birth
	act   string
	ready chan struct{}
}

func newActor(b Birth) (*actor, error) {
	a := &actor{Birth: b, act: b.Config.Global.RouterID.V, ready: make(chan struct{})}
	if a.act == "refuse" {
		return nil, &bus.ExitError{Code: bus.ExitPermission, Err: errors.New("not allowed")}
	}
	return a, nil
}

func (a *actor) Ready() <-chan struct{} { return a.ready }
func (a *actor) String() string         { return "actor" }

func (a *actor) Run(ctx context.Context) error {
	a.Log.Info(fmt.Sprintf("actor plays %s, respawned %v", a.act, a.Respawn))
	close(a.ready)
	go func() {
		for {
			m, err := a.Bus.Recv()
			if err != nil {
				return
			}
			if m.Kind != bus.Stop { // the context may have ended the act already
				a.Log.Info("actor hears " + m.Kind.String())
			}
			switch m.Kind {
			case bus.JSON:
				_ = a.Bus.Send(bus.Msg{Kind: bus.Dump})
			case bus.Prepare:
				a.prepare(m)
			case bus.Commit:
				_ = a.Bus.Send(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
			}
		}
	}()
	switch a.act {
	case "config":
		return &bus.ExitError{Code: bus.ExitConfig, Err: errors.New("no such interface")}
	case "fail":
		return errors.New("the kernel is in a bad mood")
	case "panic":
		go func() { panic("actor forgot the text") }()
	case "hang":
		<-make(chan struct{})
	}
	<-ctx.Done()
	a.Log.Info("actor bows")
	return nil
}

// prepare answers as the new configuration's act would have it.
func (a *actor) prepare(m bus.Msg) {
	cfg, err := a.Thaw(m.Text)
	if err != nil {
		a.Log.Error(err.Error())
		return
	}
	answer := bus.Msg{Kind: bus.Prepared, Gen: m.Gen}
	if cfg.Global.RouterID.V == "reject" {
		answer.Kind, answer.Text = bus.Rejected, "the actor does not like it"
	}
	_ = a.Bus.Send(answer)
}

// stage is a parent under test.
type stage struct {
	t    *testing.T
	dir  string
	file string
	cmd  *exec.Cmd
	read *bufio.Reader
	said []string
	rest int // lines of said that expect has passed
}

func play(t *testing.T, act string, flags ...string) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{t: t, dir: dir, file: filepath.Join(dir, "conf")}
	s.write(act)
	s.start(flags...)
	return s
}

func (s *stage) write(act string) {
	s.t.Helper()
	if err := os.WriteFile(s.file, []byte(act+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) start(flags ...string) {
	s.t.Helper()
	s.cmd = exec.Command("/proc/self/exe")
	s.cmd.Args = append([]string{"keepalived", s.dir, s.file}, flags...)
	s.cmd.Env = append(os.Environ(), envParent+"=1", "GORACE=atexit_sleep_ms=0")
	out, in, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Stderr = in
	err = s.cmd.Start()
	in.Close()
	if err != nil {
		s.t.Fatal(err)
	}
	s.read, s.said, s.rest = bufio.NewReader(out), nil, 0
	s.t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // ends the children too: their bus ends
		_ = s.cmd.Wait()
		out.Close()
	})
	// A test that waits for a line in vain must end.
	if err := out.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
}

var stamp = regexp.MustCompile(`^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}: `)

// expect reads on until a line has text, and returns it.
func (s *stage) expect(text string) string {
	s.t.Helper()
	for {
		line, err := s.read.ReadString('\n')
		line = stamp.ReplaceAllString(strings.TrimSuffix(line, "\n"), "")
		if line != "" {
			s.said = append(s.said, line)
		}
		if strings.Contains(line, text) {
			return line
		}
		if err != nil {
			s.t.Fatalf("%v while waiting for %q in:\n%s", err, text, strings.Join(s.said, "\n"))
		}
	}
}

// expectAll waits for all of them, in any order: what two processes log has none.
func (s *stage) expectAll(texts ...string) {
	s.t.Helper()
	for len(texts) > 0 {
		line := s.expect("")
		if line == "" {
			line = s.expect(texts[0]) // which says so, if nothing more comes
		}
		texts = slices.DeleteFunc(texts, func(t string) bool { return strings.Contains(line, t) })
	}
}

func (s *stage) never(text string) {
	s.t.Helper()
	for _, line := range s.said {
		if strings.Contains(line, text) {
			s.t.Errorf("unexpected line %q", line)
		}
	}
}

func (s *stage) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// childPID reads the pid out of "Starting VRRP child process, pid=N".
func (s *stage) childPID() int {
	s.t.Helper()
	var pid int
	line := s.expect("Starting VRRP child process, pid=")
	if _, err := fmt.Sscanf(line, "Starting VRRP child process, pid=%d", &pid); err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	return pid
}

// end waits for the parent's end and returns its exit status.
func (s *stage) end() int {
	s.t.Helper()
	rest, err := io.ReadAll(s.read)
	if err != nil {
		s.t.Fatalf("%v while waiting for the end; after:\n%s", err, strings.Join(s.said, "\n"))
	}
	for line := range strings.Lines(string(rest)) {
		s.said = append(s.said, stamp.ReplaceAllString(strings.TrimSuffix(line, "\n"), ""))
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

func kill(t *testing.T, pid int, sig syscall.Signal) {
	t.Helper()
	if err := unix.Kill(pid, sig); err != nil {
		t.Fatal(err)
	}
}
