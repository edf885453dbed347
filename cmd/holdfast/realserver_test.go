package main

import (
	"bytes"
	"errors"
	"maps"
	"net/netip"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/realserver"
	"holdfast/internal/core/table"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/spool"
)

// bench is a host in memory: lo, eth0, and their settings.
type bench struct {
	*site
	host     *mem.Host
	settings *mem.Settings
}

func newBench(t *testing.T) *bench {
	t.Helper()
	host := mem.New()
	host.AddLink(table.Link{Name: "eth0"})
	links, err := host.Links()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]int{}
	for _, p := range append(realserver.Needed(links), realserver.Needed([]table.Link{{Name: "tunl0"}})...) {
		values[p] = 0
	}
	b := &bench{host: host, settings: mem.NewSettings(values)}
	b.site = &site{kernel: host, tunnels: host, ports: &mem.Ports{}, settings: b.settings, ledger: &ledger{dir: spool.Dir(t.TempDir()), name: "r.json", boot: "b"}}
	return b
}

// picture is all that up and down may change.
func (b *bench) picture(t *testing.T) *realserver.Picture {
	t.Helper()
	p, err := b.look(true)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func same(a, b *realserver.Picture) bool {
	return maps.Equal(a.Settings, b.Settings) && maps.Equal(a.Ports, b.Ports) && len(a.Addrs) == len(b.Addrs) && len(a.Links) == len(b.Links)
}

// TestStepFails has each step of up fail in turn: what was done before is on record, nothing after it was done, and down undoes it.
// Then each step of down, which a second down ends.
func TestStepFails(t *testing.T) {
	no := errors.New("refused by the test")
	vips := []netip.Addr{netip.MustParseAddr("10.1.0.100"), netip.MustParseAddr("fd00::1")}
	for _, k := range []serving{{method: realserver.Direct}, {method: realserver.IPIP}, {method: realserver.GUE, port: 6080}} {
		ended := false
		for fail := 0; !ended && fail < 50; fail++ {
			for _, which := range []string{"up", "down"} {
				b := newBench(t)
				before := b.picture(t)
				left := -1
				refuse := func() error {
					if left--; left == -1 {
						return no
					}
					return nil
				}
				b.host.SetFault(func(table.Op) error { return refuse() })
				b.settings.SetFault(func(string, int) error { return refuse() })
				run := func(do func(*site, []netip.Addr, *bytes.Buffer) error, vips []netip.Addr, fails int) (string, error) {
					left = fails
					var out bytes.Buffer
					err := do(b.site, vips, &out)
					left = -1
					return out.String(), err
				}
				up := func(s *site, v []netip.Addr, out *bytes.Buffer) error { return k.up(s, v, out) }
				down := func(s *site, v []netip.Addr, out *bytes.Buffer) error { return k.down(s, v, out) }
				fails := map[string]int{"up": fail, "down": -1}
				if which == "down" {
					fails = map[string]int{"up": -1, "down": fail}
				}
				out, err := run(up, vips, fails["up"])
				if err == nil && which == "up" {
					ended = true
				}
				checkFailure(t, which+": up", err, no)
				out2, err := run(down, nil, fails["down"])
				checkFailure(t, which+": down", err, no)
				if _, err := run(down, nil, -1); err != nil {
					t.Fatalf("%s, step %d: the last down: %v", which, fail, err)
				}
				if after := b.picture(t); !same(before, after) {
					t.Fatalf("%s, step %d: was %+v, is %+v after\n%s\n%s", which, fail, before, after, out, out2)
				}
			}
		}
		if !ended {
			t.Error("the steps have no end")
		}
	}
}

func checkFailure(t *testing.T, when string, err, want error) {
	t.Helper()
	var st *statusError
	if err != nil && (!errors.Is(err, want) || !errors.As(err, &st) || st.status != statusFound) {
		t.Fatalf("%s: %v", when, err)
	}
}

// The kernel's own words about what is not permitted get the name of what is missing.
func TestUpWithoutPrivilege(t *testing.T) {
	b := newBench(t)
	b.settings.SetFault(func(string, int) error { return unix.EPERM })
	k := serving{method: realserver.Direct}
	err := k.up(b.site, []netip.Addr{netip.MustParseAddr("10.1.0.100")}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "CAP_NET_ADMIN, are needed") || !strings.Contains(err.Error(), "sysctl -w net.ipv4.conf.all.arp_ignore=1: ") {
		t.Errorf("%v", err)
	}
}

// A record that is no file, or one without end, is not read.
func TestLedgerRefuses(t *testing.T) {
	b := newBench(t)
	path := b.ledger.path()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.ledger.read(); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a directory: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, largest+1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.ledger.read(); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a large file: %v", err)
	}
}
