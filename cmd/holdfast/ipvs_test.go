package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/ipvs"
	"holdfast/ipvs/ipvstest"
	"holdfast/test/schema"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// ipvsTable has one of everything that the text tells apart.
func ipvsTable(t *testing.T) (*ipvstest.Kernel, *ipvs.Client) {
	t.Helper()
	k := ipvstest.New()
	c := k.Client(t)
	addr := func(p ipvs.Protocol, a string) ipvs.ServiceKey { return ipvs.AddrKey(p, netip.MustParseAddrPort(a)) }
	for _, e := range []struct {
		service ipvs.Service
		dests   []ipvs.Destination
	}{
		{
			ipvs.Service{ServiceKey: ipvs.MarkKey(ipvs.IPv6, 8), Scheduler: "nq", Flags: ipvs.Persistent, Timeout: 200 * time.Second, Mask: ipvs.PrefixMask(ipvs.IPv6, 56)},
			[]ipvs.Destination{{Addr: netip.MustParseAddrPort("[fd00::9]:0"), Forward: ipvs.DirectRoute, Weight: 1}},
		},
		{
			ipvs.Service{ServiceKey: addr(ipvs.TCP, "10.0.0.1:80"), Scheduler: "rr"},
			[]ipvs.Destination{
				{Addr: netip.MustParseAddrPort("10.0.1.1:80"), Weight: 1},
				{Addr: netip.MustParseAddrPort("10.0.1.2:80"), Forward: ipvs.DirectRoute, Weight: 5, Upper: 10, Lower: 3},
				{Addr: netip.MustParseAddrPort("10.0.1.5:80"), Forward: ipvs.Tunnel, Encap: ipvs.Encap{Type: ipvs.GUE, Port: 6080, Flags: ipvs.Checksum}, Weight: 100000},
				{Addr: netip.MustParseAddrPort("[fd00::1]:80"), Forward: ipvs.Tunnel},
				{Addr: netip.MustParseAddrPort("127.0.0.1:80"), Forward: ipvs.Local, Weight: 1},
			},
		},
		{ipvs.Service{ServiceKey: addr(ipvs.UDP, "10.0.0.2:53"), Scheduler: "sh", Flags: ipvs.OnePacket | ipvs.Sched1 | ipvs.Sched2}, nil},
		{ipvs.Service{ServiceKey: addr(ipvs.UDP, "10.0.0.4:5060"), Scheduler: "wlc", Engine: "sip", Flags: ipvs.Persistent | ipvs.OnePacket, Timeout: time.Minute, Mask: ipvs.PrefixMask(ipvs.IPv4, 24)}, nil},
		{ipvs.Service{ServiceKey: addr(ipvs.UDP, "10.0.0.6:53"), Scheduler: "rr", Flags: ipvs.Sched1 | ipvs.Sched2 | ipvs.Sched3}, nil},
		{ipvs.Service{ServiceKey: addr(ipvs.SCTP, "10.0.0.1:9"), Scheduler: "lc", Flags: ipvs.Persistent, Timeout: 100 * time.Second}, nil},
		{
			ipvs.Service{ServiceKey: addr(ipvs.TCP, "[fd00::aa]:443"), Scheduler: "wrr", Flags: ipvs.Persistent, Timeout: 300 * time.Second, Mask: ipvs.PrefixMask(ipvs.IPv6, 64)},
			[]ipvs.Destination{{Addr: netip.MustParseAddrPort("[2001:db8:1234:5678:9abc:def0:1234:5678]:443"), Weight: 1<<31 - 1}},
		},
		{ipvs.Service{ServiceKey: ipvs.MarkKey(ipvs.IPv4, 1<<32-1), Scheduler: "lblcr"}, nil},
	} {
		ops := []ipvs.Op{{Kind: ipvs.AddService, Service: e.service}}
		for _, d := range e.dests {
			ops = append(ops, ipvs.Op{Kind: ipvs.AddDestination, Service: e.service, Destination: d})
		}
		if err := errors.Join(c.Do(ops)...); err != nil {
			t.Fatal(err)
		}
	}
	// Numbers of every length that ipvsadm writes in another way.
	some := ipvs.Stats{
		Connections: 99999999, InPackets: 100000000, OutPackets: 1000000000, InBytes: 99999999999, OutBytes: 100000000000,
		ConnectionsPerSec: 99999999999999, InPacketsPerSec: 100000000000000, OutPacketsPerSec: 1<<64 - 1, InBytesPerSec: 123456789, OutBytesPerSec: 7,
	}
	if !k.Count(addr(ipvs.TCP, "10.0.0.1:80"), netip.AddrPort{}, some, [3]uint32{}) ||
		!k.Count(addr(ipvs.TCP, "10.0.0.1:80"), netip.MustParseAddrPort("10.0.1.1:80"), some, [3]uint32{12, 3456789012, 5}) {
		t.Fatal("nothing to count")
	}
	if err := c.StartDaemon(ipvs.Daemon{State: ipvs.Master, Interface: "lo"}); !strings.Contains(err.Error(), "invalid argument") {
		t.Fatal(err) // beside an IPv6 server of an IPv4 service
	}
	return k, c
}

