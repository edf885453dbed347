package super

import (
	"os"
	"os/signal"
	"syscall"

	"holdfast/internal/role/bus"
)

// Signals as glibc numbers them: its SIGRTMIN is 34, two above the kernel's.
const (
	sigJSON       = syscall.Signal(34 + 2)
	sigStatsClear = syscall.Signal(64 - 1)
)

// SignalNumbers maps the names that --signum takes to signal numbers.
var SignalNumbers = map[string]int{
	"STOP":        int(syscall.SIGTERM),
	"RELOAD":      int(syscall.SIGHUP),
	"DATA":        int(syscall.SIGUSR1),
	"STATS":       int(syscall.SIGUSR2),
	"STATS_CLEAR": int(sigStatsClear),
	"JSON":        int(sigJSON),
}

// asked is what a signal asks of a role; 0 if nothing.
func asked(s os.Signal) bus.Kind {
	switch s {
	case syscall.SIGUSR1:
		return bus.Dump
	case syscall.SIGUSR2:
		return bus.Stats
	case sigStatsClear:
		return bus.StatsClear
	case sigJSON:
		return bus.JSON
	}
	return 0
}

// catch starts to listen for every signal that we know. Those that shall do nothing (SIGPIPE) are
// caught too: a signal set to "ignore" would stay so in every script that we start.
func catch() (signals <-chan os.Signal, release func()) {
	c := make(chan os.Signal, 32)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2,
		syscall.SIGPIPE, sigJSON, sigStatsClear)
	return c, func() { signal.Stop(c) }
}
