package super

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// modes are the two ways in which roles live.
var modes = map[string][]string{"processes": nil, "single": {"--single"}}

func TestStartAndStop(t *testing.T) {
	for name, flags := range modes {
		t.Run(name, func(t *testing.T) {
			s := play(t, "serve", flags...)
			pid := s.childPID()
			s.expect("Startup complete")
			if own := strconv.Itoa(s.cmd.Process.Pid) + "\n"; read(t, s.dir, "keepalived.pid") != own {
				t.Errorf("keepalived.pid is %q, want %q", read(t, s.dir, "keepalived.pid"), own)
			}
			if name == "processes" {
				if got := read(t, s.dir, "vrrp.pid"); got != strconv.Itoa(pid)+"\n" {
					t.Errorf("vrrp.pid is %q, want %d", got, pid)
				}
				comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
				if string(comm) != "actor\n" {
					t.Errorf("the child is called %q, %v", comm, err)
				}
				args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				if want := strings.Join(s.cmd.Args, "\x00") + "\x00"; string(args) != want {
					t.Errorf("the child's command line is %q, %v", args, err)
				}
			}
			s.signal(syscall.SIGTERM)
			if code := s.end(); code != 0 {
				t.Errorf("exit status %d", code)
			}
			want := []string{
				"Starting Keepalived v2.2.7 (Holdfast test)",
				"Running on " + Kernel(),
				"Command line: " + quoteArgs(s.cmd.Args),
				"Configuration file " + s.file,
				fmt.Sprintf("Starting VRRP child process, pid=%d", pid),
				"actor plays serve, respawned false",
				"Startup complete",
				"Stopping",
				"actor bows",
				"Stopped",
				"Stopped Keepalived v2.2.7 (Holdfast test)",
			}
			// The child's lines and the parent's are ordered each among themselves only.
			if d := cmp.Diff(sorted(want), sorted(s.said)); d != "" {
				t.Errorf("lines (-want +got):\n%s", d)
			}
			for _, f := range []string{"keepalived.pid", "vrrp.pid"} {
				if _, err := os.Stat(filepath.Join(s.dir, f)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s stays: %v", f, err)
				}
			}
		})
	}
}

func TestSignalsAreForwarded(t *testing.T) {
	for name, flags := range modes {
		t.Run(name, func(t *testing.T) {
			s := play(t, "serve", flags...)
			s.expect("Startup complete")
			for _, w := range []struct {
				sig  syscall.Signal
				line string
			}{
				{syscall.SIGUSR1, "actor hears dump"},
				{syscall.SIGUSR2, "actor hears stats"},
				{63, "actor hears stats-clear"},
				// The actor answers this one with a word that a parent does not expect: it must say so and
				// live on.
				{36, "unexpected message 'dump' from vrrp"},
			} {
				s.signal(w.sig)
				s.expect(w.line)
			}
			s.signal(syscall.SIGPIPE)
			s.signal(syscall.SIGINT)
			s.expect("Stopping")
			if code := s.end(); code != 0 {
				t.Errorf("exit status %d", code)
			}
		})
	}
}

func TestRespawn(t *testing.T) {
	s := play(t, "serve")
	for i, wait := range []int{0, 1} {
		pid := s.childPID()
		s.expect("actor plays serve, respawned " + strconv.FormatBool(i > 0))
		kill(t, pid, syscall.SIGKILL)
		s.expect(fmt.Sprintf("pid %d exited due to signal 9 (Killed)", pid))
		s.expect(fmt.Sprintf("VRRP child process(%d) died: Respawning", pid))
		s.expect(fmt.Sprintf("Restart of VRRP process delayed %d seconds to limit respawn rate", wait))
	}
	// A stop while a respawn is due does not wait for it.
	s.signal(syscall.SIGTERM)
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if n := strings.Count(strings.Join(s.said, "\n"), "Starting VRRP child process"); n != 2 {
		t.Errorf("%d children were started, want 2", n)
	}
}

func TestChildTermIsADeath(t *testing.T) {
	s := play(t, "serve")
	pid := s.childPID()
	s.expect("Startup complete")
	kill(t, pid, syscall.SIGINT) // a terminal's interrupt reaches children too: not their business
	kill(t, pid, syscall.SIGHUP)
	kill(t, pid, syscall.SIGUSR1)
	s.expect("actor hears dump")
	kill(t, pid, syscall.SIGTERM)
	s.expect("actor bows")
	s.expect(fmt.Sprintf("VRRP child process(%d) died: Respawning", pid))
	s.childPID()
	s.expect("actor plays serve, respawned true")
}

