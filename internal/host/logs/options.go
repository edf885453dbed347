package logs

import (
	"os"
	"strings"
)

// Syslog facility codes that keepalived's -S can name (RFC 3164 §4.1.1).
const (
	FacilityUser   = 1
	FacilityDaemon = 3
	FacilityLocal0 = 16
)

// JournalUse says whether syslog lines go to the journal's socket instead of /dev/log.
type JournalUse uint8

// The uses of the journal.
const (
	JournalAuto  JournalUse = iota // if systemd started us (or our parent) and its socket is there
	JournalNever                   // always /dev/log
)

// Options chooses sinks. The zero value of a field is its default.
type Options struct {
	Ident    string // syslog tag: Keepalived, Keepalived_vrrp, …
	Console  bool   // -l: lines to stderr
	Syslog   bool   // no -G: lines to syslog or to the journal
	Facility int    // syslog facility code, 1 user, 3 daemon (default), 16…23 local0…7
	File     string // -g: lines to this file, appended; "" for none

	// FlushFile (--flush-log-file) writes each line to the file by itself. Without it, lines that
	// wait together are written together; none waits for a further one.
	FlushFile bool
	Detail    int        // how many times -D was given: see Sink.SetDetail
	Journal   JournalUse //
	Queue     int        // records each sink may hold back; 0 means 4096

	// Seams, for tests and for a process that received its stderr by another number.
	Stderr        *os.File            // default os.Stderr
	SyslogSocket  string              // default /dev/log
	JournalSocket string              // default /run/systemd/journal/socket
	Getenv        func(string) string // default os.Getenv
}

func (o Options) withDefaults() Options {
	if o.Ident == "" {
		o.Ident = "Keepalived"
	}
	if o.Facility == 0 {
		o.Facility = FacilityDaemon
	}
	if o.Queue <= 0 {
		o.Queue = 4096
	}
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	if o.SyslogSocket == "" {
		o.SyslogSocket = "/dev/log"
	}
	if o.JournalSocket == "" {
		o.JournalSocket = "/run/systemd/journal/socket"
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return o
}

// underJournal tells whether the journal's socket is to be used. systemd sets JOURNAL_STREAM when
// stdout or stderr go to the journal and INVOCATION_ID always; the latter alone is enough, because a
// unit may point its stderr elsewhere and still expects its syslog lines in the journal.
func (o Options) underJournal() bool {
	if o.Journal == JournalNever {
		return false
	}
	if o.Getenv("JOURNAL_STREAM") == "" && o.Getenv("INVOCATION_ID") == "" {
		return false
	}
	st, err := os.Stat(o.JournalSocket)
	return err == nil && st.Mode()&os.ModeSocket != 0
}

// FileName returns the name of a child's log file: suffix put before the last dot of the last element
// of path, or after it when there is none ("/tmp/keepalived.log", "_vrrp" → "/tmp/keepalived_vrrp.log").
func FileName(path, suffix string) string {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 || dot < strings.LastIndexByte(path, '/') {
		return path + suffix
	}
	return path[:dot] + suffix + path[dot:]
}
