package ipvstest

import (
	"encoding/binary"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"
	"golang.org/x/sys/unix"

	"holdfast/ipvs"
	"holdfast/ipvs/internal/abi"
)

// Kernel is the IPVS of one network namespace. Make it with New; its methods may be called concurrently.
type Kernel struct {
	mu       sync.Mutex
	modules  []string
	services []*service
	daemons  []*daemon // the master first
	timeouts [3]uint32 // TCP, TCP FIN, UDP
	fault    func(op ipvs.OpKind, s ipvs.ServiceKey, d netip.AddrPort) syscall.Errno
}

// New returns an empty table, with the schedulers and the persistence engine of Linux 6.1.
func New() *Kernel {
	return &Kernel{
		modules: []string{
			"ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_lc", "ip_vs_wlc", "ip_vs_fo", "ip_vs_ovf", "ip_vs_lblc", "ip_vs_lblcr",
			"ip_vs_dh", "ip_vs_sh", "ip_vs_mh", "ip_vs_sed", "ip_vs_nq", "ip_vs_pe_sip",
		},
		timeouts: [3]uint32{900, 120, 300},
	}
}

// Unload takes a module away, such as "ip_vs_rr". Without "ip_vs" there is no IPVS.
func (k *Kernel) Unload(module string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.modules = slices.DeleteFunc(k.modules, func(m string) bool { return m == module })
}

// SetFault has changes of services and destinations refused with what fault returns for them, if that is not 0. fault must not
// call the Kernel; nil takes it away.
func (k *Kernel) SetFault(fault func(op ipvs.OpKind, s ipvs.ServiceKey, d netip.AddrPort) syscall.Errno) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fault = fault
}

// Count sets the counters of a service, or with a valid d those of its destination, of which conns is how many connections
// are active, inactive and persistent. It reports whether there is such a thing.
func (k *Kernel) Count(s ipvs.ServiceKey, d netip.AddrPort, stats ipvs.Stats, conns [3]uint32) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, svc := range k.services {
		if svc.public() != s {
			continue
		}
		if !d.IsValid() {
			svc.stats = stats
			return true
		}
		for _, dst := range svc.dests {
			if dst.public() == d {
				dst.stats, dst.conns = stats, conns
				return true
			}
		}
	}
	return false
}

// Dial connects to the kernel: its connections are for ipvs.New.
func (k *Kernel) Dial() *netlink.Conn { return nltest.Dial(k.Serve()) }

// Serve returns the kernel's end of a new connection, for tests that want to stand in between: nltest.Dial connects to it.
// It takes messages and returns none; called with none it returns the next datagram.
func (k *Kernel) Serve() nltest.Func {
	var mu sync.Mutex
	var queue [][]netlink.Message // the datagrams that have not been received yet
	return func(requests []netlink.Message) ([]netlink.Message, error) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range requests {
			queue = append(queue, k.hear(r)...)
		}
		if requests != nil {
			return nil, nil
		}
		if len(queue) == 0 {
			return nil, os.ErrDeadlineExceeded // the kernel would say nothing more
		}
		first := queue[0]
		queue = queue[1:]
		return first, nil
	}
}

// Client connects to the kernel and has it closed when the test ends.
func (k *Kernel) Client(t testing.TB) *ipvs.Client {
	t.Helper()
	c, err := ipvs.New(k.Dial())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// familyID is the number of the IPVS family; the kernel gives one that is free.
const familyID = 0x21

// perDatagram is how many messages of a dump share a datagram.
const perDatagram = 3

// hear answers one message with datagrams.
func (k *Kernel) hear(m netlink.Message) [][]netlink.Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	if m.Header.Type == netlink.Noop {
		if m.Header.Flags&netlink.Acknowledge != 0 {
			return answer(m, 0)
		}
		return nil
	}
	if len(m.Data) < 4 {
		return answer(m, unix.EINVAL)
	}
	command, attrs := m.Data[0], m.Data[4:]
	var bodies [][]byte
	var errno syscall.Errno
	switch {
	case int(m.Header.Type) == unix.GENL_ID_CTRL:
		bodies, errno = k.lookUp(attrs)
	case m.Header.Type != familyID || !k.has("ip_vs"):
		errno = unix.ENOENT
	case m.Header.Flags&netlink.Dump == netlink.Dump:
		bodies, errno = k.dump(command, attrs)
	default:
		bodies, errno = k.do(command, attrs)
	}
	switch errno {
	case 0:
	case unix.EINTR: // netlink_rcv_skb gives no answer
		return nil
	default:
		return answer(m, errno)
	}
	var out [][]netlink.Message
	if m.Header.Flags&netlink.Dump == netlink.Dump {
		for _, b := range bodies {
			if n := len(out); n == 0 || len(out[n-1]) == perDatagram {
				out = append(out, nil)
			}
			out[len(out)-1] = append(out[len(out)-1], reply(m, m.Header.Type, netlink.Multi, b))
		}
		return append(out, []netlink.Message{reply(m, netlink.Done, netlink.Multi, make([]byte, 4))})
	}
	for _, b := range bodies {
		out = append(out, []netlink.Message{reply(m, m.Header.Type, 0, b)})
	}
	if m.Header.Flags&netlink.Acknowledge != 0 {
		out = append(out, answer(m, 0)...)
	}
	return out
}

