package super

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// CompatVersion is the release of keepalived that we answer as.
const CompatVersion = "2.2.7"

// Banner is how the program names itself: keepalived's form with our own name where it has the date.
func Banner(version string) string {
	return "Keepalived v" + CompatVersion + " (Holdfast " + version + ")"
}

// quoteArgs gives a command line as keepalived logs it: every word in single quotes.
func quoteArgs(args []string) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("'" + a + "'")
	}
	return b.String()
}

// Kernel is uname(2) in keepalived's form: "Linux 6.1.0 #1 SMP …".
func Kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "an unknown kernel"
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:]) + " " +
		unix.ByteSliceToString(u.Version[:])
}

// usage is the CPU time of this process and of its children that ended.
type usage struct{ selfUser, selfSystem, childUser, childSystem unix.Timeval }

func readUsage() usage {
	var own, children unix.Rusage
	// Neither call can fail with these arguments; if one did, zero is what we would print.
	_ = unix.Getrusage(unix.RUSAGE_SELF, &own)
	_ = unix.Getrusage(unix.RUSAGE_CHILDREN, &children)
	return usage{own.Utime, own.Stime, children.Utime, children.Stime}
}

// parentLine is what the parent says with -D on its way out.
func (u usage) parentLine() string {
	return fmt.Sprintf("CPU usage (self/children) user: %s/%s system: %s/%s",
		seconds(u.selfUser), seconds(u.childUser), seconds(u.selfSystem), seconds(u.childSystem))
}

// childLine is what a child says with -D on its way out; it has a shorter form as long as it ran no
// program of its own.
func (u usage) childLine() string {
	if u.childUser == (unix.Timeval{}) && u.childSystem == (unix.Timeval{}) {
		return fmt.Sprintf("Stopped - used %s user time, %s system time", seconds(u.selfUser), seconds(u.selfSystem))
	}
	return fmt.Sprintf("Stopped - used (self/children) %s/%s user time, %s/%s system time",
		seconds(u.selfUser), seconds(u.childUser), seconds(u.selfSystem), seconds(u.childSystem))
}

func seconds(t unix.Timeval) string { return fmt.Sprintf("%d.%06d", t.Sec, t.Usec) }
