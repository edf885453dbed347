package ipvs_test

import (
	"net/netip"
	"testing"

	"holdfast/ipvs"
)

func TestPrefixLen(t *testing.T) {
	for mask, want := range map[string]struct {
		bits   int
		prefix bool
	}{
		"0.0.0.0": {0, true}, "255.255.255.0": {24, true}, "255.255.255.255": {32, true}, "255.0.255.0": {8, false}, "0.0.0.1": {0, false},
		"::": {0, true}, "ffff:8000::": {17, true}, "ffff::1": {16, false}, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": {128, true},
	} {
		if bits, prefix := ipvs.PrefixLen(netip.MustParseAddr(mask)); bits != want.bits || prefix != want.prefix {
			t.Errorf("%s: %d, %v; want %v", mask, bits, prefix, want)
		}
	}
	if bits, prefix := ipvs.PrefixLen(netip.Addr{}); bits != 0 || !prefix {
		t.Errorf("the zero value: %d, %v", bits, prefix)
	}
	for bits := range 128 {
		if got, prefix := ipvs.PrefixLen(ipvs.PrefixMask(ipvs.IPv6, bits)); got != bits || !prefix {
			t.Errorf("of %d bits: %d, %v", bits, got, prefix)
		}
	}
}
