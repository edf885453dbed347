package rig

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
)

// echoPort is where the service behind the virtual addresses listens (RFC 862).
const echoPort = 7

// echo is a router's service: it answers each datagram with its own bytes and the router's name, from
// the address that was asked.
type echo struct {
	name string
	sock *socket
	done chan struct{}
}

// startEcho opens the service on every address of the namespace.
func startEcho(s *netns.Space, name string) (*echo, error) {
	sock, err := newSocket(s, unix.AF_INET, unix.SOCK_DGRAM, 0, func(fd int) error {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrInet4{Port: echoPort})
	})
	if err != nil {
		return nil, fmt.Errorf("lab: service of %s: %w", name, err)
	}
	e := &echo{name: name, sock: sock, done: make(chan struct{})}
	go e.serve()
	return e, nil
}

func (e *echo) serve() {
	defer close(e.done)
	buf, oob := make([]byte, 512), make([]byte, 256)
	for {
		p, err := e.sock.recv(buf, oob)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		info, ok := destinationOf(p.oob)
		if !ok {
			continue
		}
		// A lost answer is the client's to notice; that is what it measures.
		_ = e.sock.send(append(p.data, e.name...), info, p.from)
	}
}

// destinationOf turns the IP_PKTINFO of a question into that of its answer: the source to answer from
// is the address that was asked; the way out is the routing table's business.
func destinationOf(oob []byte) ([]byte, bool) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, false
	}
	for _, m := range msgs {
		if m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= 12 {
			info := &unix.Inet4Pktinfo{}
			copy(info.Spec_dst[:], m.Data[8:12]) // ipi_addr: the header's destination
			return unix.PktInfo4(info), true
		}
	}
	return nil, false
}

func (e *echo) stop() {
	e.sock.close()
	<-e.done
}
