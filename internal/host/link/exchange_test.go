package link

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

func v4(n int) table.Addr {
	return table.Addr{
		Link:   3,
		Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 9, byte(n >> 8), byte(n)}), 32),
		Valid:  table.Forever, Preferred: table.Forever,
	}
}

func adds(n int) (ops []table.Op) {
	for i := range n {
		ops = append(ops, table.Op{Kind: table.AddAddr, Addr: v4(i)})
	}
	return ops
}

func TestApplyMatchesAnswersBySequence(t *testing.T) {
	t.Parallel()
	asked := 0
	c, k := fake(t, func(reqs []netlink.Message) (out [][]netlink.Message) {
		stale := reqs[0]
		stale.Header.Sequence -= 1000
		out = append(out, []netlink.Message{ack(stale, unix.EPERM, "")})
		for i, r := range reqs { // in order, and only failures and those that ask: so does the kernel
			switch {
			case i%10 == 3:
				out = append(out, []netlink.Message{ack(r, unix.EINVAL, "Invalid scope value")})
			case i%10 == 4:
				out = append(out, []netlink.Message{ack(r, unix.EEXIST, "")})
			case r.Header.Flags&netlink.Acknowledge != 0:
				if asked++; i != len(reqs)-1 {
					t.Errorf("request %d of %d asks for an answer", i, len(reqs))
				}
				out = append(out, []netlink.Message{ack(r, 0, "")})
			}
		}
		return out
	})
	errs := c.Apply(adds(250))
	if len(errs) != 250 {
		t.Fatalf("%d errors", len(errs))
	}
	for i, err := range errs {
		if i%10 != 3 {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Errno != unix.EINVAL || e.Text != "Invalid scope value" {
			t.Errorf("%d: %v", i, err)
		}
		if !strings.Contains(err.Error(), v4(i).Prefix.String()) {
			t.Errorf("%d: another's error: %v", i, err)
		}
	}
	if asked != 3 {
		t.Errorf("%d answers without a failure, want one for each datagram", asked)
	}
	if len(k.sent) != 3 || len(k.sent[0]) != 100 || len(k.sent[1]) != 100 || len(k.sent[2]) != 50 {
		t.Errorf("sent in %d datagrams, want 100, 100 and 50 messages", len(k.sent))
	}
}

func TestApplyKnowsWhatIsSettled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind  table.OpKind
		errno syscall.Errno
		fine  bool
	}{
		{table.AddAddr, 0, true},
		{table.AddAddr, unix.EEXIST, true},
		{table.AddAddr, unix.EADDRNOTAVAIL, false},
		{table.AddAddr, unix.ENODEV, false},
		{table.ReplaceAddr, unix.EEXIST, false},
		{table.DelAddr, unix.EADDRNOTAVAIL, true},
		{table.DelAddr, unix.ENODEV, true},
		{table.DelAddr, unix.ENXIO, true},
		{table.DelAddr, unix.EPERM, false},
		{table.DelAddr, unix.EEXIST, false},
	} {
		c, _ := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
			return [][]netlink.Message{{ack(reqs[0], tt.errno, "")}}
		})
		err := c.Apply([]table.Op{{Kind: tt.kind, Addr: v4(1)}})[0]
		if (err == nil) != tt.fine {
			t.Errorf("kind %d, %v: %v", tt.kind, tt.errno, err)
		}
		if err != nil && !errors.Is(err, tt.errno) {
			t.Errorf("kind %d: %v does not wrap %v", tt.kind, err, tt.errno)
		}
	}
}

// The bit of NLM_F_EXCL means NLM_F_BULK on a DEL request, which RTM_DELADDR refuses.
func TestDeleteIsNotBulk(t *testing.T) {
	t.Parallel()
	c, k := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
		return [][]netlink.Message{{ack(reqs[0], 0, "")}}
	})
	if err := c.Apply([]table.Op{{Kind: table.DelAddr, Addr: v4(1)}})[0]; err != nil {
		t.Fatal(err)
	}
	if f := k.sent[0][0].Header.Flags; f != netlink.Request|netlink.Acknowledge {
		t.Errorf("flags %v", f)
	}
}

func TestApplyReportsWhatWasNotAnswered(t *testing.T) {
	t.Parallel()
	c, k := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
		return [][]netlink.Message{{ack(reqs[0], 0, "")}}
	})
	k.fails = unix.ENOBUFS
	errs := c.Apply(adds(3))
	if errs[0] != nil || !errors.Is(errs[1], unix.ENOBUFS) || !errors.Is(errs[2], unix.ENOBUFS) {
		t.Errorf("errors %v", errs)
	}
}

