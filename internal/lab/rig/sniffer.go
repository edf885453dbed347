package rig

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/netns"
)

// sniffer listens on the switch's ports, so that it knows which router sent a frame whatever the frame
// says, and sees only what really left that router.
type sniffer struct {
	box   *inbox
	ports map[int]port // by ifindex
	sock  *socket
	done  chan struct{}
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }

// onlyMastership lets ARP and the IPv4 protocols 112 and 51 through; the client's probes stay in the kernel.
var onlyMastership = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: 12},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 4, K: etherARP},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 4, K: etherIPv4},
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 23},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: protoVRRP},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: protoAH},
	{Code: unix.BPF_RET | unix.BPF_K, K: 256},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
}

func startSniffer(s *netns.Space, box *inbox, ports map[int]port) (*sniffer, error) {
	// Protocol 0 keeps the socket deaf until its filter is in place.
	sock, err := newSocket(s, unix.AF_PACKET, unix.SOCK_RAW, 0, func(fd int) error {
		prog := unix.SockFprog{Len: uint16(len(onlyMastership)), Filter: &onlyMastership[0]}
		if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog); err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: htons(unix.ETH_P_ALL)})
	})
	if err != nil {
		return nil, fmt.Errorf("lab: listening on the switch: %w", err)
	}
	sn := &sniffer{box: box, ports: ports, sock: sock, done: make(chan struct{})}
	go sn.listen()
	return sn, nil
}

func (sn *sniffer) listen() {
	defer close(sn.done)
	buf, oob := make([]byte, 512), make([]byte, 256)
	for {
		p, err := sn.sock.recv(buf, oob)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		from, isLink := p.from.(*unix.SockaddrLinklayer)
		if err != nil || !isLink || from.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		port, known := sn.ports[from.Ifindex]
		ev, ok := readFrame(p.data)
		if !known || !ok {
			continue
		}
		ev.At, ev.Node, ev.Link = sn.box.stamp(p.wall), port.node, port.link
		sn.box.put(ev)
	}
}

func (sn *sniffer) stop() {
	sn.sock.close()
	<-sn.done
}
