package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Segment is one bridge, and a record of every frame that crossed it.
type Segment struct {
	Name string

	lab    *Lab
	index  int
	sock   *os.File
	ended  chan struct{}
	frames []Frame
}

// listen opens a packet socket on the bridge. It sees frames in the order in which the bridge forwards them.
func (s *Segment) listen() {
	s.lab.t.Helper()
	s.lab.sw.inside(func() error {
		ifi, err := net.InterfaceByName(s.Name)
		if err != nil {
			return err
		}
		s.index = ifi.Index
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			return err
		}
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20)
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
			return err
		}
		all := uint16(unix.ETH_P_ALL<<8) | unix.ETH_P_ALL>>8 // network order
		if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: ifi.Index}); err != nil {
			return err
		}
		s.sock = os.NewFile(uintptr(fd), "bridge "+s.Name)
		return nil
	})
	s.ended = make(chan struct{})
	go s.record()
}

func (s *Segment) record() {
	defer close(s.ended)
	conn, err := s.sock.SyscallConn()
	if err != nil {
		return
	}
	buf, oob := make([]byte, 2048), make([]byte, 128)
	for {
		var n, on int
		var rerr error
		err := conn.Read(func(fd uintptr) bool {
			n, on, _, _, rerr = unix.Recvmsg(int(fd), buf, oob, 0)
			return !errors.Is(rerr, unix.EAGAIN)
		})
		if err != nil {
			return // closed
		}
		if rerr != nil {
			continue // the bridge going down is reported once
		}
		f := decode(append([]byte(nil), buf[:n]...))
		f.At = stamp(oob[:on])
		if f.IPv6() {
			continue // neighbours' chatter; nothing under test speaks it here
		}
		s.lab.locked(func() { s.frames = append(s.frames, f) })
		s.lab.happened()
	}
}

// stamp returns the kernel's time of arrival.
func stamp(oob []byte) time.Time {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err == nil {
		for _, m := range msgs {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
				return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			}
		}
	}
	return time.Now()
}

func (s *Segment) close() {
	_ = s.sock.Close()
	<-s.ended
}

// Frames returns what was seen so far.
func (s *Segment) Frames() (all []Frame) {
	s.lab.locked(func() { all = s.frames[:len(s.frames):len(s.frames)] })
	return all
}

// Where returns the frames for which keep holds.
func (s *Segment) Where(keep func(Frame) bool) (some []Frame) {
	for _, f := range s.Frames() {
		if keep(f) {
			some = append(some, f)
		}
	}
	return some
}

// Adverts returns the adverts that came from an address.
func (s *Segment) Adverts(src string) []Frame {
	return s.Where(func(f Frame) bool { return f.Advert != nil && f.IP.Src.String() == src })
}

// AdvertsOf returns the adverts for a VRID that came from an address.
func (s *Segment) AdvertsOf(src string, vrid uint8) []Frame {
	return s.Where(func(f Frame) bool {
		return f.Advert != nil && f.IP.Src.String() == src && f.Advert.VRID == vrid
	})
}

// Send puts a frame on the segment as if a station on it had sent it.
func (n *Node) Send(dev string, frame []byte) {
	n.lab.t.Helper()
	n.inside(func() error {
		ifi, err := net.InterfaceByName(dev)
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer func() { _ = unix.Close(fd) }()
		return unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: ifi.Index})
	})
}

// Pcap writes the frames for which keep holds (all with nil) to a capture file and returns its path.
func (s *Segment) Pcap(keep func(Frame) bool) string {
	s.lab.t.Helper()
	// Nanosecond time stamps, version 2.4, Ethernet.
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b23c4d)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, 65535)
	b = binary.LittleEndian.AppendUint32(b, 1)
	for _, f := range s.Frames() {
		if keep != nil && !keep(f) {
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(f.At.Unix()))
		b = binary.LittleEndian.AppendUint32(b, uint32(f.At.Nanosecond()))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Raw)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Raw)))
		b = append(b, f.Raw...)
	}
	path := filepath.Join(s.lab.dir, fmt.Sprintf("%s-%d.pcap", s.Name, counter.Add(1)))
	if err := os.WriteFile(path, b, 0o644); err != nil {
		s.lab.t.Fatal(err)
	}
	return path
}
