package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/names"
	"holdfast/internal/host/script"
	"holdfast/internal/role/super"
)

// configTest is -t: it judges the configuration as far as this host lets it run, writes keepalived's
// lines to stderr or to the file of -tFILE, and returns the exit status of the worst finding.
func configTest(c *command) int {
	// Nearly all that reading a file allocates is kept until the end: looking for what is not costs a quarter of the time.
	debug.SetGCPercent(400)
	out := os.Stderr
	if c.testLog != "" {
		f, err := os.OpenFile(c.testLog, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			var no syscall.Errno
			errors.As(err, &no)
			fmt.Fprintf(os.Stderr, "Unable to open config-test log file %s %d - %s\n", c.testLog, int(no), strerror(no))
			return 1
		}
		defer f.Close()
		out = f
	}
	findings, err := judge(c)
	if err != nil {
		fmt.Fprintf(out, "%v\n", err)
		return diag.ClassFatal.ExitStatus()
	}
	if err := writeCompat(out, &findings); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", out.Name(), err)
		return diag.ClassFatal.ExitStatus()
	}
	return findings.ExitClass().ExitStatus()
}

// judge loads the configuration and asks the host about it.
func judge(c *command) (diag.List, error) {
	cfg, findings := loader(c, runtime.NumCPU())(super.Disk{}, c.ConfigFile)
	if findings.ExitClass() == diag.ClassAbort {
		return findings, nil // compat: nothing after that line is looked at
	}
	more, err := judgeHost(cfg)
	findings.Join(more)
	return findings, err
}

// judgeHost says what of a configuration this host cannot do.
func judgeHost(cfg *conf.Config) (diag.List, error) {
	findings, err := super.CheckInterfaces(cfg)
	if err != nil {
		return findings, err
	}
	findings.Join(script.Judge(cfg))
	if g := &cfg.Global; g.SMTPServer.Set() {
		if err := names.Resolve(g.SMTPServer.V, names.Patience); err != nil {
			findings.Add(conf.UnresolvedMailServer(g, err.Error(), names.Others(super.Disk{})))
		}
	}
	return findings, nil
}

// writeCompat writes keepalived's lines, and our own for what changes the exit status and keepalived has
// no words for.
func writeCompat(w io.Writer, findings *diag.List) error {
	b := bufio.NewWriter(w)
	seen := map[string]bool{}
	for _, d := range findings.All() {
		lines := super.CompatLines(d)
		if len(lines) == 0 && d.Class != diag.ClassNone {
			lines = []string{super.OwnLine(d)}
		}
		for _, l := range lines {
			if !seen[l] {
				seen[l] = true
				fmt.Fprintln(b, l)
			}
		}
	}
	return b.Flush()
}

// strerror is the C library's text for an error number; the standard library's begins in lower case.
func strerror(no syscall.Errno) string {
	s := no.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}
