package plane

import (
	"errors"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/lvs"
	"holdfast/ipvs"
)

// Apply carries out ops in order and returns one error for each, nil where the table now is as the operation says. To add what
// exists is to edit it, to edit what does not exist is to add it, and to delete what does not exist is no error. An operation
// that fails does not stop those behind it.
func (c *Conn) Apply(ops []lvs.Op) []error {
	errs := make([]error, len(ops))
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	for at := 0; at < len(ops); {
		end := at + run(ops[at:])
		c.apply(client, ops[at:end], errs[at:end])
		at = end
	}
	return errs
}

// longestRun bounds the memory that a large table takes on its way into the kernel.
const longestRun = 500

// run is how many operations can go together, so that those that fail can be tried another way behind them all. An addition or
// an edit may have to be; what is about the same destination or service waits for it, and so does what takes anything away
// from the service.
func run(ops []lvs.Op) int {
	type dest struct {
		key  lvs.Key
		addr netip.AddrPort
	}
	keys, dests := make(map[lvs.Key]bool), make(map[dest]bool) // of what may have to be tried another way
	ops = ops[:min(len(ops), longestRun)]
	for i := range ops {
		op := &ops[i]
		key := op.Service.Key
		one := dest{key, op.Dest.Addr}
		switch op.Kind {
		case lvs.AddService, lvs.EditService, lvs.DelService, lvs.DelDest:
			if keys[key] {
				return i
			}
		case lvs.AddDest, lvs.EditDest:
			if dests[one] {
				return i
			}
			dests[one] = true
		}
		if op.Kind != lvs.DelService && op.Kind != lvs.DelDest {
			keys[key] = true
		}
	}
	return len(ops)
}

// apply carries out operations that can go together.
func (c *Conn) apply(client *ipvs.Client, ops []lvs.Op, errs []error) {
	first := c.memory[:0]
	for i := range ops {
		first = append(first, toOp(&ops[i]))
	}
	c.memory = first
	copy(errs, client.Do(first))
	var again []ipvs.Op
	var which []int
	added := make(map[ipvs.ServiceKey]bool) // services that are being added after all
	for i := range first {
		if errs[i] == nil {
			continue
		}
		switch otherwise, how := another(&first[i], errs[i], added); how {
		case settled:
			errs[i] = nil
		case retry:
			again, which = append(again, otherwise), append(which, i)
		case failed:
		}
	}
	if len(again) == 0 {
		return
	}
	for n, err := range client.Do(again) {
		errs[which[n]] = err
	}
}

type outcome uint8

const (
	settled outcome = iota // it is as the operation says
	retry                  // … or will be after another operation
	failed
)

// another says what to do after the kernel's answer to an operation.
func another(op *ipvs.Op, err error, added map[ipvs.ServiceKey]bool) (ipvs.Op, outcome) {
	var errno syscall.Errno
	var refused *ipvs.OpError
	if errors.As(err, &refused) { // a MissingError is none of these cases
		errno = refused.Errno
	}
	out := *op
	switch op.Kind {
	case ipvs.AddService:
		out.Kind = ipvs.SetService
		return out, when(errno == unix.EEXIST)
	case ipvs.SetService:
		out.Kind = ipvs.AddService
		added[op.Service.ServiceKey] = errno == unix.ESRCH
		return out, when(errno == unix.ESRCH)
	case ipvs.AddDestination:
		if errno == unix.EEXIST {
			out.Kind = ipvs.SetDestination
			return out, retry
		}
	case ipvs.SetDestination:
		if errno == unix.ENOENT || errno == unix.ESRCH {
			out.Kind = ipvs.AddDestination
		}
		if errno == unix.ENOENT {
			return out, retry
		}
	case ipvs.DelService, ipvs.DelDestination:
		if errno == unix.ESRCH || errno == unix.ENOENT {
			return out, settled
		}
		return out, failed
	case ipvs.ZeroService:
		return out, failed
	}
	// A destination of a service that did not exist.
	return out, when(errno == unix.ESRCH && added[op.Service.ServiceKey])
}

func when(yes bool) outcome {
	if yes {
		return retry
	}
	return failed
}
