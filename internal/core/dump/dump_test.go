package dump_test

import (
	"flag"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/internal/core/dump"
	"holdfast/internal/core/table"
)

var update = flag.Bool("update", false, "rewrite the expectations, but for those that keepalived wrote")

// byKeepalived is the archive whose lines were logged by keepalived itself.
const byKeepalived = "keepalived.txtar"

type archive map[string]string

func (a archive) ReadFile(p string) ([]byte, error) {
	if text, ok := a[p]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}

func (archive) Glob(string) ([]string, error) { return nil, nil }

func (archive) Getenv(string) string { return "" }

func load(t *testing.T, text string) *conf.Config {
	t.Helper()
	cfg, list := conf.Load(archive{"main.conf": text}, "main.conf", conf.Options{CPUs: 4})
	if n := list.ExitClass().ExitStatus(); n != 0 {
		t.Logf("the file's exit status is %d", n)
	}
	return cfg
}

// link gives a link of Ethernet with the addresses.
func link(index int, name string, mac string, up bool) table.Link {
	l := table.Link{Index: index, Name: name, MTU: 1500, HWType: 1, HWLen: 6, Flags: 0x1002}
	if up {
		l.Flags |= 0x41
	}
	_, _ = fmt.Sscanf(strings.ReplaceAll(mac, ":", " "), "%x %x %x %x %x %x",
		&l.HWAddr[0], &l.HWAddr[1], &l.HWAddr[2], &l.HWAddr[3], &l.HWAddr[4], &l.HWAddr[5])
	return l
}

func loopback() table.Link {
	return table.Link{Index: 1, Name: "lo", MTU: 65536, HWType: 772, HWLen: 6, Flags: 0x49}
}

func addrs(links ...any) (list []table.Addr) {
	for i := 0; i < len(links); i += 2 {
		for _, p := range strings.Fields(links[i+1].(string)) {
			list = append(list, table.Addr{Link: links[i].(int), Prefix: netip.MustParsePrefix(p)})
		}
	}
	return list
}

// machine is where the archive is dumped: what refuses is told by its program, who is broken by its link.
func machine(name string) *dump.Machine {
	m := &dump.Machine{Name: "host", Umask: 0o177, Mirror: &table.Mirror{}, UID: 0, GID: 0}
	m.Program = func(c *conf.Command) (dump.Program, bool) {
		return dump.Program{Argv: append([]string{"/usr" + c.Argv[0]}, c.Argv[1:]...)}, !strings.HasSuffix(c.Argv[0], "false")
	}
	m.Faulty = func(in *conf.Instance) bool { return in.Interface.V == "eth2" }
	m.Ours = func(a netip.Addr) bool { return a == netip.MustParseAddr("10.9.0.50") }
	if name == byKeepalived {
		m.Mirror.Replace(
			[]table.Link{loopback(), link(2, "eth0", "26:d0:40:4b:8e:67", true)},
			addrs(1, "127.0.0.1/8", 2, "172.16.8.10/24 fe80::24d0:40ff:fe4b:8e67/64"))
		return m
	}
	tun := table.Link{Index: 5, Name: "tun0", MTU: 1400, HWType: 65534, Flags: 0x91}
	m.Namespace, m.Umask, m.UID, m.GID = "ns", 0o22, 7, 8
	m.Mirror.Replace(
		[]table.Link{
			loopback(), link(2, "eth0", "02:00:00:00:0a:00", true), link(3, "eth1", "02:00:00:00:0a:01", true),
			link(4, "eth2", "02:00:00:00:0a:02", false), tun,
		},
		addrs(1, "127.0.0.1/8 ::1/128", 2, "10.9.0.50/24 10.9.0.1/24 10.9.0.9/24 fd09::1/64 fe80::77/64 fe80::1/64",
			3, "10.9.1.1/24 fe80::ff:fe00:a01/64"))
	return m
}

// TestGolden dumps main.conf of each archive. Run with -update to rewrite want.lines; read the diff. That the lines
// are keepalived's is shown by test/oracle.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) != 3 {
		t.Fatalf("goldens: %v, %v", paths, err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(dump.All(load(t, string(ar.Files[0].Data)), machine(name)), "\n") + "\n"
			if *update && name != byKeepalived {
				ar.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(string(ar.Files[1].Data), got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestSections: the parts are the whole, and a machine that tells little is enough.
func TestSections(t *testing.T) {
	cfg := load(t, "vrrp_sync_group G {\n group {\n A\n }\n}\nvrrp_instance A {\n interface eth9\n virtual_router_id 1\n"+
		" virtual_ipaddress {\n 10.0.0.1\n }\n notify \"/bin/true\"\n}\n")
	m := &dump.Machine{Mirror: &table.Mirror{}}
	parts := append(append(dump.Global(cfg, m), dump.VRRP(cfg, m)...), dump.Interfaces(cfg, m)...)
	if d := cmp.Diff(parts, dump.All(cfg, m)); d != "" {
		t.Error(d)
	}
	text := strings.Join(parts, "\n")
	for _, want := range []string{"Using src_ip = (none)", "Sync Group = G, BACKUP", "------< Interfaces >------"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(text, "script =") {
		t.Error("a script that nobody vouches for is told")
	}
	if empty := dump.VRRP(&conf.Config{}, m); len(empty) != 0 {
		t.Errorf("nothing is configured, and %q is told", empty)
	}
}
