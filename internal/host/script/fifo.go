package script

import (
	"errors"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// fifo is a FIFO with its keyword.
type fifo struct {
	*conf.FIFO
	name string
}

func notifyFIFO(g *conf.Global) fifo { return fifo{&g.NotifyFIFO, "notify_fifo"} }
func vrrpFIFO(g *conf.Global) fifo   { return fifo{&g.VRRPNotifyFIFO, "vrrp_notify_fifo"} }
func lvsFIFO(g *conf.Global) fifo    { return fifo{&g.LVSNotifyFIFO, "lvs_notify_fifo"} }

// readers adds the programs that read FIFOs.
func (v *Vetting) readers(list ...fifo) {
	for _, f := range list {
		if c := f.Script; c != nil && len(c.Argv) > 0 {
			v.Scripts = append(v.Scripts, Vetted{Command: c, FIFO: f.name, Owner: "global_defs"})
		}
	}
}

// dropReader forgets the reader of notify_fifo if it cannot run. compat: with -t one process reads for all, and what virtual servers
// could not run is no longer there when VRRP counts its scripts.
func (v *Vetting) dropReader() {
	for i := range v.Scripts {
		if s := &v.Scripts[i]; s.FIFO == "notify_fifo" && !s.Verdict.Run {
			s.Verdict.Present, s.Verdict.Insecure = false, false
		}
	}
}

// heir returns where the first FIFO without an owner stands: it belongs to the standard user.
func heir(g *conf.Global) (at diag.Span, is bool) {
	for _, f := range []fifo{notifyFIFO(g), vrrpFIFO(g), lvsFIFO(g)} {
		if f.Path.Set() && !f.User.Set() && (!is || above(f.Path.At, at)) {
			at, is = f.Path.At, true
		}
	}
	return at, is
}

// above reports whether a stands above b; of two files nothing is known.
func above(a, b diag.Span) bool { return a.File() == b.File() && a.Line() < b.Line() }

// owners says which FIFOs have an owner that does not exist. keepalived says so only when it makes them.
func owners(g *conf.Global, users Users) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, f := range []fifo{notifyFIFO(g), vrrpFIFO(g), lvsFIFO(g)} {
		if !f.Path.Set() || !f.User.Set() {
			continue
		}
		_, err := Lookup(users, f.User.V, f.Group.V, false)
		var missing *UserError
		switch {
		case !errors.As(err, &missing):
		case missing.Group:
			found = append(found, conf.UnknownFIFOOwner(f.FIFO, f.Group, "group"))
		default:
			found = append(found, conf.UnknownFIFOOwner(f.FIFO, f.User, "account"))
		}
	}
	return found
}
