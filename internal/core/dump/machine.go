package dump

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/table"
)

// Machine is what the lines tell and the configuration does not know.
type Machine struct {
	Name      string // of this host: router_id if none is configured
	Namespace string // of the network, if a name was given
	Umask     uint32 // in force

	// UID and GID are of scripts without an account of their own; Nobody says that those are not run.
	UID, GID uint32
	Nobody   bool

	// Program tells what a script became; false if it will not be run. Nil: none will.
	Program func(*conf.Command) (Program, bool)
	// Faulty reports whether an instance cannot work now. Nil: all can.
	Faulty func(*conf.Instance) bool

	Mirror *table.Mirror         // links and addresses, as they are
	Ours   func(netip.Addr) bool // tells virtual addresses from the machine's own

	Live *Live // nil: nothing has been started yet

	Checking
}

// Checking is what the process of checkers tells in place of links and of Live.
type Checking struct {
	Checks   bool                          // this is that process
	Census   check.Census                  // how servers and checkers stand
	Misc     func(*conf.MiscCheck) Program // what its script became
	FIFO     *Program                      // whose lvs_notify_fifo is: UID and GID; nil: nobody says
	Reloaded bool                          // the configuration is not the first one
}

// Program is a script as it is run.
type Program struct {
	Argv     []string
	UID, GID uint32
}

// All gives every section.
func All(cfg *conf.Config, m *Machine) []string {
	return append(append(append(Global(cfg, m), VRRP(cfg, m)...), Interfaces(cfg, m)...), Decisions(cfg, m)...)
}

// Services gives every section of the process of checkers.
func Services(cfg *conf.Config, m *Machine) []string {
	var t text
	t.topology(cfg, m)
	t.checkers(cfg, m)
	return append(Global(cfg, m), t...)
}

func (m *Machine) program(c *conf.Command) (Program, bool) {
	if c == nil || m.Program == nil {
		return Program{}, false
	}
	return m.Program(c)
}

// text collects lines.
type text []string

func (t *text) add(format string, args ...any) { *t = append(*t, fmt.Sprintf(format, args...)) }

// when adds a line if said.
func (t *text) when(said bool, format string, args ...any) {
	if said {
		t.add(format, args...)
	}
}

func (t *text) header(what string) { t.add("------< %s >------", what) }

func either(v bool, yes, no string) string {
	if v {
		return yes
	}
	return no
}

func whole(d time.Duration) int64 { return int64(d / time.Second) }

// shortest is a number of seconds as C's %g has it.
func shortest(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'g', 6, 64) }

// script adds the line of a notify script.
func (t *text) script(m *Machine, what string, c *conf.Command) {
	if p, ok := m.program(c); ok {
		t.add("   %s script = %s, uid:gid %d:%d", what, quoted(p.Argv), p.UID, p.GID)
	}
}

func (t *text) notify(m *Machine, n *conf.Notify) {
	t.script(m, "Backup state transition", n.Backup)
	t.script(m, "Master state transition", n.Master)
	t.script(m, "Fault state transition", n.Fault)
	t.script(m, "Stop state transition", n.Stop)
	t.script(m, "Deleted state transition", n.Deleted)
	t.script(m, "Generic state transition", n.Any)
	t.script(m, "Master rx lower pri state transition", n.MasterRxLowerPri)
}

func quoted(argv []string) string { return "'" + strings.Join(argv, "' '") + "'" }

// weight is a tracking weight as lists of what is tracked have it.
func weight(w int, reverse bool) string {
	return "weight " + strconv.Itoa(w) + either(reverse, " reverse", "")
}
