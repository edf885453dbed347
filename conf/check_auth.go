package conf

import "holdfast/conf/diag"

// checkAuth drops authentication that cannot be: without a password, with VRRP version 3 or IPv6.
func checkAuth(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		if in.AuthType.V == AuthNone {
			continue
		}
		switch {
		case in.Version.V == 3:
			l.Add(of(in, about(in.AuthType.At, "auth-version", "VRRP version 3 has no authentication",
				"("+in.Name+") VRRP version 3 does not support authentication. Ignoring.", "adverts are not authenticated")))
		case in.AuthPass.V == [8]byte{}:
			d := of(in, about(in.AuthType.At, "auth-no-password", "auth_type without auth_pass",
				"("+in.Name+") Authentication specified but no password given. Ignoring", "adverts are not authenticated"))
			d.Suggest = "add: auth_pass WORD (8 bytes at most), the same on every node"
			l.Add(d)
		default:
			checkAH(in, l)
			continue
		}
		in.AuthType = Value[AuthType]{}
		in.AuthPass = Value[[8]byte]{}
	}
}

// checkAH has an instance with AH start as BACKUP: it must hear the sequence number in use first.
func checkAH(in *Instance, l *diag.List) {
	if in.AuthType.V != AuthAH || in.State.V != StateMaster || in.Priority.V == ownerPriority {
		return
	}
	l.Add(of(in, about(in.State.At, "auth-ah-master", "state MASTER does not go with AH authentication",
		"("+in.Name+") Initial state master is incompatible with AH authentication - clearing", "the instance starts as BACKUP")))
	in.State.V = StateBackup
}
