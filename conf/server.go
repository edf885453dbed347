package conf

import (
	"net/netip"

	"holdfast/conf/diag"
)

// VirtualServer is one virtual_server block.
type VirtualServer struct {
	At      diag.Span
	Address Value[netip.AddrPort]
}
