package super

import (
	"log/slog"

	"holdfast/conf"
	"holdfast/internal/host/proc"
	"holdfast/internal/role/bus"
)

// Spec describes one role to the parent.
type Spec struct {
	Name  string // "vrrp": pid file, log file suffix and mark in the environment
	Title string // "VRRP": the word in keepalived's log lines
	Ident string // "Keepalived_vrrp": the syslog tag

	PIDFile   func(*Flags) string            // the option that places the pid file
	Process   func(*conf.Global) string      // the process name to take; "" leaves it alone
	Wanted    func(*conf.Config, Flags) bool // whether there is anything to do
	Bequeaths bool                           // what it holds has to be given up if it cannot be started again
	Lasting   bool                           // … but not before the daemon ends or has no use for it: it does no harm meanwhile
	Keeps     func(*Flags) bool              // the command line says to leave what it holds; nil: it does not
	Needs     []proc.Cap                     // without these it cannot work
	Skips     []string                       // keywords of blocks outside all others that it has no use for

	Make func(Birth) (bus.Role, error) // nil: not built yet
}

// Birth is what a role is made from.
type Birth struct {
	Config   *conf.Config
	Flags    Flags
	Log      *slog.Logger
	Bus      bus.Conn // messages from the parent other than Stop; the role's answers
	Respawn  bool     // an earlier life of this role ended without a farewell
	Farewell bool     // and there will be no other: give up what it held, and end
	Legacy   string   // what the earlier lives have said of bus.Legacy

	// Thaw reads the configuration that a Prepare message names.
	Thaw func(where string) (*conf.Config, error)
}
