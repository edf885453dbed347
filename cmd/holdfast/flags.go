package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"holdfast/internal/getopt"
	"holdfast/internal/host/logs"
	"holdfast/internal/role/super"
)

// defaultConfig is the file that is read without -f.
const defaultConfig = "/etc/keepalived/keepalived.conf"

// defaultLogFile is where -g without a name logs to.
// compat: in $TMPDIR, else /tmp.
func defaultLogFile() string { return filepath.Join(os.TempDir(), "keepalived.log") }

// Marks of options without a letter.
const (
	idAll = 256 + iota
	idFlushLog
	idSignum
	idSingle
)

var options = []getopt.Option{
	{Short: 'f', Long: "use-file", Arg: getopt.Required, ID: 'f'},
	{Short: 'P', Long: "vrrp", ID: 'P'},
	{Short: 'C', Long: "check", ID: 'C'},
	{Short: 'B', Long: "no_bfd", ID: 'B'},
	{Long: "all", ID: idAll},
	{Short: 'l', Long: "log-console", ID: 'l'},
	{Short: 'D', Long: "log-detail", ID: 'D'},
	{Short: 'S', Long: "log-facility", Arg: getopt.Required, ID: 'S'},
	{Short: 'g', Long: "log-file", Arg: getopt.Optional, ID: 'g'},
	{Long: "flush-log-file", ID: idFlushLog},
	{Short: 'G', Long: "no-syslog", ID: 'G'},
	{Short: 'u', Long: "umask", Arg: getopt.Required, ID: 'u'},
	{Short: 'X', Long: "release-vips", ID: 'X'},
	{Short: 'V', Long: "dont-release-vrrp", ID: 'V'},
	{Short: 'I', Long: "dont-release-ipvs", ID: 'I'},
	{Short: 'R', Long: "dont-respawn", ID: 'R'},
	{Short: 'n', Long: "dont-fork", ID: 'n'},
	{Short: 'd', Long: "dump-conf", ID: 'd'},
	{Short: 'p', Long: "pid", Arg: getopt.Required, ID: 'p'},
	{Short: 'r', Long: "vrrp_pid", Arg: getopt.Required, ID: 'r'},
	{Short: 'c', Long: "checkers_pid", Arg: getopt.Required, ID: 'c'},
	{Short: 'b', Long: "bfd_pid", Arg: getopt.Required, ID: 'b'},
	{Short: 'T', Long: "genhash", ID: 'T'},
	{Short: 'a', Long: "address-monitoring", ID: 'a'},
	{Short: 'x', Long: "snmp", ID: 'x'},
	{Short: 'A', Long: "snmp-agent-socket", Arg: getopt.Required, ID: 'A'},
	{Short: 's', Long: "namespace", Arg: getopt.Required, ID: 's'},
	{Short: 'm', Long: "core-dump", ID: 'm'},
	{Short: 'M', Long: "core-dump-pattern", Arg: getopt.Optional, ID: 'M'},
	{Short: 'e', Long: "all-config", ID: 'e'},
	{Short: 'i', Long: "config-id", Arg: getopt.Required, ID: 'i'},
	{Long: "signum", Arg: getopt.Required, ID: idSignum},
	{Short: 't', Long: "config-test", Arg: getopt.Optional, ID: 't'},
	{Short: 'v', Long: "version", ID: 'v'},
	{Short: 'h', Long: "help", ID: 'h'},
	{Long: "single", ID: idSingle},
}

// command is what a command line in keepalived's style asks for.
type command struct {
	super.Flags
	test    bool   // -t
	testLog string // -tFILE

	done     bool // answered already: exit with status
	genhash  bool
	rest     []string // genhash: its command line
	status   int
	operands []string
	wrong    bool // an option was wrong: nothing may be started
}

// parse reads a command line in keepalived's style. What keepalived answers at once (-v, -h, --signum,
// a wrong option) is written to stdout and stderr.
func parse(args []string, stdout, stderr io.Writer) *command {
	c := &command{Flags: super.Flags{ConfigFile: defaultConfig}}
	found, operands := getopt.Parse(args[1:], options)
	for i, f := range found {
		if f.Err != nil {
			c.complain(f, stderr)
			continue
		}
		if f.ID == 'T' {
			if i > 0 {
				fmt.Fprintf(stderr, "Warning -- `%s` not used as first option, previous options ignored\n", strings.TrimPrefix(f.Name, "--"))
			}
			c.genhash, c.rest = true, f.Rest
			return c
		}
		if c.answer(args[0], f, stdout, stderr); c.done {
			return c
		}
		c.set(f, stderr)
	}
	if c.operands = operands; len(operands) > 0 {
		// compat: on standard output, and not an error for the exit status.
		fmt.Fprintf(stdout, "Unexpected argument(s): %s \n", strings.Join(operands, " "))
	}
	if c.wrong {
		c.done, c.status = true, 1
	}
	return c
}

