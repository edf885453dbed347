package corpus

import (
	"testing"

	"holdfast/conf"
	"holdfast/internal/role/super"
)

// odd are keywords whose example cannot be without a finding, with its code.
var odd = map[string]string{
	"vrf":           "vrf-and-interface", // it is for instances without an interface, which 2.2.7 refuses
	"vrrp_iptables": "deprecated",        // a program with nftables, as Debian builds it, says so of each
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
		found := false
		for _, d := range list.All() {
			switch {
			case d.Code == "not-active-yet":
			case d.Code == "deprecated" && obsolete[c.Block+"/"+c.Keyword]:
			case d.Code == odd[c.Keyword]:
				found = true
			default:
				t.Errorf("%s in %s: %v: %s [%s]\n%s", c.Keyword, c.Block, d.Severity, d.Summary, d.Code, c.Text)
			}
		}
		if odd[c.Keyword] != "" && !found {
			t.Errorf("nothing is said of %s: it is not odd any more", c.Keyword)
		}
	}
	if len(cases) < 450 {
		t.Errorf("only %d examples", len(cases))
	}
}
