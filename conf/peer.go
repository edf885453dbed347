package conf

import "net/netip"

// Peer is one line of a unicast_peer block.
type Peer struct {
	Value[netip.Addr]
	MinTTL Value[uint8] // 0 without the option
	MaxTTL Value[uint8] // 255 without the option
}

// OldChecksum says which checksum unicast adverts of VRRP version 3 over IPv4 carry.
type OldChecksum uint8

// The values of the keyword "old_unicast_checksum".
const (
	ChecksumAuto  OldChecksum = iota // the right one, until an advert with the old one arrives
	ChecksumOld                      // that of keepalived up to 1.3.6
	ChecksumNever                    // the right one, always
)

// String gives the keyword's words.
func (c OldChecksum) String() string {
	return [...]string{"auto", "old", "never"}[c]
}
