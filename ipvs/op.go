package ipvs

import (
	"fmt"
	"net/netip"
	"syscall"

	"holdfast/ipvs/internal/abi"
)

// OpKind says what an Op does.
type OpKind uint8

// The kinds of Op. A Service need be whole to be added or set, else its key is enough; of a Destination to be deleted the
// address is.
const (
	AddService OpKind = iota + 1
	SetService
	DelService // with all its destinations
	AddDestination
	SetDestination
	DelDestination
	ZeroService // its counters and those of its destinations
)

var kinds = [...]struct {
	name    string
	command uint8
}{
	AddService:     {"add service", abi.CmdNewService},
	SetService:     {"set service", abi.CmdSetService},
	DelService:     {"delete service", abi.CmdDelService},
	AddDestination: {"add destination", abi.CmdNewDest},
	SetDestination: {"set destination", abi.CmdSetDest},
	DelDestination: {"delete destination", abi.CmdDelDest},
	ZeroService:    {"zero service", abi.CmdZero},
}

func (k OpKind) String() string {
	if k == 0 || int(k) >= len(kinds) {
		return fmt.Sprintf("operation %d", uint8(k))
	}
	return kinds[k].name
}

// Op is one change of the table.
type Op struct {
	Kind        OpKind
	Service     Service
	Destination Destination // only with the kinds that are about one
}

// noDest stands for the destination of an operation that has none.
var noDest netip.AddrPort

func (o *Op) dest() netip.AddrPort {
	switch o.Kind {
	case AddDestination, SetDestination, DelDestination:
		return o.Destination.Addr
	case AddService, SetService, DelService, ZeroService:
	}
	return noDest
}

// fill writes the operation's attributes.
func (o *Op) fill(ae *encoder) error {
	ae.Nested(abi.AttrService, func(ae *encoder) error {
		if o.Kind == AddService || o.Kind == SetService {
			return encodeService(ae, o.Service)
		}
		return encodeKey(ae, o.Service.ServiceKey)
	})
	switch o.Kind {
	case AddDestination, SetDestination, DelDestination:
		ae.Nested(abi.AttrDest, func(ae *encoder) error {
			return encodeDest(ae, o.Destination, o.Kind != DelDestination)
		})
	case AddService, SetService, DelService, ZeroService:
	}
	return nil
}

// refused is the error for the kernel's answer to the operation.
func (o *Op) refused(errno syscall.Errno, text string) error {
	if err := missing(*o, errno); err != nil {
		return err
	}
	return &OpError{Op: o.Kind.String(), Service: o.Service.ServiceKey, Destination: o.dest(), Errno: errno, Text: text}
}

// failed is the error of an operation that did not come to an answer.
func (o *Op) failed(err error) error {
	return fmt.Errorf("ipvs: %s: %w", describe(o.Kind.String(), o.Service.ServiceKey, o.dest()), err)
}
