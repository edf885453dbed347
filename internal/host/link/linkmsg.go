package link

import (
	"encoding/binary"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

const ifinfoLen = 16 // struct ifinfomsg

// appendInfo appends a struct ifinfomsg that sets the flags in change to those in flags.
func appendInfo(b []byte, index int, flags, change uint32) []byte {
	b = append(b, unix.AF_UNSPEC, 0, 0, 0)
	b = binary.NativeEndian.AppendUint32(b, uint32(index))
	b = binary.NativeEndian.AppendUint32(b, flags)
	return binary.NativeEndian.AppendUint32(b, change)
}

// parseLink reads the body of RTM_NEWLINK or RTM_DELLINK. ok is false for messages that do not describe
// a link: those of family AF_BRIDGE tell about a bridge port (one with RTM_DELLINK says that the port
// left its bridge, while the link stays), and those with IFLA_WIRELESS carry an event and no attributes.
func parseLink(b []byte) (l table.Link, ok bool, err error) {
	if len(b) < ifinfoLen {
		return l, false, fmt.Errorf("link: %w", errTruncated)
	}
	if b[0] != unix.AF_UNSPEC {
		return l, false, nil
	}
	l = table.Link{
		HWType: binary.NativeEndian.Uint16(b[2:]),
		Index:  int(int32(binary.NativeEndian.Uint32(b[4:]))),
		Flags:  binary.NativeEndian.Uint32(b[8:]),
	}
	ad, err := netlink.NewAttributeDecoder(b[ifinfoLen:])
	if err != nil {
		return l, false, fmt.Errorf("link: %w", err)
	}
	var elsewhere, event bool
	for ad.Next() {
		switch ad.Type() {
		case unix.IFLA_IFNAME:
			l.Name = ad.String()
		case unix.IFLA_MTU:
			l.MTU = int(ad.Uint32())
		case unix.IFLA_MASTER:
			l.Master = int(int32(ad.Uint32()))
		case unix.IFLA_LINK:
			l.Parent = int(int32(ad.Uint32()))
		case unix.IFLA_LINK_NETNSID:
			elsewhere = true
		case unix.IFLA_WIRELESS:
			event = true
		case unix.IFLA_ADDRESS:
			ad.Do(func(d []byte) error {
				l.HWLen = copy(l.HWAddr[:], d)
				return nil
			})
		case unix.IFLA_LINKINFO:
			ad.Nested(func(nad *netlink.AttributeDecoder) error {
				for nad.Next() {
					if nad.Type() == unix.IFLA_INFO_KIND {
						l.Kind = nad.String()
					}
				}
				return nil
			})
		}
	}
	if err := ad.Err(); err != nil {
		return l, false, fmt.Errorf("link: %w", err)
	}
	if elsewhere { // the index is one of another namespace
		l.Parent = 0
	}
	return l, !event, nil
}
