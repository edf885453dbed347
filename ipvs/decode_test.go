package ipvs

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/mdlayher/netlink"

	"holdfast/ipvs/internal/abi"
)

// A kernel before 4.1 has no counters of 64 bits, one before 3.18 does not tell a destination's family; and whichever set of
// counters comes first, the wider one counts.
func TestDecodeOtherKernels(t *testing.T) {
	narrow := func(ae *netlink.AttributeEncoder) error {
		ae.Uint32(abi.StatsConns, 1)
		ae.Uint64(abi.StatsInBytes, 1<<33)
		return nil
	}
	wide := func(ae *netlink.AttributeEncoder) error {
		ae.Uint64(abi.StatsConns, 1<<33)
		return nil
	}
	dest := func(stats func(*netlink.AttributeEncoder)) []byte {
		ae := netlink.NewAttributeEncoder()
		ae.Nested(abi.AttrDest, func(ae *netlink.AttributeEncoder) error {
			ae.Bytes(abi.DestAddr, []byte{10, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9})
			ae.Bytes(abi.DestPort, []byte{0, 80})
			stats(ae)
			return nil
		})
		b, err := ae.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, tt := range []struct {
		stats func(*netlink.AttributeEncoder)
		want  Stats
	}{
		{func(ae *netlink.AttributeEncoder) { ae.Nested(abi.DestStats, narrow) }, Stats{Connections: 1, InBytes: 1 << 33}},
		{func(ae *netlink.AttributeEncoder) {
			ae.Nested(abi.DestStats64, wide)
			ae.Nested(abi.DestStats, narrow)
		}, Stats{Connections: 1 << 33}},
		{func(ae *netlink.AttributeEncoder) {
			ae.Nested(abi.DestStats, narrow)
			ae.Nested(abi.DestStats64, wide)
		}, Stats{Connections: 1 << 33, InBytes: 1 << 33}},
	} {
		d, err := decodeDest(dest(tt.stats), IPv4)
		if err != nil || d.Addr != netip.MustParseAddrPort("10.0.0.1:80") || d.Stats != tt.want {
			t.Errorf("%+v, %v, want %+v", d, err, tt.want)
		}
	}
}

// What can be read can be written, and is read again as the same.
func FuzzDecode(f *testing.F) {
	for _, op := range []Op{
		{Kind: AddService, Service: Service{ServiceKey: AddrKey(TCP, netip.MustParseAddrPort("10.0.0.1:80")), Scheduler: "rr"}},
		{Kind: AddDestination, Service: Service{ServiceKey: MarkKey(IPv6, 7)}, Destination: Destination{Addr: netip.MustParseAddrPort("[fd00::1]:80"), Weight: 1}},
	} {
		f.Add(encoded(f, op.fill))
	}
	f.Add(encoded(f, func(ae *encoder) error {
		ae.Nested(abi.AttrDaemon, func(ae *encoder) error {
			return encodeDaemon(ae, Daemon{State: Backup, Interface: "lo", MaxLen: 9, Group: netip.MustParseAddr("ff02::1"), Port: 1, TTL: 1})
		})
		return nil
	}))
	f.Add(encoded(f, func(ae *encoder) error { return encodeTimeouts(ae, Timeouts{}) }))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := decodeService(b); err == nil {
			again(t, s.Service, func(ae *encoder) error {
				ae.Nested(abi.AttrService, func(ae *encoder) error { return encodeService(ae, s.Service) })
				return nil
			}, func(b []byte) (Service, error) { s, err := decodeService(b); return s.Service, err })
		}
		if d, err := decodeDest(b, IPv6); err == nil {
			again(t, d.Destination, func(ae *encoder) error {
				ae.Nested(abi.AttrDest, func(ae *encoder) error { return encodeDest(ae, d.Destination, true) })
				return nil
			}, func(b []byte) (Destination, error) { d, err := decodeDest(b, IPv6); return d.Destination, err })
		}
		if d, err := decodeDaemon(b); err == nil {
			again(t, d, func(ae *encoder) error {
				ae.Nested(abi.AttrDaemon, func(ae *encoder) error { return encodeDaemon(ae, d) })
				return nil
			}, decodeDaemon)
		}
		if x, err := decodeTimeouts(b); err == nil {
			again(t, x, func(ae *encoder) error { return encodeTimeouts(ae, x) }, decodeTimeouts)
		}
		_, _ = decodeInfo(b) // it must not panic; there is no encoder
	})
}

func encoded(t testing.TB, fill func(*encoder) error) []byte {
	t.Helper()
	ae := new(encoder)
	if err := fill(ae); err != nil {
		t.Fatal(err)
	}
	return ae.b
}

func again[T any](t *testing.T, was T, fill func(*encoder) error, decode func([]byte) (T, error)) {
	t.Helper()
	ae := new(encoder)
	if fill(ae) != nil || ae.err != nil {
		return // such as a name too long for the kernel, which only a fuzzer sends
	}
	if now, err := decode(ae.b); err != nil || !reflect.DeepEqual(now, was) {
		t.Fatalf("%+v became %+v, %v", was, now, err)
	}
}
