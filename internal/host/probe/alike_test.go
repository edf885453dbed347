package probe_test

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// shouter says more than anybody has room for and then wants an answer.
type shouter struct{ verdict talk.Verdict }

func (s *shouter) Open(uint64) ([]byte, bool) { return bytes.Repeat([]byte("x"), 16<<20), false }

func (s *shouter) Hear(_ []byte, end talk.End) ([]byte, bool) {
	s.verdict = talk.Verdict{Why: talk.NoAnswer, Code: -1, Declared: -1, Errno: end.Errno, Received: int64(end.Kind)}
	return nil, true
}

func (s *shouter) Verdict() talk.Verdict { return s.verdict }

// What happens to a connection means the same whether the loop carries it or a goroutine of its own.
func TestGoroutinesJudgeAsTheLoopDoes(t *testing.T) {
	const wait = 200 * time.Millisecond
	stuck := serve(t, func(net.Conn) { <-t.Context().Done() })
	mapped := func(a netip.AddrPort) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
	}
	closed, busy := nobody(t), deaf(t)
	holder, err := net.Dial("tcp", stuck.String()) // the kernel has its port to no other connection to that server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	taken := holder.LocalAddr().(*net.TCPAddr).AddrPort().Port()
	for name, call := range map[string]func() *talk.Call{
		"refused":               func() *talk.Call { return &talk.Call{To: closed, Timeout: wait, Talk: talk.NewSMTP("x")} },
		"refused, mapped":       func() *talk.Call { return &talk.Call{To: mapped(closed), Timeout: wait, Talk: talk.NewSMTP("x")} },
		"never there":           func() *talk.Call { return &talk.Call{To: busy, Timeout: wait, Talk: talk.NewSMTP("x")} },
		"nothing heard, unsent": func() *talk.Call { return &talk.Call{To: stuck, Timeout: wait, Talk: &shouter{}} },
		"unreachable": func() *talk.Call {
			return &talk.Call{To: netip.MustParseAddrPort("0.0.0.0:0"), Timeout: wait, Talk: talk.NewSMTP("x")}
		},
		"another family": func() *talk.Call {
			return &talk.Call{To: closed, From: netip.MustParseAddr("::1"), Timeout: wait, Talk: talk.NewSMTP("x")}
		},
		"not our address": func() *talk.Call {
			return &talk.Call{To: closed, From: netip.MustParseAddr("192.0.2.1"), Timeout: wait, Talk: talk.NewSMTP("x")}
		},
		"not our address, mapped": func() *talk.Call {
			return &talk.Call{To: mapped(closed), From: netip.MustParseAddr("192.0.2.1"), Timeout: wait, Talk: talk.NewSMTP("x")}
		},
		"port in use by a bind": func() *talk.Call { return &talk.Call{To: stuck, FromPort: taken, Timeout: wait, Talk: talk.Mute{}} },
		"port in use, mapped host": func() *talk.Call {
			return &talk.Call{To: mapped(stuck), FromPort: taken, Timeout: wait, Talk: talk.Mute{}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var results [2]probe.Result
			for i, heavy := range []bool{false, true} {
				c := call()
				c.Heavy = heavy
				results[i] = attempt(t, newProber(t, probe.Options{}), c)
				results[i].Took = 0
			}
			a, b := results[0], results[1]
			if a.Kind != b.Kind || a.Verdict != b.Verdict {
				t.Errorf("the loop: %+v\na goroutine: %+v", a, b)
			}
			if a.Kind == probe.NotTried {
				x, y := a.Err.(*probe.SetupError), b.Err.(*probe.SetupError) //nolint:errorlint // nothing wraps it
				if x.Step != y.Step || x.Errno != y.Errno {
					t.Errorf("the loop: %v\na goroutine: %v", x, y)
				}
			}
		})
	}
}

// The kernel's own time-out is an error of the connection; ours is not.
func TestTheKernelsTimeOut(t *testing.T) {
	if probe.Late(unix.ETIMEDOUT) || probe.Late(&net.OpError{Op: "dial", Err: unix.ETIMEDOUT}) {
		t.Error("ETIMEDOUT counts as our time being over")
	}
	c, d := net.Pipe()
	defer func() { _, _ = c.Close(), d.Close() }()
	_ = c.SetReadDeadline(time.Unix(1, 0))
	if _, err := c.Read(make([]byte, 1)); !probe.Late(err) {
		t.Errorf("%v does not", err)
	}
}
