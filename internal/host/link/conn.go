package link

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// Options say where and how a Conn listens.
type Options struct {
	NetNS         int // file descriptor of a network namespace; 0 is the calling thread's
	ReceiveBuffer int // bytes for each socket's receive buffer; 0 leaves the kernel's default
}

// Conn is a connection to the rtnetlink of one network namespace. Its methods may be called concurrently.
type Conn struct {
	opts Options

	mu   sync.Mutex // one exchange at a time; guards what follows
	wire wire
	seq  uint32
	buf  []byte // receive
	out  []byte // send
}

// bufferLen is enough for the largest datagram of a dump (32 KiB, chosen by the kernel from the length
// that receive offers) and for any acknowledgement.
const (
	bufferLen = 64 << 10
	skipStats = 1 << 3 // RTEXT_FILTER_SKIP_STATS
)

// Open connects to rtnetlink. Reading needs no privilege; changing needs CAP_NET_ADMIN.
func Open(o Options) (*Conn, error) {
	w, err := dialRTNL(o)
	if err != nil {
		return nil, fmt.Errorf("link: open: %w", err)
	}
	c := newConn(w)
	c.opts = o
	return c, nil
}

func newConn(w wire) *Conn {
	var s [4]byte
	_, _ = rand.Read(s[:]) // never fails (Go 1.24)
	return &Conn{wire: w, seq: binary.NativeEndian.Uint32(s[:]), buf: make([]byte, bufferLen)}
}

// Close releases the socket. A running Watch is ended by its context, not by Close.
func (c *Conn) Close() error { return c.wire.close() }

// Links returns the links of the namespace by ascending index.
func (c *Conn) Links() ([]table.Link, error) {
	var links []table.Link
	// Interface statistics make up most of a dump and nobody here reads them.
	body := appendUint32(make([]byte, ifinfoLen), unix.IFLA_EXT_MASK, skipStats)
	err := c.dump("list links", unix.RTM_GETLINK, body, func() { links = links[:0] }, func(m message) error {
		l, ok, err := parseLink(m.body)
		if ok && err == nil {
			links = append(links, l)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return links, nil
}

// Addrs returns the addresses of the namespace: all IPv4, then all IPv6, each link's in the kernel's
// order, primaries first.
func (c *Conn) Addrs() ([]table.Addr, error) {
	var addrs []table.Addr
	err := c.dump("list addresses", unix.RTM_GETADDR, make([]byte, ifaddrLen), func() { addrs = addrs[:0] }, func(m message) error {
		a, ok, err := parseAddr(m.body)
		if ok && err == nil {
			addrs = append(addrs, a)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return addrs, nil
}
