package scene

import (
	"regexp"
	"strings"
)

// stamp is the time before a line that is logged to the console: "Fri Nov 20 14:31:24 2026: ".
var stamp = regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}: `)

// about are the beginnings of lines that say how a program, not its servers, is doing: its name and version, its processes, the
// files it opened, how much of the processor it used, and advice on its settings.
var about = []string{
	"Starting Keepalived", "Starting Holdfast", "Running on ", "Command line: ", "              ", "Opening file ", "Configuration file ",
	"NOTICE: ", "Starting Healthcheck child process", "Starting VRRP child process", "Script user ", "SECURITY VIOLATION ",
	"Startup complete", "Reload complete", "Reloading", "Stopping", "Stopped", "CPU usage ", "Initializing ipvs", "Reinitializing ipvs",
	"Activating BFD healthchecker", "A thread timer expired", "Registering Kernel netlink", "WARNING - script ", "Child process ",
	"Assigned address ", "timers: ", "Printing parent data ",
}

var (
	pid = regexp.MustCompile(`\(PID \d+\)|pid=\d+|\bprocess\(\d+\)`)
	// An unsent line of a daemon that is not keepalived's begins with the process that says it.
	who = regexp.MustCompile(`^[A-Za-z_]+\[\d+\]: `)
)

// words returns a log line in a form that two daemons can share; false: it is about the daemon itself.
func words(line, dir string) (string, bool) {
	line = stamp.ReplaceAllString(line, "")
	line = who.ReplaceAllString(line, "")
	for _, a := range about {
		if strings.HasPrefix(line, a) {
			return "", false
		}
	}
	line = strings.ReplaceAll(line, dir, "$W")
	if strings.HasPrefix(line, "($W/"+configuration+": ") || strings.HasPrefix(line, "(Line ") {
		return "", false // what is said of a configuration is compared by the tests of the language
	}
	return strings.TrimRight(pid.ReplaceAllString(line, "PID"), " \n"), line != ""
}
