package lab

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Prober is a client that asks an address for an echo at a steady pace and remembers what was not answered.
type Prober struct {
	fd     int
	to     unix.SockaddrInet4
	mu     sync.Mutex
	sent   []time.Time
	heard  []bool
	quit   chan struct{}
	sender sync.WaitGroup
	reader sync.WaitGroup
}

// Probe begins to ask an address from that node.
func (n *Node) Probe(addr string, each time.Duration) *Prober {
	n.lab.t.Helper()
	p := &Prober{quit: make(chan struct{})}
	p.to.Addr = netip.MustParseAddr(addr).As4()
	n.inside(func() (err error) {
		if p.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP); err != nil {
			return err
		}
		_ = unix.SetsockoptInt(p.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 4<<20)
		return unix.SetsockoptTimeval(p.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100000})
	})
	p.sender.Go(func() { p.ask(each) })
	p.reader.Go(p.listen)
	return p
}

func (p *Prober) ask(each time.Duration) {
	tick := time.NewTicker(each)
	defer tick.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		nth := len(p.sent)
		p.sent, p.heard = append(p.sent, time.Now()), append(p.heard, false)
		p.mu.Unlock()
		b := make([]byte, 16) // echo request; the number is in the data, for there may be many
		b[0] = 8
		binary.BigEndian.PutUint32(b[4:], 0x4c414200)
		binary.BigEndian.PutUint64(b[8:], uint64(nth))
		binary.BigEndian.PutUint16(b[2:], Sum(b))
		_ = unix.Sendto(p.fd, b, 0, &p.to) // what cannot be sent is not answered either
	}
}

func (p *Prober) listen() {
	buf := make([]byte, 256)
	for ended := false; !ended; {
		n, _, err := unix.Recvfrom(p.fd, buf, 0)
		if err != nil {
			select { // nothing for a while: is there more to come?
			case <-p.quit:
				ended = true
			default:
			}
			continue
		}
		if n < 36 || buf[20] != 0 || binary.BigEndian.Uint32(buf[24:]) != 0x4c414200 {
			continue
		}
		nth := binary.BigEndian.Uint64(buf[28:])
		p.mu.Lock()
		if nth < uint64(len(p.heard)) {
			p.heard[nth] = true
		}
		p.mu.Unlock()
	}
}

// Sent returns how many were asked so far, and answered.
func (p *Prober) Sent() (asked, answered int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ok := range p.heard {
		if ok {
			answered++
		}
	}
	return len(p.sent), answered
}

// Stop ends it and returns when those were asked that were never answered, and how many were asked.
func (p *Prober) Stop() (lost []time.Time, asked int) {
	close(p.quit)
	p.sender.Wait()
	p.reader.Wait()
	_ = unix.Close(p.fd)
	for i, ok := range p.heard {
		if !ok {
			lost = append(lost, p.sent[i])
		}
	}
	return lost, len(p.sent)
}

// LocalMAC is the hardware address of a node's interface.
func (n *Node) LocalMAC(dev string) (mac net.HardwareAddr) {
	n.lab.t.Helper()
	n.inside(func() error {
		ifi, err := net.InterfaceByName(dev)
		if err == nil {
			mac = ifi.HardwareAddr
		}
		return err
	})
	return mac
}
