package advert

import (
	"testing"

	"golang.org/x/net/bpf"
)

// passes runs the filter in x/net/bpf's machine, which follows the kernel's rules.
func passes(t *testing.T, prog []bpf.Instruction, packet []byte) bool {
	t.Helper()
	vm, err := bpf.NewVM(prog)
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(packet)
	if err != nil {
		t.Fatal(err)
	}
	if n != 0 && n < len(packet) {
		t.Fatalf("the filter cuts the packet to %d bytes", n)
	}
	return n != 0
}

func TestVRIDFilter(t *testing.T) {
	var all, odd []uint8
	for v := 1; v <= 255; v++ {
		all = append(all, uint8(v))
		if v%2 == 1 {
			odd = append(odd, uint8(v))
		}
	}
	for name, set := range map[string][]uint8{
		"none": nil, "one": {51}, "first": {1}, "last": {255}, "zero": {0}, "twice": {7, 7}, "word edges": {31, 32, 63, 64}, "odd": odd, "all": all,
	} {
		t.Run(name, func(t *testing.T) {
			want := map[uint8]bool{}
			for _, v := range set {
				want[v] = true
			}
			for _, proto := range []int{protoVRRP, protoAH} {
				prog := vridFilter(proto, set)
				if len(prog) > 50 {
					t.Errorf("%d instructions", len(prog))
				}
				for v := range 256 {
					body := vrrp3(uint8(v))
					if proto == protoAH {
						body = append(authHeader(protoVRRP), body...)
					}
					b := packet4("10.1.2.3", "224.0.0.18", 255, 1, uint8(proto), body)
					if got := passes(t, prog, b); got != want[uint8(v)] {
						t.Fatalf("protocol %d, vrid %d: passes %v", proto, v, got)
					}
				}
			}
		})
	}
}

// authHeader is RFC 2402's, with a 96-bit check value: 24 bytes, length field 4.
func authHeader(next uint8) []byte {
	ah := make([]byte, 24)
	ah[0], ah[1] = next, 4
	return ah
}

func TestVRIDFilterOddPackets(t *testing.T) {
	prog := vridFilter(protoVRRP, []uint8{51})
	b := packet4("10.1.2.3", "224.0.0.18", 255, 1, 112, vrrp3(51))
	withOptions := append([]byte{0x46}, b[1:20]...)
	withOptions = append(withOptions, 51, 51, 51, 51) // as a VRID, were the header length not heeded
	if passes(t, prog, append(withOptions, vrrp3(52)...)) {
		t.Error("an option was taken for the VRID")
	}
	if !passes(t, prog, append(withOptions, vrrp3(51)...)) {
		t.Error("a packet with options was dropped")
	}
	for n := range 22 {
		if passes(t, prog, b[:n]) {
			t.Errorf("%d bytes pass", n)
		}
	}
	ah := vridFilter(protoAH, []uint8{51})
	if passes(t, ah, packet4("10.1.2.3", "224.0.0.18", 255, 1, 51, append(authHeader(6), vrrp3(51)...))) {
		t.Error("AH that carries TCP passes")
	}
}
