package vrrp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"hash"
	"net/netip"
)

// ProtocolAH is the IP protocol number of the authentication header that AuthAH puts before the message (RFC 2402).
const ProtocolAH = 51

// Sizes of the header and its integrity check value (RFC 2402 §2, RFC 2403 §2).
const (
	ahLen  = 24
	icvLen = 12
	icvAt  = 12
)

// sealer computes integrity check values: HMAC-MD5-96 (RFC 2403) with the zero-padded password as key. It keeps its state
// between uses, so that an advert costs no allocation.
type sealer struct {
	mac hash.Hash
	ip  [60]byte
	ah  [ahLen]byte
	sum [md5.Size]byte
}

func newSealer(key [8]byte) *sealer { return &sealer{mac: hmac.New(md5.New, key[:])} }

// icv covers the IP header, the authentication header with a zero value, and the message. Fields that routers may change
// are zeroed. compat: but not the time to live, and the packet's identification is in, against RFC 2402 §3.3.3.1.
func (s *sealer) icv(ip, ah, message []byte) []byte {
	header := s.ip[:copy(s.ip[:], ip)]
	header[1] = 0               // type of service
	header[6], header[7] = 0, 0 // flags and fragment offset
	header[10], header[11] = 0, 0
	copy(s.ah[:], ah)
	clear(s.ah[icvAt:])
	s.mac.Reset()
	s.mac.Write(header)
	s.mac.Write(s.ah[:])
	s.mac.Write(message)
	return s.mac.Sum(s.sum[:0])[:icvLen]
}

// appendAH appends the header without its value.
func appendAH(b []byte, src netip.Addr, seq uint32) []byte {
	spi := src.As4() // compat: the security parameter index is the sender's address
	b = append(b, Protocol, ahLen/4-2, 0, 0)
	b = append(b, spi[:]...)
	b = binary.BigEndian.AppendUint32(b, seq)
	return append(b, make([]byte, icvLen)...)
}

// SplitAH separates the authentication header from the message behind it. ok is false if it is none that announces VRRP.
func SplitAH(payload []byte) (ah, message []byte, ok bool) {
	if len(payload) < ahLen || payload[0] != Protocol || payload[1] != ahLen/4-2 {
		return nil, nil, false
	}
	return payload[:ahLen:ahLen], payload[ahLen:], true
}

// judgeAH checks index, integrity and freshness of an authentication header.
func (in *Instance) judgeAH(h Heard) Note {
	from := h.From.As4()
	switch seq := binary.BigEndian.Uint32(h.AH[8:]); {
	case len(h.IP) < IPv4HeaderLen || [4]byte(h.AH[4:8]) != from:
		return Note{Reason: BadSPI}
	case !hmac.Equal(h.AH[icvAt:], in.sealer.icv(h.IP, h.AH, h.Message)):
		return Note{Reason: BadICV}
	case seq <= in.seq:
		return Note{Reason: Replayed, Got: int(seq), Want: int(in.seq)}
	}
	return Note{}
}

// heardSeq takes over the number of an advert that was believed. One counter serves both directions, so that the successor
// of a master goes on where it ended and the others believe it.
func (in *Instance) heardSeq(h Heard) {
	if h.AH != nil {
		in.seq = binary.BigEndian.Uint32(h.AH[8:])
	}
}

// lastSeq is the highest number in use: behind it the counter stands still until a new master begins anew.
const lastSeq = 0xFFFFFFFD

func (in *Instance) nextSeq() uint32 {
	if in.seq < lastSeq {
		in.seq++
	}
	return in.seq
}
