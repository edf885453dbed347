package main

import (
	"encoding/binary"
	"net/netip"

	"holdfast/ipvs"
)

// sort brings services and destinations into ipvsadm's order.
//
// compat: ipvsadm takes the sign of a difference of 32 bits for an order, which is none: 200.0.0.1 stands before 9.0.0.1, and
// 100.0.0.1 before both. What comes out of that depends on the way of sorting, so it has to be the C library's: a merge sort.
func (b *balanced) sort() {
	mergeSort(b.services, func(x, y *balancedService) int { return compareServices(x.ServiceKey, y.ServiceKey) })
	for i := range b.services {
		mergeSort(b.services[i].dests, func(x, y *ipvs.DestinationStatus) int { return compareAddrPorts(x.Addr, y.Addr) })
	}
}

func compareServices(x, y ipvs.ServiceKey) int {
	if d := difference(x.Mark, y.Mark); d != 0 {
		return d
	}
	if d := int(x.Family) - int(y.Family); d != 0 {
		return d
	}
	if d := int(x.Protocol) - int(y.Protocol); d != 0 {
		return d
	}
	return compareAddrPorts(x.Addr, y.Addr)
}

// compareAddrPorts compares addresses by their words of 32 bits, whatever their families.
func compareAddrPorts(x, y netip.AddrPort) int {
	a, b := words(x.Addr()), words(y.Addr())
	for i := range a {
		if d := difference(a[i], b[i]); d != 0 {
			return d
		}
	}
	return int(x.Port()) - int(y.Port())
}

func difference(x, y uint32) int { return int(int32(x - y)) }

func words(a netip.Addr) (w [4]uint32) {
	var b [16]byte
	copy(b[:], a.AsSlice())
	for i := range w {
		w[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return w
}

// mergeSort sorts as qsort(3) of the GNU C library does: halves, the first one the smaller, and of equals the first first.
func mergeSort[T any](list []T, compare func(x, y *T) int) {
	if len(list) < 2 {
		return
	}
	left, right := list[:len(list)/2], list[len(list)/2:]
	mergeSort(left, compare)
	mergeSort(right, compare)
	merged := make([]T, 0, len(list))
	for len(left) > 0 && len(right) > 0 {
		if compare(&left[0], &right[0]) <= 0 {
			merged, left = append(merged, left[0]), left[1:]
		} else {
			merged, right = append(merged, right[0]), right[1:]
		}
	}
	copy(list, append(append(merged, left...), right...))
}
