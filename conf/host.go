package conf

import (
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

// The findings below depend on the host. This package looks at no host; whoever does reports what it finds
// with these, so that the words are in one place.

// MissingInterface is for an instance whose interface does not exist. keepalived names the line of the
// interface keyword.
func MissingInterface(in *Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface", At: in.Interface.At,
		Summary: "interface " + in.Interface.V + " does not exist",
		Compat:  "WARNING - interface " + in.Interface.V + " for vrrp_instance " + in.Name + " doesn't exist",
		Effect:  "vrrp_instance " + in.Name + " cannot run",
		Suggest: "create the interface, or say dynamic_interfaces in global_defs if it comes later",
		In:      []diag.Context{in.context()},
	}
}

// MissingAddressInterface is for an address whose dev does not exist.
func MissingAddressInterface(in *Instance, a *Address) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface", At: a.Dev.At,
		Summary: "interface " + a.Dev.V + " does not exist",
		Compat:  "WARNING - interface " + a.Dev.V + " for ip address " + a.Written() + " doesn't exist",
		Effect:  "the address cannot be set",
		In:      []diag.Context{in.context()},
	}
}

// MissingVRF is for an instance whose vrf does not exist.
func MissingVRF(in *Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface", At: in.VRF.At,
		Summary: "interface " + in.VRF.V + " does not exist",
		Compat:  "(" + in.Name + ") WARNING - VRF interface " + in.VRF.V + " doesn't exist",
		Effect:  "vrrp_instance " + in.Name + " cannot run",
		In:      []diag.Context{in.context()},
	}
}

// MissingTrackedInterface is for a line of track_interface whose interface does not exist.
func MissingTrackedInterface(in *Instance, t *TrackInterface) diag.Diagnostic {
	d := missingTracked(in.Name, t)
	d.In = []diag.Context{in.context()}
	return d
}

// missingTracked does it for an instance or a group.
func missingTracked(who string, t *TrackInterface) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface", At: t.At,
		Summary: "interface " + t.Name + " does not exist",
		Compat:  "(" + who + ") tracked interface " + t.Name + " doesn't exist",
		Effect:  "nothing is tracked by this line",
	}
}

// MissingInterfaces is keepalived's closing line after one or more of the above. It is about no place.
func MissingInterfaces() diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interfaces", Bare: true,
		Summary: "the configuration names interfaces that do not exist",
		Compat:  "Non-existent interface specified in configuration",
	}
}

// LoopbackInterface is for an instance on a loopback interface.
func LoopbackInterface(in *Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "loopback-interface", At: in.Interface.At,
		Summary: in.Interface.V + " is a loopback interface",
		Compat:  "(" + in.Name + ") cannot use a loopback interface (" + in.Interface.V + ") for vrrp - ignoring",
		Effect:  "vrrp_instance " + in.Name + " cannot run",
		In:      []diag.Context{in.context()},
	}
}

// NoMulticast is for an instance whose adverts go to a multicast group on an interface that cannot send any.
func NoMulticast(in *Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "no-multicast", At: in.Interface.At, Bare: true,
		Summary: "interface " + in.Interface.V + " cannot send multicast",
		Compat:  "(" + in.Name + ") interface " + in.Interface.V + " does not support multicast, specify unicast peers - disabling",
		Effect:  "vrrp_instance " + in.Name + " cannot run",
		Suggest: "name the other routers in unicast_peer, or turn it on: ip link set " + in.Interface.V + " multicast on",
		In:      []diag.Context{in.context()},
	}
}

// UnresolvedMailServer is for an smtp_server whose name leads to no address, because of why. others are sources of names that the
// host has and nobody asked: with them it is a doubt.
func UnresolvedMailServer(g *Global, why string, others []string) diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unresolved-host", At: g.SMTPServer.At,
		Summary: "no address was found for " + g.SMTPServer.V + ": " + why,
		Compat:  "Invalid smtp server " + g.SMTPServer.V + " " + strconv.Itoa(int(g.SMTPServerPort.V)),
		Effect:  "no mail is sent",
		Suggest: "correct the name, or write the address of the mail server",
	}
	if len(others) > 0 {
		d.Severity, d.Class, d.Compat = diag.Warning, diag.ClassNone, ""
		d.Effect = "no mail is sent, unless it is found by " + strings.Join(others, " or ") + " (/etc/nsswitch.conf), which is not asked here"
	}
	return d
}