func TestApplyRefusesWhatNoMessageCarries(t *testing.T) {
	t.Parallel()
	c, k := fake(t, func(reqs []netlink.Message) (out [][]netlink.Message) {
		for _, r := range reqs {
			out = append(out, []netlink.Message{ack(r, 0, "")})
		}
		return out
	})
	bad := func(f func(*table.Addr)) table.Op {
		a := v4(7)
		f(&a)
		return table.Op{Kind: table.AddAddr, Addr: a}
	}
	ops := []table.Op{
		{Kind: table.AddAddr, Addr: v4(1)},
		bad(func(a *table.Addr) { a.Prefix = netip.Prefix{} }),
		bad(func(a *table.Addr) { a.Prefix = netip.MustParsePrefix("::ffff:10.0.0.1/128") }),
		bad(func(a *table.Addr) { a.Peer = netip.MustParsePrefix("fd00::1/128") }),
		bad(func(a *table.Addr) { a.Broadcast = netip.MustParseAddr("fd00::1") }),
		bad(func(a *table.Addr) { a.Label = strings.Repeat("x", 16) }),
		bad(func(a *table.Addr) { a.Link = 0 }),
		{Kind: 99, Addr: v4(2)},
		{Kind: table.AddAddr, Addr: v4(3)},
	}
	errs := c.Apply(ops)
	for i, err := range errs {
		if good := i == 0 || i == len(ops)-1; good != (err == nil) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if len(k.sent) != 1 || len(k.sent[0]) != 2 {
		t.Errorf("sent %v", k.sent)
	}
	if errs := c.Apply(nil); len(errs) != 0 {
		t.Errorf("nothing to do: %v", errs)
	}
}

func TestDumpIsRepeatedWhenTorn(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]int{"an address": 0, "the end": 1} {
		tries := 0
		c, _ := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
			tries++
			var last netlink.HeaderFlags
			if tries < 3 && where == 1 {
				last = netlink.DumpInterrupted
			}
			msgs := multipart(t, reqs[0], newAddr, last, appendAddr(nil, v4(1), true), appendAddr(nil, v4(2), true))
			if tries < 3 && where == 0 {
				msgs[1].Header.Flags |= netlink.DumpInterrupted
			}
			return [][]netlink.Message{msgs[:1], msgs[1:]}
		})
		got, err := c.Addrs()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := []table.Addr{v4(1), v4(2)}; tries != 3 || !slices.Equal(got, want) {
			t.Errorf("%s: after %d tries %v", name, tries, got)
		}
	}
}

func TestDumpGivesUp(t *testing.T) {
	t.Parallel()
	c, k := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
		return [][]netlink.Message{multipart(t, reqs[0], newAddr, netlink.DumpInterrupted)}
	})
	if _, err := c.Addrs(); !errors.Is(err, unix.EAGAIN) || len(k.sent) != dumpTries {
		t.Errorf("after %d tries: %v", len(k.sent), err)
	}
}

func TestDumpErrors(t *testing.T) {
	t.Parallel()
	replies := map[string]func(req netlink.Message) []netlink.Message{
		"refused": func(r netlink.Message) []netlink.Message {
			return []netlink.Message{ack(r, unix.EINVAL, "Invalid values in header for address dump request")}
		},
		"failed at the end": func(r netlink.Message) []netlink.Message {
			msgs := multipart(t, r, newAddr, 0)
			msgs[len(msgs)-1].Data = []byte{0xea, 0xff, 0xff, 0xff} // -22
			return msgs
		},
		"malformed": func(r netlink.Message) []netlink.Message {
			return multipart(t, r, newAddr, 0, []byte{unix.AF_INET, 24, 0, 0})
		},
	}
	for name, reply := range replies {
		broken := true
		c, _ := fake(t, func(reqs []netlink.Message) [][]netlink.Message {
			if broken {
				return [][]netlink.Message{reply(reqs[0])}
			}
			return [][]netlink.Message{multipart(t, reqs[0], newAddr, 0, appendAddr(nil, v4(1), true))}
		})
		if _, err := c.Addrs(); err == nil {
			t.Errorf("%s: no error", name)
		} else if name != "malformed" && !errors.Is(err, unix.EINVAL) {
			t.Errorf("%s: %v", name, err)
		}
		broken = false
		if got, err := c.Addrs(); err != nil || len(got) != 1 {
			t.Errorf("after %s: %v, %v", name, got, err)
		}
	}
}

func TestSequenceNumbersDoNotWrapInABatch(t *testing.T) {
	t.Parallel()
	c, _ := fake(t, func(reqs []netlink.Message) (out [][]netlink.Message) {
		for _, r := range reqs {
			if r.Header.Sequence == 0 {
				t.Error("sequence number 0 is that of notifications")
			}
			out = append(out, []netlink.Message{ack(r, 0, "")})
		}
		return out
	})
	c.seq = ^uint32(0) - 5
	for _, err := range c.Apply(adds(10)) {
		if err != nil {
			t.Error(err)
		}
	}
}
