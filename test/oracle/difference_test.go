package oracle

import (
	"regexp"
	"sort"
	"strings"
	"testing"

	"holdfast/test/netns/lab"
)

// Differences between the two logs that are meant to be. Each has its reason; whoever adds one adds that too.
//
// Values that differ from run to run are replaced in both logs.
var replacements = []struct{ pattern, by string }{
	{`pid=[0-9]+`, "pid=N"},                                   // processes
	{`fd\([0-9]+,[0-9]+\)`, "fd(N,N)"},                        // descriptors
	{`Keepalived v2\.2\.7 \([^)]*\)`, "NAME VERSION"},         // ours tells in the brackets what it is
	{`seq=[0-9]+`, "seq=N"},                                   // netlink
	{`Command line: '[^']*'`, "Command line: 'PROGRAM'"},      // ours runs from another place
	{`\(built for Linux [^)]*\)`, "(built for Linux HEADER)"}, // a static Go binary is built for none
}

// Lines that tell nothing about VRRP and need not be there in both.
var optional = []string{
	`^NOTICE: setting config option max_auto_priority`, // advice about keepalived's own scheduling
	`^Running on Linux `,                                // the host, not the program
	`^Stopped - used `,                                  // CPU time, counted in keepalived's way
	`^timers: [0-9]+ served, `,                          // ours: how late it was
	`^CPU usage `,                                       //
	`^\([^)]*\) [A-Z]+ because `,                        // ours: the reason of a transition
	`^Assigned address fe80:`,                           // made of a random hardware address
	`^A thread timer expired `,                          // the machine was busy
	`^vrrp process failed to die - forcing termination`, // likewise
	`^Registering `,                                     // keepalived's inner channels
	`^VRRP sockpool: `,                                  // keepalived's inner structure
}

// Lines that keepalived's processes write at the same time as others: they must be there, anywhere.
var floating = []string{
	`^Startup complete$`,
	`^Starting VRRP child process`,
	`^Netlink reports eth0 (up|down)`,
	`^Stopping$`,
	`^Stopped$`,
}

func compiled(patterns []string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(patterns, "|"))
}

var optionalLine, floatingLine = compiled(optional), compiled(floating)

// lines returns a daemon's log in the form in which two logs are compared: the sequence, and after it the lines
// whose place is chance.
func lines(t *testing.T, d *lab.Daemon) (sequence []string) {
	t.Helper()
	var loose []string
	for _, l := range d.Lines() {
		text := l.Text
		for _, r := range replacements {
			text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.by)
		}
		switch {
		case optionalLine.MatchString(text):
		case floatingLine.MatchString(text):
			loose = append(loose, text)
		default:
			sequence = append(sequence, text)
		}
	}
	if len(sequence) == 0 {
		t.Error("the log is empty")
	}
	sort.Strings(loose)
	return append(append(sequence, "at any place:"), loose...)
}
