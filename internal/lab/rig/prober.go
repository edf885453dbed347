package rig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// prober is the client: it asks each virtual address once per period, on absolute deadlines, from one
// thread of its own.
type prober struct {
	box    *inbox
	ips    []netip.Addr
	socks  []*socket
	period time.Duration
	stopc  chan struct{}
	wg     sync.WaitGroup
}

func startProber(s *netns.Space, box *inbox, ips []netip.Addr, period time.Duration) (*prober, error) {
	p := &prober{box: box, ips: ips, period: period, stopc: make(chan struct{})}
	for _, ip := range ips {
		sock, err := newSocket(s, unix.AF_INET, unix.SOCK_DGRAM, 0, func(fd int) error {
			return unix.Connect(fd, &unix.SockaddrInet4{Port: echoPort, Addr: ip.As4()})
		})
		if err != nil {
			for _, made := range p.socks {
				made.close()
			}
			return nil, fmt.Errorf("lab: client of %v: %w", ip, err)
		}
		p.socks = append(p.socks, sock)
	}
	p.wg.Add(1 + len(ips))
	go p.ask()
	for i := range ips {
		go p.listen(ips[i], p.socks[i])
	}
	return p, nil
}

// ask sends. A period that was slept over is left out, not made up for.
func (p *prober) ask() {
	defer p.wg.Done()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return
	}
	next := ts.Nano()
	msg := make([]byte, 8)
	for seq := 0; ; seq++ {
		select {
		case <-p.stopc:
			return
		default:
		}
		if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) == nil {
			next = max(next+int64(p.period), ts.Nano())
		}
		ts = unix.NsecToTimespec(next)
		for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &ts, nil) == unix.EINTR {
			continue
		}
		binary.BigEndian.PutUint64(msg, uint64(seq))
		for i, sock := range p.socks {
			p.box.file(record.Event{At: p.box.now(), Kind: record.Sent, IP: p.ips[i], Seq: seq})
			// An error (no route, refused by the last one) is a probe without an answer.
			_ = sock.send(msg, nil, nil)
		}
	}
}

func (p *prober) listen(ip netip.Addr, sock *socket) {
	defer p.wg.Done()
	buf, oob := make([]byte, 512), make([]byte, 256)
	for {
		pkt, err := sock.recv(buf, oob)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil || len(pkt.data) < 8 {
			continue // refused: the router is there, its service is not
		}
		p.box.file(record.Event{
			At: p.box.stamp(pkt.wall), Kind: record.Answered, IP: ip,
			Seq: int(binary.BigEndian.Uint64(pkt.data)), Node: string(pkt.data[8:]),
		})
	}
}

func (p *prober) stop() {
	close(p.stopc)
	for _, s := range p.socks {
		s.close()
	}
	p.wg.Wait()
}
