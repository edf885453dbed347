package corpus

import (
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/internal/role/super"
)

// odd are examples that cannot be without a finding, with its code.
var odd = map[string]string{
	"vrf in vrrp_instance":         "vrf-and-interface", // it is for instances without an interface, which 2.2.7 refuses
	"vrrp_iptables in global_defs": "deprecated",        // a program with nftables, as Debian builds it, says so of each
	// The word behind inet6 is lost, and these are deprecated or for a kind of routes that there is not.
	"inet in static_routes in the root": "swallowed-word", "inet in virtual_routes in vrrp_instance": "swallowed-word",
	"gw in static_routes in the root": "deprecated", "gw in virtual_routes in vrrp_instance": "deprecated",
	"or in static_routes in the root": "deprecated", "or in virtual_routes in vrrp_instance": "deprecated",
	"as in static_routes in the root": "unknown-option", "as in virtual_routes in vrrp_instance": "unknown-option",
}

// TestExamples: the manual's example of each keyword loads, and nothing is said of it but that something is not active yet, or that it is
// obsolete if the table has it so.
func TestExamples(t *testing.T) {
	dir := t.TempDir()
	cases := Examples()
	files := write(t, dir, cases)
	t.Chdir(dir)
	obsolete := map[string]bool{}
	for _, k := range conf.Keywords() {
		for _, b := range k.Where {
			obsolete[place(string(b))+"/"+k.Name] = k.Status == conf.Obsolete
		}
	}
	for i, c := range cases {
		_, list := conf.Load(super.Disk{}, files[i], conf.Options{ConfigID: configID, CPUs: recordCPUs})
		what := strings.TrimPrefix(c.Name, "the manual's example of ")
		found := false
		for _, d := range list.All() {
			switch {
			case d.Code == "not-active-yet":
			case d.Code == "deprecated" && obsolete[c.Block+"/"+c.Keyword]:
			case d.Code == odd[what]:
				found = true
			default:
				t.Errorf("%s: %v: %s [%s]\n%s", what, d.Severity, d.Summary, d.Code, c.Text)
			}
		}
		if odd[what] != "" && !found {
			t.Errorf("nothing is said of %s: it is not odd any more", what)
		}
	}
	if len(cases) < 600 {
		t.Errorf("only %d examples", len(cases))
	}
}
