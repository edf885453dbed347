package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"holdfast/internal/role/bus"
	"holdfast/internal/role/super"
)

// envDaemon marks the process that shall become the daemon: the second of the two that daemonising
// takes, since Go cannot fork. It finds a bus to its starter on descriptor 3.
const envDaemon = "HOLDFAST_DAEMON"

// background starts this program again as a daemon, in a session of its own, and waits until that runs or
// has failed: unlike keepalived's, the exit status tells which.
func background(args []string) int {
	conn, theirs, err := bus.Pair()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitFatal
	}
	defer conn.Close()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = args
	cmd.Env = append(os.Environ(), envDaemon+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr // until it runs
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitFatal
	}
	m, err := conn.Recv()
	switch {
	case err == nil && m.Kind == bus.Ready:
		return bus.ExitOK
	case err != nil && !errors.Is(err, io.EOF):
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitProgram
	}
	return cmd.ProcessState.ExitCode()
}

// isDaemon reports whether this process was started by background.
func isDaemon() bool { return os.Getenv(envDaemon) != "" }

// becomeDaemon leaves the starter's directory. The function it returns lets go of the starter and of its
// terminal, once the daemon runs.
func becomeDaemon() (started func(), err error) {
	os.Unsetenv(envDaemon)
	conn, err := bus.FromFD(3)
	if err != nil {
		return nil, fmt.Errorf("daemon: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return nil, fmt.Errorf("daemon: %w", err)
	}
	return func() {
		// The terminal goes first: whoever reads our output to its end must not wait for the daemon's.
		if err := super.ForgetTerminal(); err != nil {
			fmt.Fprintf(os.Stderr, "daemon: %v\n", err)
		}
		_ = conn.Send(bus.Msg{Kind: bus.Ready}) // nobody may be there to hear it
		conn.Close()
	}, nil
}
