package super

import (
	"cmp"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/host/logs"
)

// defaultRunDir is where pid files go.
const defaultRunDir = "/run"

// Options is what the program hands to the parent, and to a child.
type Options struct {
	Args    []string // the command line, program name first
	Flags   Flags
	Version string // Holdfast's own
	Base    string // where relative file names hold from; a child has its parent's
	RunDir  string // pid files; "" means defaultRunDir

	Roles []Spec
	Load  Loader

	// Vet says what this host has against a configuration that no role looks at. It is logged and keeps nothing from running;
	// nil: nothing.
	Vet func(*conf.Config) diag.List

	// Started is called once, when every role does its work (a daemon lets its starter go then).
	Started func()
}

// settle makes the file names of the command line absolute, since a daemon changes to "/". The name of the
// configuration stays as it is, for it appears in messages.
func (o *Options) settle() {
	o.RunDir = cmp.Or(o.RunDir, defaultRunDir)
	f := &o.Flags
	for _, name := range []*string{&f.LogFile, &f.PIDFile, &f.VRRPPIDFile, &f.CheckersPIDFile, &f.BFDPIDFile} {
		if *name != "" {
			*name = Disk{Base: o.Base}.abs(*name)
		}
	}
}

func (o *Options) spec(name string) *Spec {
	for i := range o.Roles {
		if o.Roles[i].Name == name {
			return &o.Roles[i]
		}
	}
	return nil
}

// logOptions says where a process logs: the parent if sp is nil.
func (o *Options) logOptions(sp *Spec, g *conf.Global) logs.Options {
	f := &o.Flags
	lo := logs.Options{
		Ident: "Keepalived", Console: f.Console && (f.Foreground || f.Single), Syslog: !f.NoSyslog, Facility: f.Facility,
		File: f.LogFile, FlushFile: f.FlushLog, Detail: f.Detail,
	}
	if sp != nil {
		lo.Ident = sp.Ident
		if lo.File != "" {
			lo.File = logs.FileName(lo.File, "_"+sp.Name)
		}
	}
	if g != nil {
		lo.Ident += identSuffix(g, f)
	}
	return lo
}
