package conf

import (
	"net/netip"
	"strconv"
)

// Peer is one line of a unicast_peer block.
type Peer struct {
	Value[netip.Addr]
	MinTTL Value[uint8] // 0 without the option
	MaxTTL Value[uint8] // 255 without the option
}

// Words are those of the line.
func (p *Peer) Words() []string {
	w := []string{p.V.String()}
	if p.MinTTL.Set() {
		w = append(w, "min_ttl", strconv.Itoa(int(p.MinTTL.V)))
	}
	if p.MaxTTL.Set() {
		w = append(w, "max_ttl", strconv.Itoa(int(p.MaxTTL.V)))
	}
	return w
}

// OldChecksum says which checksum unicast adverts of VRRP version 3 over IPv4 carry.
type OldChecksum uint8

// The values of the keyword "old_unicast_checksum".
const (
	ChecksumAuto  OldChecksum = iota // the right one, until an advert with the old one arrives
	ChecksumOld                      // that of keepalived up to 1.3.6
	ChecksumNever                    // the right one, always
)

// String names the choice.
func (c OldChecksum) String() string {
	return [...]string{"auto", "old", "never"}[c]
}

// Words are those behind old_unicast_checksum; nil for what is said without it.
func (c OldChecksum) Words() []string {
	return [...][]string{nil, {}, {"never"}}[c]
}