// UnknownInterface is for an instance that is left without an interface, whatever the reason.
func UnknownInterface(in *Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "missing-interface-keyword", At: in.At, Bare: true,
		Summary: "vrrp_instance " + in.Name + " has no interface",
		Compat:  "(" + in.Name + ") Unknown interface!",
		Effect:  "the instance does not run",
		Suggest: "add: interface NAME",
		In:      []diag.Context{in.context()},
	}
}

// InaccessibleScript is for a vrrp_script whose program does not exist or cannot be run.
func InaccessibleScript(s *Script) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassConfig, Code: "inaccessible-script", At: s.Command.At, Bare: true,
		Summary: "the program of vrrp_script " + s.Name + " is not there or cannot be run",
		Compat:  "Disabling track script " + s.Name + " since not found/accessible",
		Effect:  "nothing is tracked by it",
	}
}

// ScriptUserUnknown is for script_user when the account does not exist.
func ScriptUserUnknown(v Value[string]) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-user", At: v.At,
		Summary: "there is no account " + v.V, Compat: "Error setting global script uid/gid",
		Effect: "scripts that name no user of their own are not run",
	}
}

// NoDefaultScriptUser is for scripts that would run as the default user when there is none and nobody else may; at is the first of
// them.
func NoDefaultScriptUser(name string, at diag.Span) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "unknown-user", At: at,
		Summary: "there is no account " + name + ", which scripts run as with enable_script_security",
		Compat:  "Unable to set default user " + name + " for script",
		Effect:  "scripts that name no user of their own are not run",
		Suggest: "say script_user USER in global_defs, or make the account: useradd -r -s /usr/sbin/nologin " + name,
	}
}

// InsecureScripts is for scripts that run without enable_script_security; insecure says that somebody other than
// root can change one of them. It is about no place.
func InsecureScripts(insecure bool) diag.Diagnostic { return insecureScripts("scripts", insecure) }

// InsecureCheckScripts is InsecureScripts for the scripts of virtual servers.
func InsecureCheckScripts(insecure bool) diag.Diagnostic {
	return insecureScripts("check scripts", insecure)
}

// InsecureStartScripts is InsecureScripts for startup_script and shutdown_script.
func InsecureStartScripts(insecure bool) diag.Diagnostic {
	return insecureScripts("start/shutdown scripts", insecure)
}

// UnknownFIFOOwner is for a FIFO whose owner v does not exist; what is "account" or "group". keepalived says so when it makes the FIFO.
func UnknownFIFOOwner(f *FIFO, v Value[string], what string) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Warning, Code: "unknown-user", At: v.At,
		Summary: "there is no " + what + " " + v.V + ", which " + f.Path.V + " would belong to",
		Effect:  "the FIFO is not made, and nobody hears of events by it",
	}
}

func insecureScripts(what string, insecure bool) diag.Diagnostic {
	d := diag.Diagnostic{
		Severity: diag.Warning, Class: diag.ClassSecurity, Code: "script-security", Bare: true,
		Summary: "scripts run as root without enable_script_security",
		Compat:  "SECURITY VIOLATION - " + what + " are being executed but script_security not enabled.",
		Suggest: "say enable_script_security and script_user in global_defs",
	}
	if insecure {
		d.Compat += " There are insecure scripts."
	}
	return d
}

func (i *Instance) context() diag.Context {
	return diag.Context{What: "vrrp_instance " + i.Name, At: i.At}
}

// Written gives the address as a configuration has it: without the length of a host route.
func (a *Address) Written() string {
	if a.Prefix.IsSingleIP() {
		return a.Prefix.Addr().String()
	}
	return a.Prefix.String()
}