func listed(t *testing.T, k listing, c *ipvs.Client) string {
	t.Helper()
	b, err := readBalanced(c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := k.print(&out, &b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// These texts are ipvsadm 1.31's.
func TestIPVSText(t *testing.T) {
	_, c := ipvsTable(t)
	for _, tt := range []struct {
		k    listing
		want string
	}{
		{listing{}, `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
FWM  -1 lblcr
TCP  10.0.0.1:80 rr
  -> 10.0.1.1:80                  Masq    1      12         3456789012
  -> 10.0.1.2:80                  Route   5      0          0         ~
  -> 10.0.1.5:80                  Tunnel  100000 0          0         ~
  -> 127.0.0.1:80                 Local   1      0          0         ~
  -> [fd00::1]:80                 Tunnel  0      0          0         ~
UDP  10.0.0.2:53 sh (sh-fallback,sh-port) ops
UDP  10.0.0.4:5060 wlc persistent 60 mask 255.255.255.0 pe sip ops
UDP  10.0.0.6:53 rr (flag-1,flag-2,flag-3)
SCTP 10.0.0.1:9 lc persistent 100
TCP  [fd00::aa]:443 wrr persistent 300 mask 64
  -> [2001:db8:1234:5678:9abc:def0:1234:5678]:443 Masq    2147483647 0          0         ~
FWM  8 IPv6 nq persistent 200 mask 56
  -> [fd00::9]:0                  Route   1      0          0         ~
`},
		{listing{stats: true}, `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
FWM  -1                                  0        0        0        0        0
TCP  10.0.0.1:80                  99999999  100000K    1000M   99999M     100G
  -> 10.0.1.1:80                  99999999  100000K    1000M   99999M     100G
  -> 10.0.1.2:80                         0        0        0        0        0
  -> 10.0.1.5:80                         0        0        0        0        0
  -> 127.0.0.1:80                        0        0        0        0        0
  -> [fd00::1]:80                        0        0        0        0        0
UDP  10.0.0.2:53                         0        0        0        0        0
UDP  10.0.0.4:5060                       0        0        0        0        0
UDP  10.0.0.6:53                         0        0        0        0        0
SCTP 10.0.0.1:9                          0        0        0        0        0
TCP  [fd00::aa]:443                      0        0        0        0        0
  -> [2001:db8:1234:5678:9abc:def0:1234:5678]:443        0        0        0        0        0
FWM  8 IPv6                              0        0        0        0        0
  -> [fd00::9]:0                         0        0        0        0        0
`},
	} {
		if got := listed(t, tt.k, c); got != strings.ReplaceAll(tt.want, "~", "") {
			t.Errorf("%+v (-want +got):\n%s", tt.k, cmp.Diff(tt.want, got))
		}
	}
	for k, want := range map[listing]string{
		{rate: true}:               "TCP  10.0.0.1:80                    99999G     100T18446744T  123456K        7\n",
		{rate: true, exact: true}:  "TCP  10.0.0.1:80                  99999999999999 100000000000000 18446744073709551615 123456789        7\n",
		{stats: true, exact: true}: "TCP  10.0.0.1:80                  99999999 100000000 1000000000 99999999999 100000000000\n",
	} {
		if got := listed(t, k, c); !strings.Contains(got, want) {
			t.Errorf("%+v:\n%swithout\n%s", k, got, want)
		}
	}
}

func TestIPVSJSON(t *testing.T) {
	k, c := ipvsTable(t)
	if err := c.DelDestination(ipvs.AddrKey(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80")), ipvs.Destination{Addr: netip.MustParseAddrPort("[fd00::1]:80")}); err != nil {
		t.Fatal(err)
	}
	if err := c.StartDaemon(ipvs.Daemon{State: ipvs.Backup, Interface: "lo", SyncID: 9}); err != nil {
		t.Fatal(err)
	}
	// Up to here JSON's readers are exact.
	exact := ipvs.Stats{Connections: 1, InPackets: 2, OutPackets: 3, InBytes: 4, OutBytes: 1<<53 - 1, ConnectionsPerSec: 5, InPacketsPerSec: 6, OutPacketsPerSec: 7, InBytesPerSec: 8, OutBytesPerSec: 9}
	for _, d := range []netip.AddrPort{{}, netip.MustParseAddrPort("10.0.1.1:80")} {
		if !k.Count(ipvs.AddrKey(ipvs.TCP, netip.MustParseAddrPort("10.0.0.1:80")), d, exact, [3]uint32{12, 3456789012, 5}) {
			t.Fatal("nothing to count")
		}
	}
	if got, want := listed(t, listing{daemon: true}, c), "backup sync daemon (mcast=lo, syncid=9, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n"; got != want {
		t.Errorf("the sync daemons are %q, want %q", got, want)
	}
	got := listed(t, listing{json: true}, k.Client(t))
	fits(t, got)
	path := filepath.Join("testdata", "ipvs.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	got = listed(t, listing{json: true}, ipvstest.New().Client(t))
	fits(t, got)
	if !strings.Contains(got, `"services": []`) {
		t.Errorf("an empty table is\n%s", got)
	}
}

// A kernel before 4.3 tells no group of a sync daemon.
func TestIPVSOldDaemon(t *testing.T) {
	b := balanced{daemons: []ipvs.Daemon{{State: ipvs.Master, Interface: "eth0", SyncID: 5}}}
	var out strings.Builder
	if err := b.json(&out); err != nil {
		t.Fatal(err)
	}
	fits(t, out.String())
	if strings.Contains(out.String(), "group") || strings.Contains(out.String(), "invalid") {
		t.Errorf("it is\n%s", out.String())
	}
}

// fits holds a document against docs/ipvs.schema.json.
func fits(t *testing.T, text string) {
	t.Helper()
	s, err := schema.Read("../../docs/ipvs.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.Check(doc) {
		t.Error(fault)
	}
}

// Where the kernel has no IPVS, that is said, and the status is one of its own.
func TestIPVSAbsent(t *testing.T) {
	if c, err := ipvs.Dial(ipvs.Options{}); err == nil {
		c.Close()
		t.Skip("needs a kernel without IPVS")
	}
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetArgs([]string{"ipvs"})
	err := root.Execute()
	var st *statusError
	if !errors.As(err, &st) || st.status != statusAbsent || out.Len() > 0 {
		t.Fatalf("%v, written %q", err, out.String())
	}
	if want := "ipvs: the kernel has no IPVS: module ip_vs is not loaded or does not exist"; err.Error() != want {
		t.Errorf("%v", err)
	}
}
