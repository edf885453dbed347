package vrrpd

import (
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
