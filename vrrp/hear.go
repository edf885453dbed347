package vrrp

import (
	"net/netip"
	"slices"
	"time"
)

// hear judges an advert (RFC 3768 §7.1) and hands it to the state. An advert that is not believed moves
// no timer: it can neither keep a dead master alive nor hasten its end.
func (in *Instance) hear(now time.Time, h Heard, acts []Action) []Action {
	if in.state != Backup && in.state != Master {
		return acts
	}
	in.stats.Received++
	if n := in.judge(h); n.Reason != Accepted {
		in.stats.Rejected[n.Reason]++
		n.Kind, n.Peer = Rejected, h.From
		return append(acts, Action{Kind: Observed, Note: n})
	}
	if h.Advert.Priority == 0 {
		in.stats.ZeroReceived++
	}
	in.heardSeq(h)
	if in.state == Master {
		return in.hearMaster(now, h, acts)
	}
	return in.hearBackup(now, h, acts)
}

// judge returns a Note whose Reason is Accepted, or why not, with the numbers that differ.
func (in *Instance) judge(h Heard) Note {
	switch {
	case h.Err != nil && h.Err.Reason == BadLength:
		return Note{Reason: BadLength, Got: h.Err.Got, Want: h.Err.Want}
	case h.TTL != TTL:
		return Note{Reason: BadTTL, Got: int(h.TTL), Want: TTL}
	case h.Err != nil:
		return Note{Reason: h.Err.Reason, Got: h.Err.Got, Want: h.Err.Want}
	}
	a := h.Advert
	switch {
	case a.AuthType > AuthAH:
		return Note{Reason: BadAuthType, Got: int(a.AuthType), Want: int(in.cfg.AuthType)}
	case a.AuthType != in.cfg.AuthType:
		return Note{Reason: AuthMismatch, Got: int(a.AuthType), Want: int(in.cfg.AuthType)}
	case a.AuthType == AuthPass && !sameSecret(a.Auth, in.cfg.Auth):
		return Note{Reason: BadPassword}
	case a.AuthType == AuthAH && h.AH == nil:
		return Note{Reason: AuthMismatch, Got: int(AuthNone), Want: int(AuthAH)}
	case a.Interval != in.cfg.Interval:
		return Note{Reason: BadInterval, Got: int(a.Interval / time.Second), Want: int(in.cfg.Interval / time.Second)}
	}
	if n := in.judgeAddrs(h); n.Reason != Accepted || in.cfg.AuthType != AuthAH {
		return n
	}
	return in.judgeAH(h) // last, because it is dear
}

// judgeAddrs compares the address list with ours. compat: 2.2.7 does not believe an advert whose list differs;
// later releases only complain.
func (in *Instance) judgeAddrs(h Heard) Note {
	if in.cfg.SkipAddrCheck && in.state == Backup && h.From == in.peer {
		return Note{}
	}
	if got, want := len(h.Advert.Addrs), len(in.cfg.Addrs); got != want {
		return Note{Reason: BadCount, Got: got, Want: want}
	}
	if missing, ok := firstMissing(in.cfg.Addrs, h.Advert.Addrs); ok {
		return Note{Reason: BadAddrs, Addr: missing, Got: int(in.cfg.VRID)}
	}
	return Note{}
}

// firstMissing returns the first of want that have lacks. The lists nearly always agree in order as well,
// which makes this one pass.
func firstMissing(want, have []netip.Addr) (netip.Addr, bool) {
	for i, w := range want {
		if have[i] == w {
			continue
		}
		if !slices.Contains(have, w) {
			return w, true
		}
	}
	return netip.Addr{}, false
}

// sameSecret compares without telling by its duration how much was right.
func sameSecret(a, b [8]byte) bool {
	var diff byte
	for i := range a {
		diff |= a[i] ^ b[i]
	}
	return diff == 0
}
