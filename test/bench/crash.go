package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// crashes kills only the process that speaks VRRP, while a client asks for an echo from the address each millisecond. The
// kernels answer, so the client's longest silence is the address's absence and nothing else.
func (r *run) crashes() error {
	for range r.pick(1, 4) {
		if err := together(r.each(r.crash)...); err != nil {
			return err
		}
	}
	return nil
}

// aftermath is how long the client goes on asking: longer than any recovery.
const aftermath = 7 * time.Second

func (r *run) crash(s subject) error {
	p, err := newPair()
	if err != nil {
		return err
	}
	defer p.close()
	a, err := s.start(p.a, pairConf(nodeA, 2, second))
	if err != nil {
		return err
	}
	defer a.close()
	if !r.await(15*time.Second, func() bool { return len(p.seen(p.portA, garpFrame, 0)) > 0 }) {
		return errors.New("crash: never became master: " + a.log())
	}
	b, err := s.start(p.b, pairConf(nodeB, 2, second))
	if err != nil {
		return err
	}
	defer b.close()
	r.sleep(2500 * time.Millisecond)
	echo, err := sniff(p.client, etherIPv4, protoICMP)
	if err != nil {
		return err
	}
	defer echo.close()
	ask, err := startAsker(p.client)
	if err != nil {
		return err
	}
	r.sleep(500 * time.Millisecond)
	pid, err := a.vrrp()
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	at := time.Now().UnixNano()
	if err == nil {
		r.sleep(aftermath)
	}
	ask.stop()
	if err != nil {
		return fmt.Errorf("crash: %s: %w", s.name, err)
	}
	return r.readCrash(s, p, echo, at)
}

func (r *run) readCrash(s subject, p *pair, echo *sniffer, at int64) error {
	var replies []frame
	for _, f := range echo.drain() {
		if f.kind == echoFrame && f.at >= at-int64(100*time.Millisecond) {
			replies = append(replies, f)
		}
	}
	if len(replies) < 100 || echo.lost() > 0 {
		return fmt.Errorf("crash: %s: only %d echoes were seen", s.name, len(replies))
	}
	if end := replies[len(replies)-1]; end.at < at+int64(aftermath-time.Second) { // silent to the end
		replies = append(replies, frame{at: at + int64(aftermath), seq: end.seq + 2})
	}
	gap := longestSilence(replies, asking)
	foreign := len(p.seen(p.portB, advertFrame, at))
	r.progress("crash %s: silent for %.2f ms, %d adverts by the backup", s.name, ms(gap), foreign)
	r.book.add("crash", s, ms(gap))
	return nil
}

// asking is the period of the client.
const asking = time.Millisecond

// asker sends an echo request to the pair's address in each period, from a thread of its own.
type asker struct {
	fd   int
	quit chan struct{}
	done chan struct{}
}

func startAsker(in *space) (*asker, error) {
	a := &asker{fd: -1, quit: make(chan struct{}), done: make(chan struct{})}
	err := in.Do(func() (err error) {
		a.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_ICMP)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("echo socket: %w", err)
	}
	// The answers are read off the wire; here they only would fill the queue.
	if err := unix.SetsockoptInt(a.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1); err != nil {
		unix.Close(a.fd)
		return nil, fmt.Errorf("echo socket: %w", err)
	}
	go a.ask()
	return a, nil
}

func (a *asker) ask() {
	defer close(a.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	to := &unix.SockaddrInet4{Addr: netip.MustParseAddr(pairVIP).As4()}
	msg := make([]byte, 16)
	next := time.Now()
	for seq := uint16(0); ; seq++ {
		select {
		case <-a.quit:
			return
		default:
		}
		writeEcho(msg, seq)
		_ = unix.Sendto(a.fd, msg, 0, to) // refused or unanswered: that is what is measured
		next = next.Add(asking)
		if wait := time.Until(next); wait > 0 {
			ts := unix.NsecToTimespec(int64(wait))
			_ = unix.Nanosleep(&ts, nil)
		} else {
			next = time.Now() // what was slept over is not made up for
		}
	}
}

// writeEcho makes an echo request of an even length (RFC 792).
func writeEcho(msg []byte, seq uint16) {
	clear(msg)
	msg[0] = 8
	binary.BigEndian.PutUint16(msg[4:], 0x4b4c)
	binary.BigEndian.PutUint16(msg[6:], seq)
	sum := uint32(0)
	for i := 0; i < len(msg); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(msg[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(msg[2:], ^uint16(sum))
}

func (a *asker) stop() {
	close(a.quit)
	<-a.done
	unix.Close(a.fd)
}
