package record

import (
	"net/netip"
	"testing"
	"time"
)

func TestPartialFindsTheLongestTimeWithSomeButNotAll(t *testing.T) {
	other := netip.MustParseAddr("198.51.100.100")
	both := []netip.Addr{vip, other}
	has := func(at time.Duration, kind Kind, ip netip.Addr) Event {
		return Event{At: at, Kind: kind, Node: "r1", IP: ip}
	}
	tape := taped(
		has(100*ms, AddrUp, vip), has(103*ms, AddrUp, other),
		has(200*ms, AddrDown, other), has(240*ms, AddrUp, other),
		has(300*ms, AddrDown, vip), has(301*ms, AddrDown, other),
		has(400*ms, AddrUp, other), // and never the first again
	)
	for _, c := range []struct {
		span Span
		want time.Duration
	}{
		{Span{0, 90 * ms}, 0},
		{Span{0, 150 * ms}, 3 * ms},
		{Span{0, 399 * ms}, 40 * ms},
		{Span{220 * ms, 399 * ms}, 20 * ms},
		{Span{250 * ms, 399 * ms}, ms},
		{Span{0, 500 * ms}, 100 * ms},
		{Span{450 * ms, 500 * ms}, 50 * ms},
	} {
		if got := tape.Partial("r1", both, c.span); got != c.want {
			t.Errorf("%v: %v, want %v", c.span, got, c.want)
		}
	}
	if got := tape.Partial("r2", both, Span{0, 500 * ms}); got != 0 {
		t.Errorf("a router without any has a part for %v", got)
	}
	if got := tape.Partial("r1", both[1:], Span{0, 500 * ms}); got != 0 {
		t.Errorf("a part of one address for %v", got)
	}
}
