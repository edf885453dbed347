package diag

// Severity says what a diagnostic does to the outcome.
type Severity uint8

const (
	// Info tells of something that works as written but is worth knowing (a keyword not active yet,
	// white space that web pages leave behind). It never changes an exit status.
	Info Severity = iota + 1
	// Warning is something that keepalived also reports and runs on with.
	Warning
	// Error is something that keepalived reports as a configuration error; the daemon still starts
	// on what is left unless the Code's class is fatal.
	Error
)

// Class selects the exit status under --config-test; the worst class wins (features: 0, 4, 5, 6).
type Class uint8

const (
	// ClassNone leaves the exit status alone.
	ClassNone Class = iota
	// ClassConfig is any configuration fault: exit status 5.
	ClassConfig
	// ClassSecurity is "scripts used without enable_script_security": exit status 6.
	ClassSecurity
	// ClassFatal is a file that cannot be read or a fault the daemon cannot run with: exit status 4.
	ClassFatal
)

// Via is one step of how a token came to be where it is: an include or a $NAME expansion.
type Via struct {
	What string // "included from" or "expanded from $NAME"
	At   Span
}

// A Diagnostic is one finding about one place.
type Diagnostic struct {
	Severity Severity
	Class    Class
	Code     string // stable, kebab-case: "unknown-keyword"
	At       Span   // the offending word
	Summary  string // one line, lower case, no position
	Compat   string // keepalived's own words, a line each, without the "(FILE: Line N) " prefix; empty when it says nothing
	Bare     bool   // keepalived writes the Compat text without a "(FILE: Line N) " prefix
	// CompatLine is the line that keepalived names when it is not At's; 0 means At's.
	CompatLine int
	Effect     string // what will happen instead: "VI_1 runs at the default priority 100"
	Suggest    string // what to write instead, or the command that mends it
	In         []Context
	Via        []Via
}

// Context names a block that encloses the finding: "vrrp_instance VI_1" at its keyword.
type Context struct {
	What string
	At   Span
}