func TestDontRespawn(t *testing.T) {
	s := play(t, "serve", "-R")
	pid := s.childPID()
	s.expect("actor plays")
	kill(t, pid, syscall.SIGKILL)
	s.expect(fmt.Sprintf("VRRP child process(%d) died: Exiting", pid))
	s.expect("Stopping")
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// A crash must not be taken for exit status 2, and its trace must reach the log.
func TestPanicIsACrash(t *testing.T) {
	s := play(t, "panic", "-R")
	pid := s.childPID()
	s.expect(fmt.Sprintf("pid %d exited due to signal 6 (Aborted)", pid))
	s.expect("  panic: actor forgot the text")
	s.expect("died: Exiting")
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

func TestPermanentErrors(t *testing.T) {
	for act, want := range map[string]struct {
		code int
		why  string
		word string
	}{
		"config": {2, "VRRP cannot go on: no such interface", "CONFIG"},
		"refuse": {4, "VRRP cannot go on: not allowed", "missing permission"},
	} {
		for name, flags := range modes {
			t.Run(act+"/"+name, func(t *testing.T) {
				s := play(t, act, flags...)
				pid := s.childPID()
				code := s.end()
				if code != want.code {
					t.Errorf("exit status %d, want %d", code, want.code)
				}
				all := strings.Join(s.said, "\n")
				for _, line := range []string{
					want.why, fmt.Sprintf("pid %d exited with permanent error %s. Terminating", pid, want.word),
				} {
					if !strings.Contains(all, line) {
						t.Errorf("no line %q in:\n%s", line, all)
					}
				}
				s.never("Respawning")
			})
		}
	}
}

// An error that says nothing about the exit status is worth another try.
func TestFailureIsRetried(t *testing.T) {
	s := play(t, "fail")
	s.expect("VRRP cannot go on: the kernel is in a bad mood")
	s.expect("died: Respawning")
	s.expect("actor plays fail, respawned true")
}

func TestChildThatDoesNotStop(t *testing.T) {
	for name, flags := range modes {
		t.Run(name, func(t *testing.T) {
			s := play(t, "hang", flags...)
			s.expect("Startup complete")
			s.signal(syscall.SIGTERM)
			s.expect("vrrp process failed to die - forcing termination")
			if code := s.end(); code != 0 {
				t.Errorf("exit status %d", code)
			}
		})
	}
}

// The parent is killed: the child notices by the end of the bus and leaves in an orderly way.
func TestParentDies(t *testing.T) {
	s := play(t, "serve")
	pid := s.childPID()
	s.expect("Startup complete")
	s.signal(syscall.SIGKILL)
	s.expect("Parent process is gone - stopping")
	s.expect("actor bows")
	s.end() // reads until the child, the last holder of the pipe, is gone
	if _, err := os.Stat(filepath.Join(s.dir, "vrrp.pid")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("vrrp.pid of %d stays: %v", pid, err)
	}
	// What the killed one left does not keep the next from starting.
	s.start()
	s.expect("Startup complete")
	s.signal(syscall.SIGTERM)
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

func TestSecondDaemon(t *testing.T) {
	s := play(t, "serve")
	s.expect("Startup complete")
	second := &stage{t: t, dir: s.dir, file: s.file}
	second.start()
	second.expect("daemon is already running")
	if code := second.end(); code != 0 {
		t.Errorf("exit status %d, want keepalived's 0", code)
	}
	if got := read(t, s.dir, "keepalived.pid"); got != strconv.Itoa(s.cmd.Process.Pid)+"\n" {
		t.Errorf("the first daemon's pid file is %q now", got)
	}
}

func TestReloadKeepsTheRunningConfiguration(t *testing.T) {
	s := play(t, "serve")
	pid := s.childPID()
	s.expect("Startup complete")
	s.write("bad")
	s.signal(syscall.SIGHUP)
	s.expect("Reloading ...")
	s.expect("(" + s.file + ": Line 1) Unknown keyword 'bad'")
	s.expect("Reload refused: " + s.file + ":1:1: this is bad; the running configuration stays")
	if err := os.Remove(s.file); err != nil {
		t.Fatal(err)
	}
	s.signal(syscall.SIGHUP)
	s.expect("Config files missing")
	s.expect("Reload refused: ")
	s.write("reject")
	s.signal(syscall.SIGHUP)
	s.expect("Reload refused: vrrp: the actor does not like it; the running configuration stays")
	// A respawned child gets the bytes of the running generation, not what is on disk now.
	kill(t, pid, syscall.SIGKILL)
	s.expect("actor plays serve, respawned true")
}

func TestReload(t *testing.T) {
	s := play(t, "serve")
	pid := s.childPID()
	s.expect("Startup complete")
	s.write("serve well")
	s.signal(syscall.SIGHUP)
	s.expect("actor hears prepare")
	s.expectAll("actor hears commit", "Reload complete")
	// From now on the new generation is the one that children start with.
	s.write("config")
	kill(t, pid, syscall.SIGKILL)
	s.expect("actor plays serve well, respawned true")
}

// Track files get their first number before the roles start, and again at a reload if they are gone.
func TestTrackFilesBegin(t *testing.T) {
	dir := t.TempDir()
	holds := func(name, want string) {
		t.Helper()
		if got := read(t, dir, name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("forced", "9\n")
	s := play(t, "init "+dir)
	s.expect("Unable to open '" + dir + "/nowhere/x' - errno 2 (No such file or directory)")
	s.expect("Unable to initialise track file nowhere/x")
	s.expect("Startup complete")
	holds("absent", "5\n")
	holds("forced", "5\n")
	write("forced", "7\n")
	if err := os.Remove(filepath.Join(dir, "absent")); err != nil {
		t.Fatal(err)
	}
	s.signal(syscall.SIGHUP)
	s.expect("Reload complete")
	holds("absent", "5\n")
	holds("forced", "7\n")
}

func TestNothingToDo(t *testing.T) {
	s := play(t, "")
	s.expect("Warning - keepalived has no configuration to run")
	s.signal(syscall.SIGTERM)
	if code := s.end(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	s.never("Startup complete")
}

func TestNoConfiguration(t *testing.T) {
	dir := t.TempDir()
	s := &stage{t: t, dir: dir, file: filepath.Join(dir, "absent")}
	s.start()
	s.expect("Config files missing")
	if code := s.end(); code != 6 {
		t.Errorf("exit status %d, want 6", code)
	}
	s.never("Starting VRRP")
}

func TestDetail(t *testing.T) {
	s := play(t, "serve", "-D")
	s.expect("Opening file '" + s.file + "'.")
	s.expect("Startup complete")
	s.signal(syscall.SIGTERM)
	s.expect("Stopped - used ")
	s.expect("CPU usage (self/children) user: 0.")
	s.end()
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
