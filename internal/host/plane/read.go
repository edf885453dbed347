package plane

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/ipvs"
)

// Read returns the services with these keys, those that exist, in the order of keys; without keys all services of the network
// namespace, whoever made them, in the kernel's order. The destinations of each are in the order in which they were added.
func (c *Conn) Read(keys ...lvs.Key) ([]lvs.Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return nil, err
	}
	services, err := list(client, keys)
	if err != nil {
		return nil, err
	}
	all := make([]lvs.Entry, 0, len(services))
	for _, s := range services {
		dests, err := client.Destinations(s.ServiceKey)
		if err != nil {
			return nil, err
		}
		e := lvs.Entry{Service: fromService(s.Service)}
		for _, d := range slices.Backward(dests) { // the kernel has the last one first
			e.Dests = append(e.Dests, fromDest(d.Destination))
		}
		all = append(all, e)
	}
	return all, nil
}

// Counts returns how many connections the kernel remembers of each destination of the services with these keys.
func (c *Conn) Counts(keys ...lvs.Key) (all []lvs.Count, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		dests, err := client.Destinations(toKey(k))
		if errors.Is(err, syscall.Errno(unix.ESRCH)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, d := range slices.Backward(dests) {
			all = append(all, lvs.Count{Key: k, Dest: fromDest(d.Destination).Addr, Active: d.Active, Inactive: d.Inactive})
		}
	}
	return all, nil
}

func list(client *ipvs.Client, keys []lvs.Key) ([]ipvs.ServiceStatus, error) {
	if len(keys) == 0 {
		return client.Services()
	}
	var some []ipvs.ServiceStatus
	for _, k := range keys {
		s, err := client.Service(toKey(k))
		if errors.Is(err, syscall.Errno(unix.ESRCH)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		some = append(some, s)
	}
	return some, nil
}

// Flush deletes every service of the network namespace, whoever made it.
func (c *Conn) Flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return err
	}
	return client.Flush()
}

// Timeouts returns how long the kernel remembers idle connections.
func (c *Conn) Timeouts() (conf.LVSTimeouts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return conf.LVSTimeouts{}, err
	}
	t, err := client.Timeouts()
	return conf.LVSTimeouts(t), err
}

// SetTimeouts sets how long the kernel remembers idle connections. One that is zero stays as it is.
func (c *Conn) SetTimeouts(t conf.LVSTimeouts) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	client, err := c.use()
	if err != nil {
		return err
	}
	return client.SetTimeouts(ipvs.Timeouts(t))
}
