package ipvs

import (
	"syscall"

	"github.com/mdlayher/netlink"
)

// batchLen is how many operations travel in one datagram. Their answers must all find room in the socket's receive buffer;
// more would bring no more speed.
const batchLen = 100

var errKind = inputError("there is no such kind of operation")

// Do carries out operations in order and returns an error for each; nil if it was done. One that fails does not stop those
// behind it. A hundred travel in one datagram. After a failure of the connection itself, which all further errors tell, it is
// not known which of that hundred were done.
func (c *Client) Do(ops []Op) []error {
	errs := make([]error, len(ops))
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := 0; at < len(ops); at += batchLen {
		end := min(at+batchLen, len(ops))
		c.batch(ops[at:end], errs[at:end])
	}
	return errs
}

// batch carries out what fits into one datagram.
func (c *Client) batch(ops []Op, errs []error) {
	which := make([]int, 0, len(ops)) // position in ops of the n-th message
	msgs := make([]netlink.Message, 0, len(ops)+1)
	c.memory.b = c.memory.b[:0]
	for i := range ops {
		m, err := c.operation(&ops[i])
		if err != nil {
			errs[i] = ops[i].failed(err)
			continue
		}
		which, msgs = append(which, i), append(msgs, m)
	}
	if len(msgs) == 0 {
		return
	}
	err := c.exchange(msgs, func(n int, errno syscall.Errno, text string) {
		i := which[n]
		errs[i] = ops[i].refused(errno, text)
	})
	if err == nil {
		return
	}
	for _, i := range which {
		if errs[i] == nil {
			errs[i] = ops[i].failed(err)
		}
	}
}

func (c *Client) operation(op *Op) (netlink.Message, error) {
	if op.Kind == 0 || int(op.Kind) >= len(kinds) {
		return netlink.Message{}, errKind
	}
	return c.message(&c.memory, kinds[op.Kind].command, 0, op.fill)
}
