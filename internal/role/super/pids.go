package super

import (
	"cmp"
	"path/filepath"

	"holdfast/conf"
)

// pidPath is where the pid file named name ("keepalived", "vrrp") goes. An explicit option wins; an
// instance name or use_pid_dir moves it into a directory of our own, a namespace into one of its own in there.
func pidPath(runDir, option, name string, g *conf.Global, f *Flags) string {
	if option != "" {
		return option
	}
	instance, ns := g.InstanceName.V, namespace(g, f)
	if instance == "" && ns == "" && !g.UsePIDDir.V {
		return filepath.Join(runDir, name+".pid")
	}
	if instance != "" {
		name += "_" + instance
	}
	return filepath.Join(runDir, ownDir, ns, name+".pid")
}

// namespace is the network namespace to run in; "" for ours. The command line wins.
func namespace(g *conf.Global, f *Flags) string { return cmp.Or(f.Namespace, g.NetNamespace.V) }

// identSuffix tells daemons apart in the log: "_NAMESPACE_INSTANCE", either or none.
func identSuffix(g *conf.Global, f *Flags) string {
	suffix := ""
	for _, part := range []string{namespace(g, f), g.InstanceName.V} {
		if part != "" {
			suffix += "_" + part
		}
	}
	return suffix
}
