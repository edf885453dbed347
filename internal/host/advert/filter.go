package advert

import (
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	protoVRRP = 112
	protoAH   = 51 // RFC 2402 in front of VRRPv2, keepalived's auth_type AH

	accept = 0xffff // bytes of the packet to keep: all
)

// rejectAll is the filter of a socket that must not receive (yet).
var rejectAll = []bpf.Instruction{bpf.RetConstant{Val: 0}}

// vridFilter returns the program that keeps packets of these virtual routers, as classic BPF over a packet
// that starts with its IPv4 header. With AH in front, only AH that carries VRRP passes. A packet too short
// to have a VRID is dropped: it cannot be anybody's.
//
// The ids are a bitmap of eight words, so the program is at most some 40 instructions long however many
// routers there are.
func vridFilter(proto int, vrids []uint8) []bpf.Instruction {
	var words [8]uint32
	for _, v := range vrids {
		words[v>>5] |= 1 << (v & 31)
	}
	prog := []bpf.Instruction{bpf.LoadMemShift{Off: 0}} // X = length of the IP header
	if proto == protoAH {
		prog = append(prog,
			bpf.LoadIndirect{Off: 0, Size: 1}, // next header
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoVRRP, SkipTrue: 1},
			bpf.RetConstant{Val: 0},
			bpf.LoadIndirect{Off: 1, Size: 1}, // length of AH in 4-byte words, minus 2
			bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 2},
			bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: 4},
			bpf.ALUOpX{Op: bpf.ALUOpAdd},
			bpf.TAX{},
		)
	}
	prog = append(prog,
		bpf.LoadIndirect{Off: 1, Size: 1}, // the VRID is the second byte of VRRP v2 and v3
		bpf.StoreScratch{Src: bpf.RegA, N: 0},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 31},
		bpf.TAX{}, // X = bit
		bpf.LoadScratch{Dst: bpf.RegA, N: 0},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 5}, // A = word
	)
	left := 0
	for _, w := range words {
		if w != 0 {
			left++
		}
	}
	for i, w := range words {
		if w == 0 {
			continue
		}
		left--
		prog = append(prog,
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(i), SkipFalse: 2},
			bpf.LoadConstant{Dst: bpf.RegA, Val: w},
			bpf.Jump{Skip: uint32(3*left) + 1}, // over the words to come and the rejection behind them
		)
	}
	return append(prog,
		bpf.RetConstant{Val: 0},
		bpf.ALUOpX{Op: bpf.ALUOpShiftRight},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 1, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: accept},
	)
}

// attach replaces the filter of fd; the kernel does it between two packets.
func attach(fd int, prog []bpf.Instruction) error {
	raw, err := bpf.Assemble(prog)
	if err != nil {
		return fmt.Errorf("assemble filter: %w", err)
	}
	code := make([]unix.SockFilter, len(raw))
	for i, ins := range raw {
		code[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &fprog); err != nil {
		return wrap("attach filter", "CAP_NET_RAW", err)
	}
	return nil
}
