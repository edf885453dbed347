package main

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// sniffer is a packet socket that keeps frames, with the kernel's receive stamps, until somebody asks for them. It costs
// nothing while it waits, which is why it has no goroutine.
type sniffer struct {
	fd     int
	frames []frame
	buf    [512]byte
	oob    [128]byte
}

// sniffBuffer holds a hundred thousand small frames.
const sniffBuffer = 128 << 20

// sniff listens on all interfaces of a space for frames of one protocol (unix.ETH_P_*), and of IPv4 only to the IP
// protocol ipProto. With ETH_P_ALL ports of a bridge are heard as well, and of all protocols only ARP and ipProto kept.
func sniff(s *space, protocol uint16, ipProto uint32) (*sniffer, error) {
	sn := &sniffer{fd: -1}
	err := s.Do(func() (err error) {
		// Protocol 0 keeps the socket deaf until its filter is in place.
		sn.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		return err
	})
	if err == nil {
		err = sn.tune(protocol, ipProto)
	}
	if err != nil {
		sn.close()
		return nil, fmt.Errorf("sniff in %s: %w", s.Name, err)
	}
	return sn, nil
}

func (sn *sniffer) tune(protocol uint16, ipProto uint32) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: 12},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 3, K: etherARP},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: etherIPv4},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: etherLen + 9},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: ipProto},
		{Code: unix.BPF_RET | unix.BPF_K, K: 256},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.SetsockoptSockFprog(sn.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(sn.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, sniffBuffer); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(sn.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return err
	}
	var p [2]byte
	binary.BigEndian.PutUint16(p[:], protocol)
	return unix.Bind(sn.fd, &unix.SockaddrLinklayer{Protocol: binary.NativeEndian.Uint16(p[:])})
}

// drain takes in what has arrived, and returns everything since the socket was opened.
func (sn *sniffer) drain() []frame {
	for {
		n, oobn, _, from, err := unix.Recvmsg(sn.fd, sn.buf[:], sn.oob[:], unix.MSG_DONTWAIT)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return sn.frames
		}
		at, stamped := stampOf(sn.oob[:oobn])
		link, isLink := from.(*unix.SockaddrLinklayer)
		if !stamped || !isLink || link.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		if f, ok := readFrame(sn.buf[:n]); ok {
			f.at, f.port = at, link.Ifindex
			sn.frames = append(sn.frames, f)
		}
	}
}

// lost counts frames that the socket had no room for.
func (sn *sniffer) lost() int {
	st, err := unix.GetsockoptTpacketStats(sn.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return int(st.Drops)
}

func stampOf(oob []byte) (ns int64, ok bool) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, false
	}
	for _, m := range msgs {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			sec := int64(binary.NativeEndian.Uint64(m.Data))
			return sec*1e9 + int64(binary.NativeEndian.Uint64(m.Data[8:])), true
		}
	}
	return 0, false
}

func (sn *sniffer) close() {
	if sn.fd >= 0 {
		unix.Close(sn.fd)
		sn.fd = -1
	}
}
