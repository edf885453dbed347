package link

import (
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

const (
	vethPeer    = 1  // VETH_INFO_PEER
	brSnooping  = 23 // IFLA_BR_MCAST_SNOOPING
	createFlags = netlink.Create | netlink.Excl
)

// AddVeth makes a pair of virtual Ethernet links: name here and peer in the namespace that the file
// descriptor peerNS names, or here too if it is 0. Both are down.
func (c *Conn) AddVeth(name, peer string, peerNS int) error {
	op := fmt.Sprintf("add veth %s to %s", name, peer)
	if err := checkNames(op, name, peer); err != nil {
		return err
	}
	return c.request(op, unix.RTM_NEWLINK, createFlags, func(b []byte) []byte {
		b = appendInfo(b, 0, 0, 0)
		b = appendString(b, unix.IFLA_IFNAME, name)
		return appendNest(b, unix.IFLA_LINKINFO, func(b []byte) []byte {
			b = appendString(b, unix.IFLA_INFO_KIND, "veth")
			return appendNest(b, unix.IFLA_INFO_DATA, func(b []byte) []byte {
				return appendNest(b, vethPeer, func(b []byte) []byte {
					b = appendInfo(b, 0, 0, 0)
					b = appendString(b, unix.IFLA_IFNAME, peer)
					if peerNS != 0 {
						b = appendUint32(b, unix.IFLA_NET_NS_FD, uint32(peerNS))
					}
					return b
				})
			})
		})
	})
}

// AddBridge makes a bridge with multicast snooping off, which is down. Without a querier on the segment
// a snooping bridge may keep multicast adverts from ports that did not ask for them.
func (c *Conn) AddBridge(name string) error {
	op := "add bridge " + name
	if err := checkNames(op, name); err != nil {
		return err
	}
	return c.request(op, unix.RTM_NEWLINK, createFlags, func(b []byte) []byte {
		b = appendInfo(b, 0, 0, 0)
		b = appendString(b, unix.IFLA_IFNAME, name)
		return appendNest(b, unix.IFLA_LINKINFO, func(b []byte) []byte {
			b = appendString(b, unix.IFLA_INFO_KIND, "bridge")
			return appendNest(b, unix.IFLA_INFO_DATA, func(b []byte) []byte {
				return appendAttr(b, brSnooping, []byte{0})
			})
		})
	})
}

// AddTunnel makes a link of that kind ("ipip", "gre", "ip6tnl", "ip6gre") for tunnels with anybody, which is down. When the kernel has to
// load the module first it may make one of its own then; that, and any that is there already, makes the error EEXIST. A kernel
// that lacks the kind says EOPNOTSUPP.
func (c *Conn) AddTunnel(name, kind string) error {
	op := "add " + kind + " " + name
	if err := checkNames(op, name); err != nil {
		return err
	}
	return c.request(op, unix.RTM_NEWLINK, createFlags, func(b []byte) []byte {
		b = appendInfo(b, 0, 0, 0)
		b = appendString(b, unix.IFLA_IFNAME, name)
		return appendNest(b, unix.IFLA_LINKINFO, func(b []byte) []byte {
			return appendString(b, unix.IFLA_INFO_KIND, kind)
		})
	})
}

func checkNames(op string, names ...string) error {
	for _, n := range names {
		if n == "" || len(n) >= unix.IFNAMSIZ {
			return fmt.Errorf("link: %s: name %q: %w", op, n, unix.EINVAL)
		}
	}
	return nil
}

// SetUp brings a link up or down.
func (c *Conn) SetUp(index int, up bool) error {
	var flags uint32
	if up {
		flags = unix.IFF_UP
	}
	return c.set(fmt.Sprintf("set link %d up %v", index, up), index, flags, unix.IFF_UP, nil)
}

// SetARP clears or sets IFF_NOARP on a link.
func (c *Conn) SetARP(index int, arp bool) error {
	var flags uint32
	if !arp {
		flags = unix.IFF_NOARP
	}
	return c.set(fmt.Sprintf("set link %d arp %v", index, arp), index, flags, unix.IFF_NOARP, nil)
}

// SetMaster makes a link a port of the bridge (or slave of the bond, VRF) master; 0 frees it.
func (c *Conn) SetMaster(index, master int) error {
	return c.set(fmt.Sprintf("set link %d master %d", index, master), index, 0, 0,
		appendUint32(nil, unix.IFLA_MASTER, uint32(master)))
}

// SetNetNS moves a link to the namespace that the file descriptor fd names. It arrives down and bare.
func (c *Conn) SetNetNS(index, fd int) error {
	return c.set(fmt.Sprintf("move link %d", index), index, 0, 0,
		appendUint32(nil, unix.IFLA_NET_NS_FD, uint32(fd)))
}

// SetName renames a link, which must be down on kernels before 6.2.
func (c *Conn) SetName(index int, name string) error {
	op := fmt.Sprintf("rename link %d to %s", index, name)
	if err := checkNames(op, name); err != nil {
		return err
	}
	return c.set(op, index, 0, 0, appendString(nil, unix.IFLA_IFNAME, name))
}

func (c *Conn) set(op string, index int, flags, change uint32, attrs []byte) error {
	return c.request(op, unix.RTM_NEWLINK, 0, func(b []byte) []byte {
		return append(appendInfo(b, index, flags, change), attrs...)
	})
}

// DelLink deletes a link; a veth's peer goes with it.
func (c *Conn) DelLink(index int) error {
	return c.request(fmt.Sprintf("delete link %d", index), unix.RTM_DELLINK, 0, func(b []byte) []byte {
		return appendInfo(b, index, 0, 0)
	})
}

// ByName returns the link with that name; the error is ENODEV if there is none.
func (c *Conn) ByName(name string) (table.Link, error) {
	links, err := c.Links()
	if err != nil {
		return table.Link{}, err
	}
	for _, l := range links {
		if l.Name == name {
			return l, nil
		}
	}
	return table.Link{}, &Error{Op: "find link " + name, Errno: unix.ENODEV}
}
