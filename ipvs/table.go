package ipvs

import (
	"github.com/mdlayher/netlink"

	"holdfast/ipvs/internal/abi"
)

// one carries out one operation.
func (c *Client) one(op Op) error { return c.Do([]Op{op})[0] }

// AddService adds a service. One that exists already is an os.ErrExist.
func (c *Client) AddService(s Service) error { return c.one(Op{Kind: AddService, Service: s}) }

// SetService changes a service. Its destinations and connections stay.
func (c *Client) SetService(s Service) error { return c.one(Op{Kind: SetService, Service: s}) }

// DelService deletes a service with all its destinations.
func (c *Client) DelService(k ServiceKey) error {
	return c.one(Op{Kind: DelService, Service: Service{ServiceKey: k}})
}

// AddDestination adds a destination to a service. One that exists already is an os.ErrExist.
func (c *Client) AddDestination(k ServiceKey, d Destination) error {
	return c.one(Op{Kind: AddDestination, Service: Service{ServiceKey: k}, Destination: d})
}

// SetDestination changes a destination. Its connections stay.
func (c *Client) SetDestination(k ServiceKey, d Destination) error {
	return c.one(Op{Kind: SetDestination, Service: Service{ServiceKey: k}, Destination: d})
}

// DelDestination deletes a destination; of d the address is enough.
func (c *Client) DelDestination(k ServiceKey, d Destination) error {
	return c.one(Op{Kind: DelDestination, Service: Service{ServiceKey: k}, Destination: d})
}

// Flush deletes every service of the network namespace, whoever made it.
func (c *Client) Flush() error { return c.request("flush", abi.CmdFlush, nil) }

// Zero sets the counters of all services and destinations to 0.
func (c *Client) Zero() error { return c.request("zero", abi.CmdZero, nil) }

// ZeroService sets the counters of one service and its destinations to 0.
func (c *Client) ZeroService(k ServiceKey) error {
	return c.one(Op{Kind: ZeroService, Service: Service{ServiceKey: k}})
}

// Services returns all services, in the kernel's order.
func (c *Client) Services() ([]ServiceStatus, error) {
	var all []ServiceStatus
	err := c.query("list services", ServiceKey{}, abi.CmdGetService, netlink.Dump, nil, func(b []byte) error {
		s, err := decodeService(b)
		all = append(all, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Service returns one service. One that does not exist is an os.ErrNotExist.
func (c *Client) Service(k ServiceKey) (ServiceStatus, error) {
	var s ServiceStatus
	err := c.query("get service", k, abi.CmdGetService, 0, key(k), func(b []byte) (err error) {
		s, err = decodeService(b)
		return err
	})
	return s, err
}

// Destinations returns a service's destinations, in the kernel's order: the last added first. For a service that does not
// exist the kernel returns none and no error.
func (c *Client) Destinations(k ServiceKey) ([]DestinationStatus, error) {
	var all []DestinationStatus
	err := c.query("list destinations", k, abi.CmdGetDest, netlink.Dump, key(k), func(b []byte) error {
		d, err := decodeDest(b, k.Family)
		all = append(all, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func key(k ServiceKey) func(*encoder) error {
	return func(ae *encoder) error {
		ae.Nested(abi.AttrService, func(ae *encoder) error { return encodeKey(ae, k) })
		return nil
	}
}
