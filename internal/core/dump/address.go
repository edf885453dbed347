package dump

import (
	"math"
	"strconv"
	"strings"

	"holdfast/conf"
)

// scopes are the names of RT_SCOPE_* (linux/rtnetlink.h).
var scopes = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

func (t *text) addresses(m *Machine, in *conf.Instance, list []conf.Address) {
	for i := range list {
		t.add("     %s%s", address(in, &list[i]), installed(m, in, &list[i]))
	}
}

// address is one address with its options.
func address(in *conf.Instance, a *conf.Address) string {
	words := []string{a.Written()}
	put := func(on bool, w ...string) {
		if on {
			words = append(words, w...)
		}
	}
	put(a.Broadcast.IsValid(), "brd", a.Broadcast.String())
	put(true, "dev", either(a.Dev.V != "", a.Dev.V, in.Interface.V))
	put(true, "scope", scope(a.Scope.V))
	put(a.Label.V != "", "label", a.Label.V)
	put(a.Peer.IsValid(), "peer", a.Peer.String())
	put(a.Home, "home")
	put(a.NoDADWord, "-nodad")
	put(a.MngTmpAddr, "mngtmpaddr")
	put(a.NoPrefixRout, "noprefixroute")
	put(a.AutoJoin, "autojoin")
	put(a.NoTrack, "no_track")
	if a.Prefix.Addr().Is6() {
		words = append(words, lifetime(a)...)
	}
	return strings.Join(words, " ")
}

func scope(s uint8) string {
	if name, ok := scopes[s]; ok {
		return name
	}
	return strconv.Itoa(int(s))
}

// lifetime is how long an IPv6 address is preferred. compat: one of host length is not, unless it says so.
func lifetime(a *conf.Address) []string {
	seconds := uint32(math.MaxUint32)
	switch {
	case a.PreferredLft.Set():
		seconds = a.PreferredLft.V
	case a.Prefix.IsSingleIP():
		seconds = 0
	}
	switch seconds {
	case 0:
		return []string{"deprecated"}
	case math.MaxUint32:
		return []string{"preferred_lft", "forever"}
	}
	return []string{"preferred_lft", strconv.FormatUint(uint64(seconds), 10)}
}
