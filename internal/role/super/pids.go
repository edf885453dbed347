package super

import (
	"path/filepath"

	"holdfast/conf"
)

// pidPath is where the pid file named name ("keepalived", "vrrp") goes. An explicit option wins; an
// instance name, a namespace or use_pid_dir moves it into a directory of our own.
func pidPath(runDir, option, name string, g *conf.Global, f *Flags) string {
	if option != "" {
		return option
	}
	instance, namespace := g.InstanceName.V, f.Namespace
	if namespace == "" {
		namespace = g.NetNamespace.V
	}
	if instance == "" && namespace == "" && !g.UsePIDDir.V {
		return filepath.Join(runDir, name+".pid")
	}
	if instance != "" {
		name += "_" + instance
	}
	return filepath.Join(runDir, "keepalived", name+".pid")
}