// complain says what is wrong with an option, in keepalived's words and with the help that glibc gives.
func (c *command) complain(f getopt.Found, stderr io.Writer) {
	c.wrong = true
	switch f.Err.Kind {
	case getopt.MissingArgument:
		fmt.Fprintf(stderr, "Missing parameter for option %s\n", f.Err.Word)
	case getopt.Ambiguous:
		fmt.Fprintf(stderr, "Unknown option %s (could be %s)\n", f.Err.Word, strings.Join(f.Err.Among, ", "))
	default:
		fmt.Fprintf(stderr, "Unknown option %s\n", f.Err.Word)
	}
}

// answer handles the options that end the program where they stand.
func (c *command) answer(name string, f getopt.Found, stdout, stderr io.Writer) {
	c.done = true
	switch f.ID {
	case 'v':
		printVersion(stderr)
	case 'h':
		printUsage(name, stderr)
	case idSignum:
		n, ok := super.SignalNumbers[f.Value]
		switch {
		case f.Value == "":
			fmt.Fprintln(stderr, "Missing parameter for option --signum")
			c.status = 1
		case !ok:
			fmt.Fprintf(stderr, "Unknown sigfunc %s\n", f.Value)
			c.status = 1
		default:
			fmt.Fprintln(stdout, n)
		}
	default:
		c.done = false
	}
}

// set takes over one option.
func (c *command) set(f getopt.Found, stderr io.Writer) {
	switch f.ID {
	case 'f':
		c.ConfigFile = f.Value
	case 'i':
		c.ConfigID = f.Value
	case 'e':
		c.AllConfig = true
	case 't':
		c.test, c.testLog = true, f.Value
	case 'P':
		c.NoCheck = true
	case 'C':
		c.NoVRRP = true
	case 'B':
		c.NoBFD = true
	case idAll:
		c.All = true
	case idSingle:
		c.Single = true
	case 'n':
		c.Foreground = true
	case 'p':
		c.PIDFile = f.Value
	case 'r':
		c.VRRPPIDFile = f.Value
	case 'c':
		c.CheckersPIDFile = f.Value
	case 'b':
		c.BFDPIDFile = f.Value
	case 's':
		c.Namespace = f.Value
	default:
		c.setLog(f, stderr)
	}
}

func (c *command) setLog(f getopt.Found, stderr io.Writer) {
	switch f.ID {
	case 'l':
		c.Console = true
	case 'D':
		c.Detail++
	case 'G':
		c.NoSyslog = true
	case 'g':
		c.LogFile = f.Value
		if f.Value == "" {
			c.LogFile = defaultLogFile()
		}
	case idFlushLog:
		c.FlushLog = true
	case 'S':
		code, ok := facility(f.Value)
		if !ok {
			// compat: said, and then ignored.
			fmt.Fprintf(stderr, "Invalid log facility '%s'\n", f.Value)
			return
		}
		c.Facility = code
	default:
		c.setConduct(f, stderr)
	}
}

func (c *command) setConduct(f getopt.Found, stderr io.Writer) {
	switch f.ID {
	case 'u':
		mask, err := strconv.ParseUint(f.Value, 0, 16)
		if f.Value != "" && (err != nil || mask > 0o777) {
			// compat: said, and then ignored.
			fmt.Fprintf(stderr, "Invalid --umask option %s\n", f.Value)
			return
		}
		c.Umask, c.UmaskSet = uint32(mask), true
	case 'd':
		c.DumpConf = true
	case 'X':
		c.ReleaseVIPs = true
		c.idle(f)
	case 'V':
		c.DontReleaseVRRP = true
	case 'I':
		c.DontReleaseIPVS = true
	case 'R':
		c.DontRespawn = true
	case 'm':
		c.CoreDump = true
	case 'M':
		c.CoreDump, c.CorePattern = true, f.Value
		if f.Value == "" {
			c.CorePattern = "core"
		}
	case 'a', 'x', 'A':
		c.idle(f)
	default:
		panic("flags: unhandled option " + f.Name)
	}
}

// idle notes an option that is taken and does nothing yet.
func (c *command) idle(f getopt.Found) {
	for _, name := range c.Idle {
		if name == f.Name {
			return
		}
	}
	c.Idle = append(c.Idle, f.Name)
}

// facility reads what -S takes: 0 to 7, local0 to local7, user or daemon.
func facility(s string) (code int, ok bool) {
	switch s {
	case "user":
		return logs.FacilityUser, true
	case "daemon":
		return logs.FacilityDaemon, true
	}
	n, err := strconv.Atoi(strings.TrimPrefix(s, "local"))
	if s != "" && (err != nil || n < 0 || n > 7) {
		return 0, false
	}
	return logs.FacilityLocal0 + n, true // compat: an empty word is 0
}
