// Package logs carries log records to where operators read them: syslog, the console (keepalived's -l
// form), a file, or the journal with its fields. The message of a record is keepalived's own line, so
// that greps and alerts written for it keep working; the attributes of a record are its structure, and
// only the journal shows them (as HOLDFAST_* fields).
//
// Every sink has a bounded queue of its own and a goroutine that drains it; a sink that does not drink
// loses records, counts them and says so later. No caller ever waits: not for a reader of stderr, not
// for syslogd, not for a disk, and not for a lock that somebody holds while writing.
//
//	Handle ──▶ queue ──▶ console   poll, then write(2)
//	       ├─▶ queue ──▶ syslog    /dev/log, datagrams; waits for it to come back
//	       └─▶ queue ──▶ file
//
// Under systemd the journal's own socket takes the place of /dev/log. A line reaches the same journal
// either way (and the same syslogd behind it, which the journal forwards to or which reads the
// journal), but only the native protocol keeps the fields. Options.Journal turns the choice off.
package logs
