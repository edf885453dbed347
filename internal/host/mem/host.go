package mem

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
	"holdfast/internal/host/link"
)

// Host is one host. Make it with New; its methods may be called concurrently.
type Host struct {
	mu        sync.Mutex
	links     map[int]*iface
	next      int
	promote   bool
	fault     func(table.Op) error
	watchers  map[*watcher]bool
	announced []Announcement
	closed    bool
}

type iface struct {
	table.Link
	addrs []table.Addr // in the kernel's order
}

const upFlags = unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP

// New returns a host that has a loopback link with index 1, 127.0.0.1/8 and ::1/128.
func New() *Host {
	h := &Host{links: make(map[int]*iface), watchers: make(map[*watcher]bool), next: 1}
	h.AddLink(table.Link{
		Name: "lo", MTU: 65536, HWLen: 6, HWType: unix.ARPHRD_LOOPBACK, Flags: upFlags | unix.IFF_LOOPBACK,
	})
	for _, p := range []string{"127.0.0.1/8", "::1/128"} {
		h.mustHave(1, p)
	}
	return h
}

// AddLink adds a link and returns it as it came to be: index, name, hardware address, MTU and flags that
// are zero are filled in, so that AddLink(table.Link{}) is an Ethernet link that is up.
func (h *Host) AddLink(l table.Link) table.Link {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.Index == 0 {
		l.Index = h.next
	}
	h.next = max(h.next, l.Index+1)
	if l.Name == "" {
		l.Name = fmt.Sprintf("eth%d", l.Index)
	}
	if l.HWLen == 0 {
		l.HWLen, l.HWType = 6, unix.ARPHRD_ETHER
		l.HWAddr[0] = 0x02
		binary.BigEndian.PutUint32(l.HWAddr[2:], uint32(l.Index))
	}
	l.MTU = cmp.Or(l.MTU, 1500)
	l.Flags = cmp.Or(l.Flags, upFlags|unix.IFF_BROADCAST|unix.IFF_MULTICAST)
	h.links[l.Index] = &iface{Link: l}
	h.tell(table.Update{Kind: table.LinkIs, Link: l})
	return l
}

// AddTunnel makes a link of that kind, which is down.
func (h *Host) AddTunnel(name, kind string) error {
	links, err := h.Links()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(links, func(l table.Link) bool { return l.Name == name }) {
		return refuse("add "+kind+" "+name, unix.EEXIST, "")
	}
	h.AddLink(table.Link{Name: name, Kind: kind, HWLen: 4, HWType: unix.ARPHRD_TUNNEL, MTU: 1480, Flags: unix.IFF_NOARP})
	return nil
}

// DelLink deletes a link and what is on it.
func (h *Host) DelLink(index int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, ok := h.links[index]
	if !ok {
		return refuse(fmt.Sprintf("delete link %d", index), unix.ENODEV, "")
	}
	i.Flags &^= upFlags
	for _, a := range i.addrs {
		h.tell(table.Update{Kind: table.AddrGone, Addr: a})
	}
	delete(h.links, index)
	h.tell(table.Update{Kind: table.LinkGone, Link: i.Link})
	return nil
}

// SetUp brings a link up or down, as an administrator does. One that goes down loses its IPv6 addresses.
func (h *Host) SetUp(index int, up bool) error {
	return h.change(index, func(i *iface) {
		if up {
			i.Flags |= upFlags
			return
		}
		i.Flags &^= upFlags
		for _, a := range slices.Clone(i.addrs) {
			if a.Prefix.Addr().Is6() {
				h.remove(i, a)
			}
		}
	})
}

// SetCarrier plugs the cable of a link that is up in or out.
func (h *Host) SetCarrier(index int, carrier bool) error {
	return h.change(index, func(i *iface) {
		if carrier {
			i.Flags |= unix.IFF_RUNNING | unix.IFF_LOWER_UP
		} else {
			i.Flags &^= unix.IFF_RUNNING | unix.IFF_LOWER_UP
		}
	})
}

// SetName renames a link.
func (h *Host) SetName(index int, name string) error {
	return h.change(index, func(i *iface) { i.Name = name })
}

func (h *Host) change(index int, how func(*iface)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, ok := h.links[index]
	if !ok {
		return refuse(fmt.Sprintf("change link %d", index), unix.ENODEV, "")
	}
	old := i.Link
	how(i)
	if i.Link != old {
		h.tell(table.Update{Kind: table.LinkIs, Link: i.Link})
	}
	return nil
}

// SetPromote sets promote_secondaries, which is off at first: whether the deletion of a primary IPv4
// address makes its first secondary the primary, or deletes them all.
func (h *Host) SetPromote(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.promote = on
}

// SetFault makes Apply fail an operation with what fault returns for it, if that is not nil. fault must
// not call the Host; nil takes it away.
func (h *Host) SetFault(fault func(table.Op) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fault = fault
}

// Links returns the links by ascending index.
func (h *Host) Links() ([]table.Link, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed("list links")
	}
	var ls []table.Link
	for _, i := range h.byIndex() {
		ls = append(ls, i.Link)
	}
	return ls, nil
}

// Addrs returns the addresses: all IPv4, then all IPv6, each link's in the kernel's order.
func (h *Host) Addrs() ([]table.Addr, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed("list addresses")
	}
	var four, six []table.Addr
	for _, i := range h.byIndex() {
		for _, a := range i.addrs {
			if a.Prefix.Addr().Is4() {
				four = append(four, a)
			} else {
				six = append(six, a)
			}
		}
	}
	return append(four, six...), nil
}

// Close ends the use of the host as a Kernel: every later question fails. What is on it stays.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return nil
}

func (h *Host) byIndex() []*iface {
	var is []*iface
	for _, n := range slices.Sorted(maps.Keys(h.links)) {
		is = append(is, h.links[n])
	}
	return is
}

func refuse(op string, errno syscall.Errno, text string) error {
	return &link.Error{Op: op, Errno: errno, Text: text}
}

func errClosed(op string) error { return refuse(op, unix.EBADF, "closed") }
