package main

import "encoding/binary"

// kind is what a frame says.
type kind uint8

const (
	advertFrame kind = iota + 1 // a VRRP advertisement
	garpFrame                   // a gratuitous ARP, request or reply
	echoFrame                   // an ICMP echo reply
)

// frame is what matters of one Ethernet frame.
type frame struct {
	at   int64 // ns, the kernel's receive time (CLOCK_REALTIME)
	port int   // index of the interface it came in on
	kind kind
	ip   [4]byte // source address; for garpFrame the address announced
	vrid uint8
	prio uint8
	seq  uint16 // of an echo
}

const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherLen  = 14
	protoICMP = 1
	protoVRRP = 112
)

// readFrame takes an Ethernet frame apart; ok is false for anything that is none of the kinds.
func readFrame(b []byte) (f frame, ok bool) {
	if len(b) < etherLen {
		return f, false
	}
	switch body := b[etherLen:]; binary.BigEndian.Uint16(b[12:]) {
	case etherIPv4:
		return readIPv4(body)
	case etherARP:
		return readARP(body)
	}
	return f, false
}

// readIPv4 knows VRRP versions 2 and 3, whose first bytes are the same (RFC 3768 §5.1, RFC 9568 §5.1), and echo replies.
func readIPv4(b []byte) (f frame, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return f, false
	}
	head := int(b[0]&0x0f) * 4
	if head < 20 || len(b) < head+8 {
		return f, false
	}
	msg := b[head:]
	f.ip = [4]byte(b[12:16])
	switch {
	case b[9] == protoVRRP && (msg[0] == 0x21 || msg[0] == 0x31):
		f.kind, f.vrid, f.prio = advertFrame, msg[1], msg[2]
		return f, true
	case b[9] == protoICMP && msg[0] == 0:
		f.kind, f.seq = echoFrame, binary.BigEndian.Uint16(msg[6:])
		return f, true
	}
	return f, false
}

// readARP knows announcements only: sender and target are the same address (RFC 5227 §3).
func readARP(b []byte) (f frame, ok bool) {
	if len(b) < 28 || [4]byte(b[14:18]) != [4]byte(b[24:28]) {
		return f, false
	}
	f.kind, f.ip = garpFrame, [4]byte(b[14:18])
	return f, true
}
