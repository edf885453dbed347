// Package logs carries log records to where operators read them: syslog, the console (keepalived's -l
// form), a file, or the journal with its fields. Every sink has a bounded queue of its own and a
// goroutine that drains it; a sink that does not drink loses records, counts them and says so later.
// No caller ever waits.
package logs
