package link

import (
	"encoding/binary"
	"syscall"
	"testing"

	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"
	"golang.org/x/sys/unix"
)

// fakeKernel is a wire whose other end is a function from one request datagram to reply datagrams.
type fakeKernel struct {
	t       *testing.T
	answer  func(reqs []netlink.Message) [][]netlink.Message
	fails   error // what receive says when there is nothing to receive
	pending [][]byte
	sent    [][]netlink.Message
}

func fake(t *testing.T, answer func(reqs []netlink.Message) [][]netlink.Message) (*Conn, *fakeKernel) {
	t.Helper()
	k := &fakeKernel{t: t, answer: answer, fails: syscall.EAGAIN}
	c := newConn(k)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, k
}

func (k *fakeKernel) send(b []byte) error {
	var reqs []netlink.Message
	for len(b) > 0 { // taken apart by the library, not by the code under test
		n := int(binary.NativeEndian.Uint32(b))
		var m netlink.Message
		if err := m.UnmarshalBinary(append([]byte(nil), b[:align(n)]...)); err != nil {
			k.t.Fatalf("request: %v", err)
		}
		reqs = append(reqs, m)
		b = b[align(n):]
	}
	k.sent = append(k.sent, reqs)
	for _, msgs := range k.answer(reqs) {
		k.pending = append(k.pending, datagram(k.t, msgs...))
	}
	return nil
}

func (k *fakeKernel) receive(b []byte) (int, error) {
	if len(k.pending) == 0 {
		return 0, k.fails
	}
	n := copy(b, k.pending[0])
	k.pending = k.pending[1:]
	return n, nil
}

func (k *fakeKernel) close() error { return nil }

func datagram(t *testing.T, msgs ...netlink.Message) (b []byte) {
	t.Helper()
	for _, m := range msgs {
		m.Header.Length = uint32(headerLen + align(len(m.Data)))
		part, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, part...)
	}
	return b
}

// ack is the kernel's answer to req, with the words it adds to an error.
func ack(req netlink.Message, errno syscall.Errno, text string) netlink.Message {
	b := binary.NativeEndian.AppendUint32(nil, uint32(-int32(errno)))
	b = binary.NativeEndian.AppendUint32(b, req.Header.Length)
	b = append(b, make([]byte, headerLen-4)...)
	m := netlink.Message{Header: netlink.Header{Type: netlink.Error, Sequence: req.Header.Sequence, Flags: ackCapped}}
	if text != "" {
		m.Header.Flags |= ackTLVs
		b = append(b, nltest.MustMarshalAttributes([]netlink.Attribute{
			{Type: 2, Data: []byte{24, 0, 0, 0}},
			{Type: ackText, Data: append([]byte(text), 0)},
		})...)
	}
	m.Data = b
	return m
}

// multipart is a dump's reply to req: bodies of the given type and a final NLMSG_DONE with that flag.
func multipart(t *testing.T, req netlink.Message, kind netlink.HeaderType, last netlink.HeaderFlags, bodies ...[]byte) []netlink.Message {
	t.Helper()
	var msgs []netlink.Message
	for _, b := range bodies {
		msgs = append(msgs, netlink.Message{Header: netlink.Header{Type: kind, Sequence: req.Header.Sequence}, Data: b})
	}
	msgs = append(msgs, netlink.Message{Header: netlink.Header{Type: netlink.Done, Sequence: req.Header.Sequence}, Data: make([]byte, 4)})
	msgs, err := nltest.Multipart(msgs)
	if err != nil {
		t.Fatal(err)
	}
	msgs[len(msgs)-1].Header.Flags |= last
	return msgs
}

const newAddr = netlink.HeaderType(unix.RTM_NEWADDR)
