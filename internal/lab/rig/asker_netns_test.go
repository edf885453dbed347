package rig

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"testing"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// The client tells who has served it, that nobody listens, and that nobody is there.
func TestAsker(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: network namespaces")
	}
	s, err := netns.New(fmt.Sprintf("holdfast-test-%d-asker", os.Getpid()), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := openLink(s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.AddVeth("eth0", "eth1", 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lo", "eth0"} {
		if _, err := raise(c, name); err != nil {
			t.Fatal(err)
		}
	}
	far, err := raise(c, "eth1")
	if err != nil {
		t.Fatal(err)
	}
	near, err := c.ByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	if err := addAddr(c, near.Index, netip.MustParsePrefix("192.0.2.1/24")); err != nil {
		t.Fatal(err)
	}
	// Nobody answers behind eth0: its other end speaks no ARP.
	if err := c.SetARP(far, false); err != nil {
		t.Fatal(err)
	}
	lo, away := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.9")
	web, err := openWeb(s, "x", "web1")
	if err != nil {
		t.Fatal(err)
	}
	box := newInbox()
	a := startAsker(s, box, []netip.Addr{lo, away}, 20*time.Millisecond)
	defer a.stop()

	seen := func(what string, ip netip.Addr, node, text string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for {
			evs, _, err := box.next(ctx, 50*time.Millisecond)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			for _, ev := range evs {
				if ev.Kind == record.Served && ev.IP == ip && ev.Node == node && ev.Text == text && ev.Took > 0 && ev.Took < 5*record.Patience {
					return
				}
			}
		}
	}
	seen("served", lo, "web1", "")
	seen("nobody is there", away, "", "no connection")
	web.close()
	seen("nobody listens", lo, "", "connection refused")
	if web, err = openWeb(s, "x", "web2"); err != nil {
		t.Fatal(err)
	}
	defer web.close()
	seen("served by the next", lo, "web2", "")
}
