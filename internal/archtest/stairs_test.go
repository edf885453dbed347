package archtest

import (
	"strings"
	"testing"
)

// stairs says which rooms each room may import, with the reason. Imports point down:
// cmd → role → host → core → {conf, vrrp, ipvs}.
var stairs = map[string]struct {
	may    []string
	reason string
}{
	"vrrp":   {nil, "a public protocol stands alone"},
	"conf":   {[]string{"conf"}, "a public language stands alone"},
	"ipvs":   {[]string{"ipvs"}, "a public client of the kernel stands alone"},
	"getopt": {nil, "reading a command line needs nothing of ours"},
	"core":   {[]string{"core", "conf", "vrrp"}, "what decides knows nothing of what acts"},
	"host":   {[]string{"core", "conf", "vrrp", "ipvs"}, "what acts takes value types from core, and siblings do not know each other"},
	"role":   {[]string{"host", "core", "conf", "vrrp"}, "roles join the rooms below; they speak to each other by the bus only"},
	"sim":    {[]string{"role", "core", "conf", "vrrp"}, "the simulator drives the daemon's own engine"},
	"lab":    {[]string{"lab", "host", "core", "conf", "vrrp", "ipvs"}, "the lab runs daemons as programs and does not look inside"},
	"cmd":    {[]string{"lab", "role", "host", "core", "conf", "vrrp", "ipvs", "getopt"}, "the top of the stairs"},
}

// exceptions are imports inside one room that the rule on siblings would refuse.
func sibling(s *source, path string) bool {
	from, to := s.pkg, strings.TrimPrefix(path, module+"/")
	switch {
	case under(from, "internal/host"):
		// Only mem, which stands for a whole host, may know the other host rooms; a room may have rooms of its own.
		return under(from, "internal/host/mem") || sameRoom(from, to, 3)
	case under(from, "internal/role"):
		return under(to, "internal/role/bus") || sameRoom(from, to, 3)
	}
	return false
}

// sameRoom reports whether two packages share their first n path elements.
func sameRoom(a, b string, n int) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) < n || len(y) < n {
		return false
	}
	return strings.Join(x[:n], "/") == strings.Join(y[:n], "/")
}

func TestImportsPointDownTheStairs(t *testing.T) {
	for _, s := range sources(t) {
		from := room(module + "/" + s.pkg)
		rule, known := stairs[from]
		if s.test || under(s.pkg, "test", "internal/archtest") {
			continue // tests may look everywhere
		}
		if !known {
			t.Errorf("%s: %s is not a room on the stairs: add it to the picture", s.path, s.pkg)
			continue
		}
		for _, path := range s.imports() {
			to := room(path)
			if to == "" || path == module+"/"+s.pkg {
				continue
			}
			if !contains(rule.may, to) && !sibling(&s, path) {
				t.Errorf("%s imports %s: %s", s.path, path, rule.reason)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
