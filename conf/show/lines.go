package show

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"holdfast/conf"
)

// scopeNames are the names of address scopes.
var scopeNames = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

// lineOf writes one entry of a block of lines as its words; nil for types that are shown as they were read.
func lineOf(v reflect.Value) []string {
	if words := wordsOfLine(v); words != nil {
		return words
	}
	switch x := v.Interface().(type) {
	case conf.Address:
		return addressLine(&x)
	case conf.TrackInterface:
		return weighted([]string{quote(x.Name)}, x.Weight, x.Reverse)
	case conf.TrackService:
		words := strings.Fields(x.Name)
		if words[0] == "group" {
			words = []string{"group", quote(strings.TrimPrefix(x.Name, "group "))}
		}
		return weighted(words, x.Weight, x.Reverse)
	case conf.Sysctl:
		return []string{x.Name, strconv.Itoa(x.Value.V)}
	case conf.TrackRef:
		return trackLine(&x)
	case conf.GroupEntry:
		return groupLine(&x)
	case conf.StatusRange:
		if x.From == x.To {
			return []string{strconv.Itoa(int(x.From))}
		}
		return []string{fmt.Sprintf("%d-%d", x.From, x.To)}
	}
	if w, ok := asWorded(v); ok {
		return quoted(w.Words())
	}
	return nil
}

func groupLine(e *conf.GroupEntry) []string {
	if e.IsMark() {
		words := []string{"fwmark", strconv.FormatUint(uint64(e.Mark), 10)}
		switch e.Family {
		case conf.FamilyIPv4:
			words = append(words, "inet")
		case conf.FamilyIPv6:
			words = append(words, "inet6")
		}
		return words
	}
	words := []string{e.First.String()}
	if e.Last != e.First {
		words[0] += "-" + e.Last.String()
	}
	if e.Port > 0 {
		words = append(words, strconv.Itoa(int(e.Port)))
	}
	return words
}

// wordsOfLine are the words of an entry whose type tells them itself.
func wordsOfLine(v reflect.Value) []string {
	if !v.CanAddr() {
		return nil
	}
	if x, ok := v.Addr().Interface().(interface{ Words() []string }); ok {
		return x.Words()
	}
	return nil
}

func weighted(words []string, weight int, reverse bool) []string {
	if weight != 0 || reverse {
		words = append(words, "weight", strconv.Itoa(weight))
	}
	if reverse {
		words = append(words, "reverse")
	}
	return words
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
	option(a.TrackGroup.Set(), "track_group", quote(a.TrackGroup.V))
	return words
}

// jsonOf gives the parts of a line: what is zero is left out, a Value is what it holds.
func jsonOf(v reflect.Value) any {
	t := v.Type()
	switch {
	case isValue(t):
		return jsonOf(v.Field(0))
	case t.Kind() == reflect.Pointer && isOurs(t.Elem()):
		return jsonOf(v.Elem())
	case t.Kind() == reflect.Slice && isOurs(t.Elem()):
		list := []any{}
		for i := range v.Len() {
			list = append(list, jsonOf(v.Index(i)))
		}
		return list
	case !isOurs(t):
		_, value := wordsOf(v, &name{})
		return value
	}
	out := object{}
	for i := range t.NumField() {
		f, x := t.Field(i), v.Field(i)
		switch {
		case !f.IsExported(), isSpan(f.Type), x.IsZero():
		case f.Anonymous && isOurs(f.Type):
			inner, _ := jsonOf(x).(object)
			out = append(out, inner...)
		case f.Anonymous:
			out = append(out, member{"value", jsonOf(x)})
		default:
			out = append(out, member{snake(f.Name), jsonOf(x)})
		}
	}
	return out
}
