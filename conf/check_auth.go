package conf

import (
	"fmt"
	"slices"

	"holdfast/conf/diag"
)

// checkAuth drops authentication that cannot be: without a password, with VRRP version 3 or IPv6, or beside auth_hmac.
func checkAuth(c *Config, l *diag.List) {
	for _, in := range c.Instances {
		checkHMAC(in, l)
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

// checkHMAC drops an auth_hmac block without a key to sign with, else the older authentication beside it. It came with 2.4.0.
func checkHMAC(in *Instance, l *diag.List) {
	h := in.HMAC
	if h == nil {
		return
	}
	if !slices.ContainsFunc(h.Keys, func(k HMACKey) bool { return k.ID.V == h.ActiveKey.V }) {
		at, summary := h.At, "auth_hmac without active_key"
		if h.ActiveKey.Set() {
			at, summary = h.ActiveKey.At, fmt.Sprintf("auth_hmac has no key %d", h.ActiveKey.V)
		}
		d := of(in, about(at, "hmac-no-key", summary, "("+in.Name+") auth_hmac has no valid active_key - disabling", "adverts are not signed, and any is believed"))
		d.Suggest = "add: active_key ID, of a key in the block"
		l.Add(d)
		in.HMAC = nil
		return
	}
	if in.AuthType.V != AuthNone {
		l.Add(of(in, about(in.AuthType.At, "hmac-and-authentication", "authentication and auth_hmac exclude each other",
			"("+in.Name+") authentication is ignored with auth_hmac", "auth_hmac holds")))
		in.AuthType, in.AuthPass = Value[AuthType]{}, Value[[8]byte]{}
	}
}
