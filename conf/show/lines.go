package show

import (
	"fmt"
	"reflect"
	"strconv"

	"holdfast/conf"
)

// scopeNames are the names of address scopes.
var scopeNames = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

// lineOf writes one entry of a block of lines as its words. An entry of a type that has no form of its own here is
// written as the names and values of its fields.
func lineOf(v reflect.Value) []string {
	switch x := v.Interface().(type) {
	case conf.Address:
		return addressLine(&x)
	case conf.TrackInterface:
		words := []string{quote(x.Name)}
		if x.Weight != 0 || x.Reverse {
			words = append(words, "weight", strconv.Itoa(x.Weight))
		}
		if x.Reverse {
			words = append(words, "reverse")
		}
		return words
	case conf.TrackRef:
		return trackLine(&x)
	case conf.StatusRange:
		if x.From == x.To {
			return []string{strconv.Itoa(int(x.From))}
		}
		return []string{fmt.Sprintf("%d-%d", x.From, x.To)}
	}
	return anyLine(v)
}

func trackLine(x *conf.TrackRef) []string {
	words := []string{quote(x.Name)}
	if x.Weight.Set() {
		words = append(words, "weight", strconv.Itoa(x.Weight.V))
	}
	switch {
	case x.Reverse:
		words = append(words, "reverse")
	case x.Upright:
		words = append(words, "noreverse")
	}
	return words
}

func addressLine(a *conf.Address) []string {
	words := []string{a.Written()}
	option := func(on bool, w ...string) {
		if on {
			words = append(words, w...)
		}
	}
	option(a.Broadcast.IsValid(), "brd", a.Broadcast.String())
	option(a.Dev.Set(), "dev", quote(a.Dev.V))
	if a.Scope.Set() {
		name, ok := scopeNames[a.Scope.V]
		if !ok {
			name = strconv.Itoa(int(a.Scope.V))
		}
		option(true, "scope", name)
	}
	option(a.Label.Set(), "label", quote(a.Label.V))
	option(a.Peer.IsValid(), "peer", a.Peer.Addr().String())
	option(a.Home, "home")
	option(a.NoDADWord, "-nodad")
	option(a.MngTmpAddr, "mngtmpaddr")
	option(a.NoPrefixRout, "noprefixroute")
	option(a.AutoJoin, "autojoin")
	option(a.NoTrack, "no_track")
	option(a.UseVMAC.V, "use_vmac")
	if a.PreferredLft.Set() {
		lft := "forever"
		if a.PreferredLft.V != 1<<32-1 {
			lft = strconv.FormatUint(uint64(a.PreferredLft.V), 10)
		}
		option(true, "preferred_lft", lft)
	}
	return words
}

func anyLine(v reflect.Value) []string {
	var words []string
	t := v.Type()
	for i := range t.NumField() {
		f := v.Field(i)
		if !t.Field(i).IsExported() || f.IsZero() || isSpan(f.Type()) {
			continue
		}
		if isValue(f.Type()) {
			f = f.Field(0)
		}
		w, _ := wordsOf(f, &name{})
		switch {
		case len(words) == 0:
			words = append(words, w...)
		case f.Kind() == reflect.Bool:
			words = append(words, snake(t.Field(i).Name))
		default:
			words = append(append(words, snake(t.Field(i).Name)), w...)
		}
	}
	return words
}
