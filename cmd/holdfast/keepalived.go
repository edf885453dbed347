package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/host/names"
	"holdfast/internal/host/script"
	"holdfast/internal/role/bus"
	"holdfast/internal/role/super"
)

// keepalived is the program under keepalived's name, or with keepalived's options.
func keepalived(args []string) int {
	daemon := isDaemon()
	stdout, stderr := os.Stdout, os.Stderr
	if daemon { // the starter has said it all
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
			return bus.ExitFatal
		}
		defer null.Close()
		stdout, stderr = null, null
	}
	c := parse(args, stdout, stderr)
	switch {
	case c.genhash:
		return genhash(args[0]+" --genhash", c.rest, len(args) > 2)
	case c.done:
		return c.status
	case c.test:
		return configTest(c)
	case !c.Foreground && !daemon:
		return background(args)
	}
	o, err := daemonOptions(args, c)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitFatal
	}
	if daemon {
		if o.Started, err = becomeDaemon(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
			return bus.ExitFatal
		}
	}
	return super.Run(o)
}

// child is the program as a role's process. Its command line is the parent's, which was good.
func child(args []string) int {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitProgram
	}
	defer null.Close()
	o, err := daemonOptions(args, parse(args, null, null))
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", args[0], err)
		return bus.ExitProgram
	}
	return super.Child(o)
}

func daemonOptions(args []string, c *command) (super.Options, error) {
	base, err := os.Getwd()
	if err != nil {
		return super.Options{}, err
	}
	return super.Options{
		Args: args, Flags: c.Flags, Version: version, Base: base, Roles: roles(), Load: loader(c, runtime.NumCPU()),
		Vet: func(cfg *conf.Config) diag.List {
			checker := script.HostChecker(cfg.Global.EnableScriptSecurity.V, cfg.Global.UseSymlinkPaths.V)
			return script.JudgeStart(cfg, checker, script.Accounts{})
		},
	}, nil
}

// loader reads configurations as the command line says, for a host with that many processors (0: for any).
func loader(c *command, cpus int) super.Loader {
	id := c.ConfigID
	if id == "" {
		id = nodeName()
	}
	return func(src syntax.Source, path string, skip ...string) (*conf.Config, diag.List) {
		return load(src, path, conf.Options{ConfigID: id, CPUs: cpus, CheckIncludes: c.AllConfig, Skip: skip})
	}
}

// load reads a configuration with the names of the host that src reads from, and for any host (no processors) with those that
// hosts have in common as well. A child that reads a recorded one has the names that its parent had.
func load(src syntax.Source, path string, opt conf.Options) (*conf.Config, diag.List) {
	opt.Names = names.Host(src)
	opt.Names.Only = opt.CPUs > 0
	return conf.Load(src, path, opt)
}

// nodeName is what "@id" lines are compared with when -i is not given.
func nodeName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	name, _, _ = strings.Cut(name, ".")
	return name
}
