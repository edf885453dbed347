package names

import (
	"math"
	"strconv"
	"strings"

	"holdfast/conf"
	"holdfast/conf/syntax"
)

// The names of numbers that a file has no name for. compat: keepalived's, which are fewer than iproute2 ships.
var (
	bareTables    = map[string]uint32{"default": 253, "main": 254, "local": 255}
	bareProtocols = map[string]uint32{
		"redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11, "bird": 12,
		"dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "babel": 42,
	}
	bareScopes = map[string]uint32{"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}
)

// Host returns the names of the host that src reads from. compat: the directories beside the files (rt_tables.d) are not read.
func Host(src syntax.Source) conf.Names {
	return conf.Names{
		Tables:      numbers(src, "rt_tables", math.MaxUint32, bareTables),
		Protocols:   numbers(src, "rt_protos", math.MaxUint8, bareProtocols),
		Scopes:      numbers(src, "rt_scopes", math.MaxUint8, bareScopes),
		Realms:      numbers(src, "rt_realms", math.MaxUint8, nil),
		TOS:         numbers(src, "rt_dsfield", math.MaxUint8, nil),
		Groups:      numbers(src, "group", math.MaxInt32, nil),
		IPProtocols: protocols(src),
	}
}

// numbers reads a file of iproute2's and adds what is bare of a name.
func numbers(src syntax.Source, file string, hi uint64, bare map[string]uint32) map[string]uint32 {
	out := map[string]uint32{}
	if data, err := src.ReadFile("/etc/iproute2/" + file); err == nil {
		parse(out, string(data), hi)
	}
	named := map[uint32]bool{}
	for _, n := range out {
		named[n] = true
	}
	for name, n := range bare {
		if _, known := out[name]; !known && !named[n] {
			out[name] = n
		}
	}
	return out
}

// parse reads lines of a number and a name. compat: a line of anything else, such as one with a comment behind the name, is
// passed over; the first line of a name holds.
func parse(out map[string]uint32, text string, hi uint64) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) != 2 {
			continue
		}
		n, err := conf.CNumber(strings.TrimPrefix(words[0], "+"))
		if err != nil || n > hi {
			continue
		}
		if _, known := out[words[1]]; !known {
			out[words[1]] = uint32(n)
		}
	}
}

// protocols reads /etc/protocols: a name, a number and other names for it.
func protocols(src syntax.Source) map[string]uint32 {
	out := map[string]uint32{}
	data, err := src.ReadFile("/etc/protocols")
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		n, err := strconv.ParseUint(words[1], 10, 8)
		if err != nil {
			continue
		}
		for i, name := range words {
			if _, known := out[name]; i != 1 && !known {
				out[name] = uint32(n)
			}
		}
	}
	return out
}
