package conf

import (
	"strings"
	"time"

	"holdfast/conf/syntax"
)

var scriptGlobals = map[string]wired{
	"script_user":              orMissing("No script username specified", wired{1, 2, (*decoder).setScriptUser}),
	"enable_script_security":   globalFlag(func(g *Global) *Value[bool] { return &g.EnableScriptSecurity }),
	"use_symlink_paths":        globalBool(func(g *Global) *Value[bool] { return &g.UseSymlinkPaths }, "Invalid value for use_symlink_paths specified"),
	"set_supplementary_groups": globalBool(func(g *Global) *Value[bool] { return &g.SupplementaryGroups }, "Invalid value for set_supplementary_groups specified"),
	"rs_init_notifies":         globalBool(func(g *Global) *Value[bool] { return &g.RSInitNotifies }, invalidGlobal),

	"startup_script":  onceScript("startup", func(g *Global) **Command { return &g.StartupScript }),
	"shutdown_script": onceScript("shutdown", func(g *Global) **Command { return &g.ShutdownScript }),
	"startup_script_timeout": orMissing("startup_script_timeout requires value", globalSeconds(
		func(g *Global) *Value[time.Duration] { return &g.StartupTimeout }, 1, 1000, "startup_script_timeout 'WORD' must be in [1, 1000] - ignoring")),
	"shutdown_script_timeout": orMissing("shutdown_script_timeout requires value", globalSeconds(
		func(g *Global) *Value[time.Duration] { return &g.ShutdownTimeout }, 1, 1000, "shutdown_script_timeout 'WORD' must be in [1, 1000] - ignoring")),

	"notify_fifo":             fifoPath(func(g *Global) *FIFO { return &g.NotifyFIFO }),
	"notify_fifo_script":      fifoScript(func(g *Global) *FIFO { return &g.NotifyFIFO }),
	"vrrp_notify_fifo":        fifoPath(func(g *Global) *FIFO { return &g.VRRPNotifyFIFO }),
	"vrrp_notify_fifo_script": fifoScript(func(g *Global) *FIFO { return &g.VRRPNotifyFIFO }),
	"lvs_notify_fifo":         fifoPath(func(g *Global) *FIFO { return &g.LVSNotifyFIFO }),
	"lvs_notify_fifo_script":  fifoScript(func(g *Global) *FIFO { return &g.LVSNotifyFIFO }),

	"fifo_write_vrrp_states_on_reload": globalFlag(func(g *Global) *Value[bool] { return &g.FIFOOnReload }),
}

func (d *decoder) setScriptUser(n *syntax.Node) {
	d.cfg.Global.ScriptUser = value(n.Args[0].Text, n.Args[0])
	d.cfg.Global.ScriptGroup = Value[string]{}
	if len(n.Args) > 1 {
		d.cfg.Global.ScriptGroup = groupName(n.Args[1])
	}
}

// groupName takes a word for the name of a group. After 2.4.3 keepalived takes it with a colon in front as well.
func groupName(w syntax.Word) Value[string] { return value(strings.TrimPrefix(w.Text, ":"), w) }

// onceScript makes the decoder of startup_script or shutdown_script; the first line holds.
func onceScript(what string, at func(*Global) **Command) wired {
	return wired{0, -1, func(d *decoder, n *syntax.Node) {
		to := at(&d.cfg.Global)
		if len(n.Args) == 0 {
			d.fault(n, n.Keyword, "missing-argument", n.Keyword.Text+" needs a command", what+" script missing", "the line is ignored")
			return
		}
		if *to != nil {
			d.fault(n, n.Keyword, "duplicate-keyword", n.Keyword.Text+" is given already, at "+(*to).At.String(),
				what+" script already specified", "the line is ignored")
			return
		}
		if c, ok := d.wholeCommand(n, "Invalid "+what+" script"); ok {
			g := &d.cfg.Global
			c.NeedsStandard = c.User == "" && g.EnableScriptSecurity.V && !g.ScriptUser.Set()
			*to = c
		}
	}}
}

// wholeCommand reads a command all of whose quotes are closed. compat is keepalived's closing line for one that is none.
func (d *decoder) wholeCommand(n *syntax.Node, compat string) (*Command, bool) {
	args, _ := syntax.Argv(n.Raw())
	if len(args) > 1 {
		text := args[1].Text
		if _, open := syntax.Argv(text); open >= 0 && open < len(text) {
			at, via := n.RawSpan(args[1].From, args[1].To)
			d.fault(n, syntax.NewWord(text, at, via), "unmatched-quote", "a quote inside the command is never closed",
				lines("String '"+text+"': missing terminating "+text[open:open+1], compat), "the line is ignored")
			return nil, false
		}
	}
	c, ok := d.command(n)
	if !ok {
		d.fault(n, n.Keyword, "empty-command", n.Keyword.Text+" names no program", compat, "the line is ignored")
	}
	return c, ok
}

// fifoPath makes the decoder of a *_fifo keyword; the first line holds.
func fifoPath(at func(*Global) *FIFO) wired {
	return wired{0, 3, func(d *decoder, n *syntax.Node) {
		f, kw := at(&d.cfg.Global), n.Keyword.Text
		if len(n.Args) == 0 {
			d.fault(n, n.Keyword, "missing-argument", kw+" needs a path", "No "+kw+" name specified", "the line is ignored")
			return
		}
		if !d.setOnce(n, &f.Path, n.Args[0], kw+" already specified - ignoring WORD") {
			return
		}
		for i, to := range []*Value[string]{&f.User, &f.Group} {
			if i+1 < len(n.Args) {
				*to = groupName(n.Args[i+1])
			}
		}
	}}
}

// fifoScript makes the decoder of a *_fifo_script keyword; the first line holds.
func fifoScript(at func(*Global) *FIFO) wired {
	return wired{0, -1, func(d *decoder, n *syntax.Node) {
		f, kw := at(&d.cfg.Global), n.Keyword.Text
		if len(n.Args) == 0 {
			d.fault(n, n.Keyword, "missing-argument", kw+" needs a command", "No "+kw+" specified", "the line is ignored")
			return
		}
		if f.Script != nil {
			d.fault(n, n.Keyword, "duplicate-keyword", kw+" is given already, at "+f.Script.At.String(),
				kw+" already specified - ignoring "+n.Args[0].Text, "the line is ignored")
			return
		}
		if n.Args[0].Text == "" {
			d.tell(n, n.Args[0], "empty-command", kw+" names no program", "", "the line is ignored")
			return
		}
		if c, ok := d.wholeCommand(n, ""); ok {
			f.Script = c
		}
	}}
}
