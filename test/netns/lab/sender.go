package lab

import (
	"net"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Sender puts frames on a segment through one of a node's interfaces, many of them if need be.
type Sender struct {
	fd   int
	addr unix.SockaddrLinklayer
}

// Sender opens a packet socket in the node. Its methods may be called from any goroutine.
func (n *Node) Sender(dev string) *Sender {
	n.lab.t.Helper()
	s := &Sender{}
	n.inside(func() error {
		ifi, err := net.InterfaceByName(dev)
		if err != nil {
			return err
		}
		s.addr.Ifindex = ifi.Index
		s.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	n.lab.t.Cleanup(func() { _ = unix.Close(s.fd) })
	return s
}

// Send puts one frame on the segment.
func (s *Sender) Send(frame []byte) error { return unix.Sendto(s.fd, frame, 0, &s.addr) }

// Cut takes the node's link off its segment without a word: the carrier stays.
func (n *Node) Cut(dev string) {
	n.lab.t.Helper()
	n.lab.sw.ip("link set " + n.port(dev) + " nomaster")
}

// Mend is the reverse of Cut.
func (n *Node) Mend(dev, segment string) {
	n.lab.t.Helper()
	n.lab.sw.ip("link set " + n.port(dev) + " master " + segment)
}

// Dir is the directory that the node's daemons have at /mnt.
func (n *Node) Dir() string { return filepath.Join(n.lab.dir, n.Name) }

// Wake makes Until look again; for conditions on things that the lab does not record.
func (l *Lab) Wake() { l.happened() }

// Ignore makes the segment keep no frames of stations that Packet and Advertisement have made up: a flood of them would
// only be in the way. A packet filter in the kernel does it.
func (s *Segment) Ignore() {
	s.lab.t.Helper()
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 6, Size: 4}, // source, first four bytes
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0x02000000, SkipFalse: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 65535},
	})
	if err != nil {
		s.lab.t.Fatal(err)
	}
	filter := make([]unix.SockFilter, len(program))
	for i, p := range program {
		filter[i] = unix.SockFilter{Code: p.Op, Jt: p.Jt, Jf: p.Jf, K: p.K}
	}
	conn, err := s.sock.SyscallConn()
	if err != nil {
		s.lab.t.Fatal(err)
	}
	var failed error
	if err := conn.Control(func(fd uintptr) {
		failed = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
	}); err != nil || failed != nil {
		s.lab.t.Fatal(err, failed)
	}
}

// Remover returns a function that removes an address from one of the node's interfaces much faster than ip(8) does, and
// says whether it was there. Any goroutine may call it.
func (n *Node) Remover(dev, cidr string) func() bool {
	n.lab.t.Helper()
	addr, err := netlink.ParseAddr(cidr)
	if err != nil {
		n.lab.t.Fatal(err)
	}
	var handle *netlink.Handle
	var link netlink.Link
	n.inside(func() (err error) {
		if handle, err = netlink.NewHandle(unix.NETLINK_ROUTE); err == nil {
			link, err = handle.LinkByName(dev)
		}
		return err
	})
	n.lab.t.Cleanup(handle.Close)
	return func() bool { return handle.AddrDel(link, addr) == nil }
}
