package realserver

import (
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"testing"

	"holdfast/conf"
)

// disk has one file.
type disk string

func (d disk) ReadFile(string) ([]byte, error) { return []byte(d), nil }
func (disk) Glob(string) ([]string, error)     { return nil, fs.ErrNotExist }
func (disk) Getenv(string) string              { return "" }
func server(ip, more string) string            { return "real_server " + ip + " 80 {\n" + more + "\n}\n" }

func service(what, method, servers string) string {
	return "virtual_server " + what + " {\nprotocol TCP\n" + method + "\n" + servers + "}\n"
}

func TestNamed(t *testing.T) {
	group := "virtual_server_group web {\n10.1.0.100-102 80\n10.1.1.7 80\nfwmark 4\n}\n"
	for name, c := range map[string]struct {
		text  string
		want  string
		notes string
		any   bool
	}{
		"nobody":            {service("10.1.0.100 80", "lvs_method DR", server("10.1.0.9", "")), "", "", false},
		"direct":            {service("10.1.0.100 80", "lvs_method DR", server("10.1.0.9", "")+server("10.1.0.3", "")), "10.1.0.100 direct", "", true},
		"two ports":         {service("10.1.0.100 80", "lvs_method DR", server("10.1.0.3", "")) + service("10.1.0.100 443", "lvs_method DR", server("10.1.0.3", "")), "10.1.0.100 direct", "", true},
		"NAT":               {service("10.1.0.100 80", "lvs_method NAT", server("10.1.0.3", "")), "", "10.1.0.100 comes by NAT", true},
		"of its own":        {service("10.1.0.100 80", "lvs_method NAT", server("10.1.0.3", "lvs_method TUN")), "10.1.0.100 ipip", "", true},
		"gre":               {service("10.1.0.100 80", "lvs_method TUN type gre", server("10.1.0.3", "")), "10.1.0.100 gre", "", true},
		"gue":               {service("10.1.0.100 80", "lvs_method TUN type gue port 6080", server("10.1.0.3", "")), "10.1.0.100 gue", "", true},
		"IPv6":              {service("fd00::100 80", "lvs_method DR", server("fd00::3", "")), "fd00::100 direct", "", true},
		"of another family": {service("fd00::100 80", "lvs_method TUN", server("10.1.0.3", "")), "", "tunnels of the other family", true},
		"group":             {group + service("group web", "lvs_method DR", server("10.1.0.3", "")), "10.1.0.100 direct, 10.1.0.101 direct, 10.1.0.102 direct, 10.1.1.7 direct", "fwmark 4", true},
		"too many":          {"virtual_server_group web {\nfd00::1-ffff 80\nfd00:1::1-ffff 80\n}\n" + service("group web", "lvs_method DR", server("fd00::3", "")), "", "only the first 4096", true},
		"fwmark":            {service("fwmark 9", "lvs_method DR", server("10.1.0.3", "")), "", "fwmark 9", true},
		"sorry":             {service("10.1.0.100 80", "lvs_method DR", "sorry_server 10.1.0.3 80\n"+server("10.1.0.9", "")), "10.1.0.100 direct", "", true},
		"two ways":          {service("10.1.0.100 80", "lvs_method DR", server("10.1.0.3", "")) + service("10.1.0.100 443", "lvs_method TUN", server("10.1.0.3", "")), "10.1.0.100 direct, 10.1.0.100 ipip", "", true},
		"local":             {service("10.1.0.100 80", "lvs_method DR", server("127.0.0.1", "")), "", "", false},
	} {
		cfg, found := conf.Load(disk(c.text), "keepalived.conf", conf.Options{})
		if found.HasErrors() {
			t.Fatalf("%s: %v", name, found.All())
		}
		own := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.1.0.3"), netip.MustParseAddr("fd00::3")}
		vips, notes, any := Named(cfg, own)
		var words []string
		for _, v := range vips {
			words = append(words, fmt.Sprintf("%v %s", v.Addr, v.Method))
		}
		if len(words) == most {
			words = nil
		}
		if got := strings.Join(words, ", "); got != c.want || any != c.any || !strings.Contains(fmt.Sprint(notes), c.notes) || (c.notes == "") != (len(notes) == 0) {
			t.Errorf("%s: %q, %q, %v", name, got, notes, any)
		}
	}
}
