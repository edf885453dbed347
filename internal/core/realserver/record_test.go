package realserver

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

func sample() Record {
	return Record{
		Addresses: []Address{{netip.MustParsePrefix("10.1.0.100/32"), "lo", Direct, true}, {netip.MustParsePrefix("fd00::1/128"), "dummy0", Direct, false}},
		Settings:  []Setting{{path("all", arpIgnore), 0, 1}, {path("eth0.7", arpAnnounce), 1, 2}},
		Links:     []Link{{"lo", true}},
	}
}

func TestRecordIsReadAsWritten(t *testing.T) {
	for _, r := range []Record{sample(), {}} {
		got, err := ParseRecord(r.Text("b"), "b")
		if err != nil || got.Empty() != r.Empty() || !r.Empty() && !reflect.DeepEqual(got, r) {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := ParseRecord(r.Text("b"), "another"); err != nil || !got.Empty() {
			t.Errorf("after another start: %+v, %v", got, err)
		}
	}
}

func TestRecordDamaged(t *testing.T) {
	text := string(sample().Text("b"))
	for _, c := range [][3]string{
		{"", "", "damaged"}, // see below: cut
		{`"version": 1`, `"version": 2`, "its version is 2"},
		{`"boot": "b"`, `"boot": ""`, "does not say when"},
		{`"boot"`, `"boots"`, "unknown field"},
		{"10.1.0.100/32", "10.1.0.100/24", "address 10.1.0.100/24"},
		{"10.1.0.100/32", "127.0.0.1/32", "address 127.0.0.1/32"},
		{`"interface": "lo"`, `"interface": "../lo"`, `interface "../lo"`},
		{`"method": "direct"`, `"method": "by mail"`, `method "by mail"`},
		{"conf/all/arp_ignore", "conf/../arp_ignore", "setting"},
		{"net/ipv4/conf/all/arp_ignore", "kernel/core_pattern", "setting"},
		{"conf/all/arp_ignore", "conf/all/forwarding", "setting"},
		{`"name": "lo"`, `"name": "a/b"`, `interface "a/b"`},
	} {
		bad := strings.Replace(text, c[0], c[1], 1)
		if c[0] == "" {
			bad = text[:len(text)/2]
		}
		if bad == text {
			t.Fatalf("%q is not in the text", c[0])
		}
		if got, err := ParseRecord([]byte(bad), "b"); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%q: %+v, %v; want %q", c[1], got, err, c[2])
		}
	}
	if _, err := ParseRecord([]byte(text+"{}"), "b"); err == nil {
		t.Error("what follows the end is taken")
	}
}

// FuzzRecord wants every record that is read to be one that could have been written, and to be read as the same again.
func FuzzRecord(f *testing.F) {
	f.Add(sample().Text("b"))
	f.Add(Record{}.Text("b"))
	f.Add([]byte(`{"version":1,"boot":"b","addresses":[{"address":"::1/128"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRecord(text, "b")
		if err != nil {
			return
		}
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
		again, err := ParseRecord(r.Text("b"), "b")
		if err != nil || again.Empty() != r.Empty() {
			t.Fatalf("%+v, %v", again, err)
		}
		h := newHost()
		plan, _ := Down(&h.Picture, r, nil)
		for _, s := range plan.Steps {
			if s.Command() == "" || s.Kind == AddAddr {
				t.Fatalf("%+v", s)
			}
		}
	})
}
