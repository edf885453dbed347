package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// wire carries whole datagrams to and from the kernel. Tests put a kernel of their own behind it.
type wire interface {
	send(b []byte) error
	receive(b []byte) (n int, err error)
	close() error
}

// answerWithin bounds the wait for an answer that the kernel, as a rule, has given before send returns.
const answerWithin = 10 * time.Second

// rtnl is the wire to the kernel. It goes around netlink.Conn's Receive, which asks the kernel twice for
// every datagram and hides to which request an error belongs.
type rtnl struct {
	conn *netlink.Conn
	raw  syscall.RawConn
}

func dialRTNL(o Options) (*rtnl, error) {
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{NetNS: o.NetNS})
	if err != nil {
		return nil, err
	}
	w := &rtnl{conn: conn}
	// Options that kernels before 4.12 and 4.20 lack; what they improve is not essential.
	for _, opt := range []netlink.ConnOption{netlink.ExtendedAcknowledge, netlink.CapAcknowledge, netlink.GetStrictCheck} {
		if err = conn.SetOption(opt, true); err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if err = growBuffer(conn, o.ReceiveBuffer); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if w.raw, err = conn.SyscallConn(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return w, nil
}

// growBuffer sets the receive buffer, beyond net.core.rmem_max if the privilege for that is there.
func growBuffer(conn *netlink.Conn, size int) error {
	if size == 0 {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var forced error
	if err := raw.Control(func(fd uintptr) {
		forced = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size)
	}); err != nil {
		return err
	}
	if forced == nil {
		return nil
	}
	return conn.SetReadBuffer(size)
}

func (w *rtnl) send(b []byte) error {
	if err := w.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return err
	}
	var sent error
	err := w.raw.Write(func(fd uintptr) bool {
		sent = unix.Sendto(int(fd), b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
		return !errors.Is(sent, unix.EAGAIN) && !errors.Is(sent, unix.EINTR)
	})
	return errors.Join(err, sent)
}

func (w *rtnl) receive(b []byte) (n int, err error) {
	for {
		var from unix.Sockaddr
		var got error
		err = w.raw.Read(func(fd uintptr) bool {
			n, from, got = unix.Recvfrom(int(fd), b, unix.MSG_TRUNC)
			return !errors.Is(got, unix.EAGAIN) && !errors.Is(got, unix.EINTR)
		})
		if err = errors.Join(err, got); err != nil {
			return 0, err
		}
		if n > len(b) {
			return 0, fmt.Errorf("datagram of %d bytes: %w", n, unix.EMSGSIZE)
		}
		if sa, ok := from.(*unix.SockaddrNetlink); ok && sa.Pid == 0 { // only the kernel is believed
			return n, nil
		}
	}
}

func (w *rtnl) close() error { return w.conn.Close() }

const headerLen = 16 // struct nlmsghdr

// message is one netlink message; body aliases the receive buffer.
type message struct {
	kind  netlink.HeaderType
	flags netlink.HeaderFlags
	seq   uint32
	body  []byte
}

var errTruncated = errors.New("truncated netlink message")

// next splits the first message off b.
func next(b []byte) (m message, rest []byte, err error) {
	if len(b) < headerLen {
		return m, nil, errTruncated
	}
	n := int(binary.NativeEndian.Uint32(b))
	if n < headerLen || n > len(b) {
		return m, nil, errTruncated
	}
	m = message{
		kind:  netlink.HeaderType(binary.NativeEndian.Uint16(b[4:])),
		flags: netlink.HeaderFlags(binary.NativeEndian.Uint16(b[6:])),
		seq:   binary.NativeEndian.Uint32(b[8:]),
		body:  b[headerLen:n],
	}
	return m, b[min(align(n), len(b)):], nil
}

func align(n int) int { return (n + 3) &^ 3 }

// appendHeader starts a message at the end of b; finish fills in its length.
func appendHeader(b []byte, kind netlink.HeaderType, flags netlink.HeaderFlags, seq uint32) []byte {
	b = append(b, 0, 0, 0, 0)
	b = binary.NativeEndian.AppendUint16(b, uint16(kind))
	b = binary.NativeEndian.AppendUint16(b, uint16(flags))
	b = binary.NativeEndian.AppendUint32(b, seq)
	return append(b, 0, 0, 0, 0)
}

// askAnswer makes the message at the start of b ask for an acknowledgement.
func askAnswer(b []byte) {
	flags := binary.NativeEndian.Uint16(b[6:]) | uint16(netlink.Acknowledge)
	binary.NativeEndian.PutUint16(b[6:], flags)
}

// finish completes the message that starts at start and aligns b for the next.
func finish(b []byte, start int) []byte {
	binary.NativeEndian.PutUint32(b[start:], uint32(len(b)-start))
	return pad(b)
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// appendAttr appends one attribute. Every message and attribute before it must be aligned.
func appendAttr(b []byte, kind uint16, data []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(4+len(data)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	return pad(append(b, data...))
}

// appendNest appends an attribute whose content fill appends.
func appendNest(b []byte, kind uint16, fill func([]byte) []byte) []byte {
	start := len(b)
	b = fill(append(b, 0, 0, 0, 0))
	binary.NativeEndian.PutUint16(b[start:], uint16(len(b)-start))
	binary.NativeEndian.PutUint16(b[start+2:], kind|unix.NLA_F_NESTED)
	return pad(b)
}

func appendUint32(b []byte, kind uint16, v uint32) []byte {
	return appendAttr(b, kind, binary.NativeEndian.AppendUint32(make([]byte, 0, 4), v))
}

func appendString(b []byte, kind uint16, s string) []byte {
	return appendAttr(b, kind, append([]byte(s), 0))
}
