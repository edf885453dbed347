package link

import (
	"encoding/binary"
	"fmt"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Error is the kernel's refusal of one request.
type Error struct {
	Op    string // "add 10.9.0.50/24 on link 3"
	Errno syscall.Errno
	Text  string // the kernel's own words, if it had any
}

func (e *Error) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("link: %s: %v", e.Op, e.Errno)
	}
	return fmt.Sprintf("link: %s: %v (%s)", e.Op, e.Errno, e.Text)
}

// Unwrap returns the errno.
func (e *Error) Unwrap() error { return e.Errno }

const (
	ackTLVs   = 0x200 // NLM_F_ACK_TLVS
	ackCapped = 0x100 // NLM_F_CAPPED
	ackText   = 1     // NLMSGERR_ATTR_MSG
)

// verdict reads an NLMSG_ERROR message: errno 0 is an acknowledgement.
func verdict(m message) (errno syscall.Errno, text string, err error) {
	if len(m.body) < 4 {
		return 0, "", errTruncated
	}
	code := int32(binary.NativeEndian.Uint32(m.body))
	if code > 0 {
		return 0, "", fmt.Errorf("positive error code %d", code)
	}
	errno = syscall.Errno(-int64(code))
	if m.flags&ackTLVs == 0 {
		return errno, "", nil
	}
	// The attributes follow the request, of which a capped or positive answer quotes only the header.
	skip := 4 + headerLen
	if errno != 0 && m.flags&ackCapped == 0 && len(m.body) >= skip {
		skip = 4 + align(int(binary.NativeEndian.Uint32(m.body[4:])))
	}
	if skip > len(m.body) || skip < 4 {
		return errno, "", nil
	}
	ad, err := netlink.NewAttributeDecoder(m.body[skip:])
	if err != nil {
		return errno, "", err
	}
	for ad.Next() {
		if ad.Type() == ackText {
			text = ad.String()
		}
	}
	return errno, text, ad.Err()
}

// answers calls heard for each answer to the n requests numbered from first on, until it has that of the
// last: the kernel answers in order, and those before it only if they failed or asked for it. It fails if
// the wire does; which of the requests were carried out is then not known, but for those heard.
func (c *Conn) answers(first uint32, n int, heard func(i int, errno syscall.Errno, text string)) error {
	seen := make([]bool, n)
	for !seen[n-1] {
		got, err := c.wire.receive(c.buf)
		if err != nil {
			return err
		}
		for b := c.buf[:got]; len(b) > 0; {
			var m message
			if m, b, err = next(b); err != nil {
				return err
			}
			i := m.seq - first // wraps for stale sequence numbers
			if m.kind != netlink.Error || i >= uint32(n) || seen[i] {
				continue
			}
			errno, text, err := verdict(m)
			if err != nil {
				return err
			}
			seen[i] = true
			heard(int(i), errno, text)
		}
	}
	return nil
}

// take reserves n consecutive sequence numbers. Zero is left out: notifications carry it.
func (c *Conn) take(n int) (first uint32) {
	if c.seq+uint32(n) < c.seq || c.seq == 0 {
		c.seq = 1
	}
	first = c.seq
	c.seq += uint32(n)
	return first
}

// request sends one message and waits for its acknowledgement.
func (c *Conn) request(op string, kind netlink.HeaderType, flags netlink.HeaderFlags, body func([]byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	seq := c.take(1)
	b := appendHeader(c.out[:0], kind, netlink.Request|netlink.Acknowledge|flags, seq)
	b = finish(body(b), 0)
	c.out = b
	if err := c.wire.send(b); err != nil {
		return fmt.Errorf("link: %s: send: %w", op, err)
	}
	var refused error
	err := c.answers(seq, 1, func(_ int, errno syscall.Errno, text string) {
		if errno != 0 {
			refused = &Error{Op: op, Errno: errno, Text: text}
		}
	})
	if err != nil {
		return fmt.Errorf("link: %s: receive: %w", op, err)
	}
	return refused
}

// dumpTries bounds how often a dump that changed under way is asked for again.
const dumpTries = 10

// dump asks for all objects of a kind. It calls begin before each attempt and each for every object;
// an attempt that the kernel marks as inconsistent is repeated.
func (c *Conn) dump(op string, kind netlink.HeaderType, body []byte, begin func(), each func(message) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range dumpTries {
		begin()
		torn, err := c.dumpOnce(kind, body, each)
		if err != nil {
			return fmt.Errorf("link: %s: %w", op, err)
		}
		if !torn {
			return nil
		}
	}
	return fmt.Errorf("link: %s: changed during each of %d attempts: %w", op, dumpTries, unix.EAGAIN)
}

func (c *Conn) dumpOnce(kind netlink.HeaderType, body []byte, each func(message) error) (torn bool, err error) {
	seq := c.take(1)
	b := appendHeader(c.out[:0], kind, netlink.Request|netlink.Dump, seq)
	b = finish(append(b, body...), 0)
	c.out = b
	if err := c.wire.send(b); err != nil {
		return false, fmt.Errorf("send: %w", err)
	}
	var bad error // the dump is read to its end all the same, or the next one would find it in its way
	for {
		n, err := c.wire.receive(c.buf)
		if err != nil {
			return false, fmt.Errorf("receive: %w", err)
		}
		for b := c.buf[:n]; len(b) > 0; {
			var m message
			if m, b, err = next(b); err != nil {
				return false, err
			}
			if m.seq != seq {
				continue
			}
			torn = torn || m.flags&netlink.DumpInterrupted != 0
			switch m.kind {
			case netlink.Done, netlink.Error:
				if bad != nil {
					return false, bad
				}
				return torn, ending(m)
			default:
				if bad == nil {
					bad = each(m)
				}
			}
		}
	}
}

// ending reads the message that ends a dump: NLMSG_DONE with or without a code, or NLMSG_ERROR.
func ending(m message) error {
	if m.kind == netlink.Done && len(m.body) < 4 {
		return nil
	}
	errno, text, err := verdict(message{kind: m.kind, body: m.body[:min(4, len(m.body))]})
	if err != nil {
		return err
	}
	if m.kind == netlink.Error {
		if errno, text, err = verdict(m); err != nil {
			return err
		}
	}
	if errno == 0 {
		return nil
	}
	return &Error{Op: "dump", Errno: errno, Text: text}
}
