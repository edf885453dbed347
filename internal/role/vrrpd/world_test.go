package vrrpd

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"holdfast/internal/core/table"
)

// still is a kernel that looks whether anything could be applied while it lists.
type still struct {
	Kernel
	v    *view
	open bool
}

func (k *still) look() {
	if k.v.mu.TryRLock() {
		k.v.mu.RUnlock()
		k.open = true
	}
}

func (k *still) Links() ([]table.Link, error) { k.look(); return nil, nil }
func (k *still) Addrs() ([]table.Addr, error) { k.look(); return nil, nil }

// An address that the hand adds between the list and the mirror would be put back as one that somebody removed.
func TestNothingIsAppliedWhileTheWorldIsRead(t *testing.T) {
	v := &view{}
	k := &still{v: v}
	w := &world{host: Host{Kernel: k}, view: v}
	if _, err := w.reread(); err != nil {
		t.Fatal(err)
	}
	if k.open {
		t.Error("an address could be added between the list and the mirror")
	}
}

// The kernel's word that an address is gone may come after the hand has added it again.
func TestAnOldWordOfTheKernelIsNotBelieved(t *testing.T) {
	r := startRig(t, owner, nil)
	mark := r.await(0, "add 192.0.2.10/32", "add 192.0.2.11/32", "log Sending gratuitous ARP on eth0 for 192.0.2.11")
	old := table.Addr{Link: r.eth0.Index, Prefix: netip.MustParsePrefix("192.0.2.11/32")}
	r.role.world.hear(table.Update{Kind: table.AddrGone, Addr: old})
	gone := table.Addr{Link: r.eth0.Index, Prefix: netip.MustParsePrefix("192.0.2.10/32")}
	if err := r.host.Apply([]table.Op{{Kind: table.DelAddr, Addr: gone}})[0]; err != nil {
		t.Fatal(err)
	}
	r.await(mark, "log (VI_1) putting back 192.0.2.10, which somebody else removed")
	r.never(mark, "add 192.0.2.11/32", "and others")
	r.end()
	r.never(mark, "add 192.0.2.11/32", "and others")
}

// Instances that a link takes down together are told of in the order of the file.
func TestInstancesFailInOrder(t *testing.T) {
	const n = 12
	var text strings.Builder
	var want []string
	for i := range n {
		fmt.Fprintf(&text, "vrrp_instance VI_%d {\n interface eth0\n virtual_router_id %d\n virtual_ipaddress {\n 192.0.2.%d\n }\n}\n", i, i+1, i+1)
		want = append(want, fmt.Sprintf("log (VI_%d) Entering FAULT STATE", i))
	}
	r := startRig(t, text.String(), nil)
	mark := r.await(0, fmt.Sprintf("log (VI_%d) Entering BACKUP STATE (init)", n-1))
	if err := r.host.SetUp(r.eth0.Index, false); err != nil {
		t.Fatal(err)
	}
	r.await(mark, want...)
}
