package sim

import (
	"net/netip"
	"strconv"

	"holdfast/internal/core/table"
)

// link is a node's end of a LAN.
type link struct {
	addr   netip.Addr
	index  int  // a link that was removed comes back with another one
	open   int  // the index for which the daemon has a socket
	down   bool // no carrier
	gone   bool // the interface does not exist
	cut    bool // it has a carrier, but nothing gets through
	socket []*packet
}

// socketQueue is how many packets wait for a sleeping daemon; the kernel drops what comes later.
const socketQueue = 256

func (l *link) carries() bool { return !l.down && !l.gone }

func ifname(number int) string { return "eth" + strconv.Itoa(number) }

// setLink changes one link and has the daemon hear of it.
func (n *node) setLink(number int, how string) {
	l := &n.links[number]
	if l.gone && how != "gone" {
		l.index += 100
	}
	l.down, l.gone = how == "down", how == "gone"
	if l.gone {
		n.flush(l)
	}
	n.look()
	n.rejudge()
}

// flush empties a socket's queue.
func (n *node) flush(l *link) {
	for _, p := range l.socket {
		n.w.drop(p)
	}
	l.socket = l.socket[:0]
}

// look has the mirror show the links as they are.
func (n *node) look() {
	const up, running, multicast = 0x1, 0x40, 0x1000
	var links []table.Link
	var addrs []table.Addr
	for i := range n.links {
		l := &n.links[i]
		if l.gone {
			continue
		}
		t := table.Link{Index: l.index, Name: ifname(i), Flags: up | multicast}
		if !l.down {
			t.Flags |= running
		}
		links = append(links, t)
		addrs = append(addrs, table.Addr{Link: l.index, Prefix: netip.PrefixFrom(l.addr, 24)})
	}
	n.mirror.Replace(links, addrs)
}

// byIndex returns the number of the link with that interface index.
func (n *node) byIndex(index int) int {
	for i := range n.links {
		if n.links[i].index == index {
			return i
		}
	}
	return -1
}
