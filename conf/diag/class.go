package diag

// ClassAbort is a line that keepalived cannot step over: it stops reading there and exits with
// status 2, under --config-test as well as when starting. (A keyword without its parameter.)
const ClassAbort Class = ClassFatal + 1

// ClassInclude is an include whose check fails: keepalived reads on to report more, and exits with status 6, under
// --config-test as well as when starting.
const ClassInclude Class = ClassAbort + 1

// ClassAbsent is an interface that a block of interfaces names and the host lacks: exit status 4 of a configuration test if
// nothing else is wrong. The daemon runs.
const ClassAbsent Class = ClassInclude + 1

// rank orders classes from harmless to worst.
// compat: keepalived's status 6 wins over 5, and 5 over 4.
func (c Class) rank() int {
	switch c {
	case ClassNone:
		return 0
	case ClassAbsent:
		return 1
	case ClassConfig:
		return 2
	case ClassSecurity:
		return 3
	case ClassFatal:
		return 4
	case ClassInclude:
		return 5
	case ClassAbort:
		return 6
	}
	panic("diag: unknown class")
}

// ExitStatus returns the exit status of a configuration test whose worst class is c.
func (c Class) ExitStatus() int {
	switch c {
	case ClassNone:
		return 0
	case ClassSecurity, ClassInclude:
		return 6
	case ClassConfig:
		return 5
	case ClassFatal, ClassAbsent:
		return 4
	case ClassAbort:
		return 2
	}
	panic("diag: unknown class")
}

// String names the class as the JSON rendering does.
func (c Class) String() string {
	switch c {
	case ClassNone:
		return "none"
	case ClassSecurity:
		return "security"
	case ClassConfig:
		return "config"
	case ClassFatal:
		return "fatal"
	case ClassAbort:
		return "abort"
	case ClassAbsent:
		return "absent"
	case ClassInclude:
		return "include"
	}
	return "unknown"
}

// String names the severity in lower case.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "unknown"
}
