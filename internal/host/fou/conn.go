package fou

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/realserver"
)

// linux/fou.h
const (
	family = "fou"

	cmdAdd = 1
	cmdDel = 2
	cmdGet = 3

	attrPort = 1 // in network order
	attrAF   = 2
	attrType = 4

	typeGUE = 2
)

// Conn is a connection to the kernel for the network namespace of the thread that made it.
type Conn struct {
	conn *genetlink.Conn
	id   uint16
}

// Open connects. The error is fs.ErrNotExist if the kernel lacks the module fou.
func Open() (*Conn, error) {
	c, err := genetlink.Dial(nil)
	if err != nil {
		return nil, fmt.Errorf("fou: %w", err)
	}
	f, err := c.GetFamily(family)
	if err != nil {
		_ = c.Close()
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("fou: the kernel has no foo over UDP: module fou is not loaded or does not exist: %w", fs.ErrNotExist)
		}
		return nil, fmt.Errorf("fou: %w", err)
	}
	return &Conn{c, f.ID}, nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Ports returns the ports that are open; the value is true for those of type GUE.
func (c *Conn) Ports() (map[realserver.Port]bool, error) {
	answers, err := c.conn.Execute(message(cmdGet, nil), c.id, netlink.Request|netlink.Dump)
	if err != nil {
		return nil, fmt.Errorf("fou: list ports: %w", err)
	}
	ports := make(map[realserver.Port]bool, len(answers))
	for _, m := range answers {
		p, gue, err := parse(m.Data)
		if err != nil {
			return nil, fmt.Errorf("fou: list ports: %w", err)
		}
		ports[p] = gue
	}
	return ports, nil
}

// parse reads what the kernel says of one port.
func parse(b []byte) (p realserver.Port, gue bool, err error) {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return p, false, err
	}
	for ad.Next() {
		switch ad.Type() {
		case attrPort:
			ad.Do(func(b []byte) error {
				if len(b) != 2 {
					return fmt.Errorf("a port of %d bytes", len(b))
				}
				p.Number = binary.BigEndian.Uint16(b)
				return nil
			})
		case attrAF:
			p.Six = ad.Uint8() == unix.AF_INET6
		case attrType:
			gue = ad.Uint8() == typeGUE
		}
	}
	return p, gue, ad.Err()
}

// OpenPort opens a port for GUE. The error is EEXIST, or EADDRINUSE, if somebody has it.
func (c *Conn) OpenPort(p realserver.Port) error { return c.change("open", cmdAdd, p) }

// ClosePort closes a port.
func (c *Conn) ClosePort(p realserver.Port) error { return c.change("close", cmdDel, p) }

func (c *Conn) change(verb string, cmd uint8, p realserver.Port) error {
	e := netlink.NewAttributeEncoder()
	e.Bytes(attrPort, binary.BigEndian.AppendUint16(nil, p.Number))
	af := uint8(unix.AF_INET)
	if p.Six {
		af = unix.AF_INET6
	}
	e.Uint8(attrAF, af)
	if cmd == cmdAdd {
		e.Uint8(attrType, typeGUE)
	}
	body, err := e.Encode()
	if err == nil {
		_, err = c.conn.Execute(message(cmd, body), c.id, netlink.Request|netlink.Acknowledge)
	}
	if err != nil {
		return fmt.Errorf("fou: %s port %d: %w", verb, p.Number, err)
	}
	return nil
}

func message(cmd uint8, body []byte) genetlink.Message {
	return genetlink.Message{Header: genetlink.Header{Command: cmd, Version: 1}, Data: body}
}

// Kernel opens a connection for each question, so that a host without the module has no trouble until a port is needed.
type Kernel struct{}

// Ports is Conn's; a kernel without the module has none.
func (Kernel) Ports() (ports map[realserver.Port]bool, err error) {
	err = with(func(c *Conn) error { ports, err = c.Ports(); return err })
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return ports, err
}

// OpenPort is Conn's.
func (Kernel) OpenPort(p realserver.Port) error {
	return with(func(c *Conn) error { return c.OpenPort(p) })
}

// ClosePort is Conn's.
func (Kernel) ClosePort(p realserver.Port) error {
	return with(func(c *Conn) error { return c.ClosePort(p) })
}

func with(do func(*Conn) error) error {
	c, err := Open()
	if err != nil {
		return err
	}
	defer c.Close()
	return do(c)
}
