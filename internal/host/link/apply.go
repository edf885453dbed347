package link

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// batchLen is how many changes travel in one datagram. More bring no more speed.
const batchLen = 100

// Apply carries out ops in order and returns one error for each, nil where the host now is as the
// operation says. An address to add that exists already, and one to delete that (or whose link) does not
// exist, are not errors. A failed operation does not stop those behind it.
func (c *Conn) Apply(ops []table.Op) []error {
	errs := make([]error, len(ops))
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := 0; at < len(ops); at += batchLen {
		end := min(at+batchLen, len(ops))
		c.applyBatch(ops[at:end], errs[at:end])
	}
	return errs
}

func (c *Conn) applyBatch(ops []table.Op, errs []error) {
	b := c.out[:0]
	which := make([]int, 0, len(ops)) // position in ops of the n-th message
	first := c.take(len(ops))
	last := 0 // where the last message begins
	for i, op := range ops {
		start := len(b)
		var err error
		if b, err = appendOp(b, op, first+uint32(len(which))); err != nil {
			errs[i] = fmt.Errorf("link: %s: %w", describe(op), err)
			continue
		}
		b = finish(b, start)
		last = start
		which = append(which, i)
	}
	c.out = b
	if len(which) == 0 {
		return
	}
	// A request that fails is answered anyhow; only the end of the batch has to be told.
	askAnswer(b[last:])
	answered := make([]bool, len(ops))
	err := c.wire.send(b)
	if err == nil {
		err = c.answers(first, len(which), func(n int, errno syscall.Errno, text string) {
			i := which[n]
			answered[i] = true
			if !settled(ops[i].Kind, errno) {
				errs[i] = &Error{Op: describe(ops[i]), Errno: errno, Text: text}
			}
		})
	}
	if err == nil {
		return
	}
	for _, i := range which {
		if !answered[i] {
			errs[i] = fmt.Errorf("link: %s: no answer: %w", describe(ops[i]), err)
		}
	}
}

var errKind = errors.New("no such kind of operation")

// appendOp appends one whole message but for its length.
func appendOp(b []byte, op table.Op, seq uint32) ([]byte, error) {
	if err := checkAddr(op.Addr); err != nil {
		return b, err
	}
	const flags = netlink.Request
	switch op.Kind {
	case table.AddAddr:
		b = appendHeader(b, unix.RTM_NEWADDR, flags|netlink.Create|netlink.Excl, seq)
	case table.ReplaceAddr:
		b = appendHeader(b, unix.RTM_NEWADDR, flags|netlink.Create|netlink.Replace, seq)
	case table.DelAddr:
		// Never NLM_F_EXCL here: on a DEL request that bit is NLM_F_BULK and RTM_DELADDR refuses it.
		b = appendHeader(b, unix.RTM_DELADDR, flags, seq)
	default:
		return b, errKind
	}
	return appendAddr(b, op.Addr, op.Kind != table.DelAddr), nil
}

// settled reports whether the kernel's answer means that the host is as the operation wants it.
func settled(kind table.OpKind, errno syscall.Errno) bool {
	switch kind {
	case table.AddAddr:
		return errno == 0 || errno == unix.EEXIST
	case table.DelAddr:
		// ENODEV: the link is gone; ENXIO: IPv6 is switched off there. Neither leaves an address.
		return errno == 0 || errno == unix.EADDRNOTAVAIL || errno == unix.ENODEV || errno == unix.ENXIO
	case table.ReplaceAddr:
	}
	return errno == 0
}

func describe(op table.Op) string {
	verb := "change"
	switch op.Kind {
	case table.AddAddr:
		verb = "add"
	case table.ReplaceAddr:
		verb = "replace"
	case table.DelAddr:
		verb = "delete"
	}
	return fmt.Sprintf("%s %v on link %d", verb, op.Addr.Prefix, op.Addr.Link)
}