func reply(to netlink.Message, kind netlink.HeaderType, flags netlink.HeaderFlags, data []byte) netlink.Message {
	return netlink.Message{
		Header: netlink.Header{
			Length: uint32(16 + len(data)), Type: kind, Flags: flags, Sequence: to.Header.Sequence, PID: to.Header.PID,
		},
		Data: data,
	}
}

// answer is struct nlmsgerr: the negative errno and the request's header.
func answer(to netlink.Message, errno syscall.Errno) [][]netlink.Message {
	b := binary.NativeEndian.AppendUint32(nil, uint32(-int32(errno)))
	b = binary.NativeEndian.AppendUint32(b, to.Header.Length)
	b = binary.NativeEndian.AppendUint16(b, uint16(to.Header.Type))
	b = binary.NativeEndian.AppendUint16(b, uint16(to.Header.Flags))
	b = binary.NativeEndian.AppendUint32(b, to.Header.Sequence)
	b = binary.NativeEndian.AppendUint32(b, to.Header.PID)
	return [][]netlink.Message{{reply(to, netlink.Error, 0, append(b, to.Data...))}}
}

// lookUp answers the question for the number of a family.
func (k *Kernel) lookUp(attrs []byte) ([][]byte, syscall.Errno) {
	a, ok := parse(attrs)
	if !ok || a.text(unix.CTRL_ATTR_FAMILY_NAME) != abi.Name || !k.has("ip_vs") {
		return nil, unix.ENOENT
	}
	return [][]byte{body(unix.CTRL_CMD_NEWFAMILY, func(ae *netlink.AttributeEncoder) {
		ae.Uint16(unix.CTRL_ATTR_FAMILY_ID, familyID)
		ae.String(unix.CTRL_ATTR_FAMILY_NAME, abi.Name)
		ae.Uint32(unix.CTRL_ATTR_VERSION, abi.Version)
	})}, 0
}

func (k *Kernel) has(module string) bool { return slices.Contains(k.modules, module) }

// body is the body of a message: struct genlmsghdr and attributes.
func body(command uint8, fill func(*netlink.AttributeEncoder)) []byte {
	ae := netlink.NewAttributeEncoder()
	fill(ae)
	b, err := ae.Encode()
	if err != nil {
		panic(err) // nothing here depends on what was heard
	}
	return append([]byte{command, abi.Version, 0, 0}, b...)
}

// attrs are the attributes of a message or of a nest, by kind.
type attrs map[uint16][]byte

func parse(b []byte) (attrs, bool) {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return nil, false
	}
	a := attrs{}
	for ad.Next() {
		a[ad.Type()] = ad.Bytes()
	}
	return a, ad.Err() == nil
}

// all reports whether all of kinds are there.
func (a attrs) all(kinds ...uint16) bool {
	return !slices.ContainsFunc(kinds, func(k uint16) bool { return a[k] == nil })
}

func (a attrs) text(kind uint16) string {
	b := a[kind]
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

func (a attrs) u32(kind uint16) uint32 {
	if len(a[kind]) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(a[kind])
}

func (a attrs) u16(kind uint16) uint16 {
	if len(a[kind]) < 2 {
		return 0
	}
	return binary.NativeEndian.Uint16(a[kind])
}

func (a attrs) be16(kind uint16) uint16 {
	if len(a[kind]) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(a[kind])
}

func (a attrs) u8(kind uint16) uint8 {
	if len(a[kind]) < 1 {
		return 0
	}
	return a[kind][0]
}

func (a attrs) addr(kind uint16) (addr [16]byte) {
	copy(addr[:], a[kind])
	return addr
}
