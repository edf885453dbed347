package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// carrier carries one conversation on its own goroutine.
type carrier struct {
	call *talk.Call
	tls  *sessions
	ctx  context.Context //nolint:containedctx // lives as long as the goroutine
}

// carrierBuffer is what is read at a time: a record of TLS.
const carrierBuffer = 16 << 10

// run leaves the result in j.
func (c carrier) run(j *job) {
	conn, err := c.dial()
	if err != nil {
		j.result = c.refused(err)
		return
	}
	defer func() { _ = conn.Close() }()
	// A cancelled conversation ends at once.
	stop := context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	defer stop()

	var stream net.Conn = conn
	if c.call.TLS != nil {
		secured, verdict, ok := c.handshake(conn)
		if !ok {
			j.result.Verdict = verdict
			return
		}
		stream = secured
		if c.call.TLS.CloseNotify {
			defer func() { _ = secured.CloseWrite() }()
		}
	}
	j.result.Verdict = c.talk(stream, j.chance)
}

func (c carrier) dial() (net.Conn, error) {
	var fault *SetupError
	d := net.Dialer{
		Timeout: c.call.Timeout, KeepAlive: -1, FallbackDelay: -1,
		Control: func(_, _ string, raw syscall.RawConn) error {
			err := raw.Control(func(fd uintptr) {
				to := c.call.To.Addr()
				fault = prepare(int(fd), c.call, to.Is4() || to.Is4In6())
			})
			if fault != nil {
				return fault
			}
			return err
		},
	}
	if c.call.From.IsValid() || c.call.FromPort != 0 {
		local := &net.TCPAddr{Port: int(c.call.FromPort)}
		if c.call.From.IsValid() {
			local.IP = c.call.From.AsSlice()
		}
		d.LocalAddr = local
	}
	return d.DialContext(c.ctx, "tcp", c.call.To.String())
}

// refused is the result of an attempt without a connection.
func (c carrier) refused(err error) Result {
	var fault *SetupError
	if errors.As(err, &fault) {
		return Result{Kind: NotTried, Err: fault}
	}
	v := talk.Verdict{Why: talk.ConnectFailed, Code: -1, Declared: -1}
	var call *os.SyscallError
	var errno unix.Errno
	switch errors.As(err, &errno); {
	case errors.As(err, &call) && call.Syscall == "socket":
		return Result{Kind: NotTried, Err: &SetupError{Step: StepSocket, Errno: errno}}
	case errors.As(err, &call) && call.Syscall == "bind", errno == unix.EADDRNOTAVAIL && c.call.To.Addr().Is4(): // as in begin
		return Result{Kind: NotTried, Err: &SetupError{Step: StepBind, Errno: errno}}
	case late(err):
		v.Why = talk.ConnectTimeout
	default:
		v.Errno = int(errno)
	}
	return Result{Verdict: v}
}

func late(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// patience sets the deadline of the next step.
func (c carrier) patience(conn net.Conn) {
	at := time.Now().Add(c.call.Timeout)
	if end, ok := c.ctx.Deadline(); ok && end.Before(at) {
		at = end
	}
	_ = conn.SetDeadline(at)
}

func (c carrier) handshake(conn net.Conn) (*tls.Conn, talk.Verdict, bool) {
	secured := tls.Client(conn, c.tls.config(c.call))
	c.patience(conn)
	err := secured.HandshakeContext(c.ctx)
	if err == nil {
		return secured, talk.Verdict{}, true
	}
	v := talk.Verdict{Why: talk.TLSFailed, Code: -1, Declared: -1, Text: strings.TrimPrefix(err.Error(), "tls: ")}
	var errno unix.Errno
	if errors.As(err, &errno) {
		v.Errno, v.Text = int(errno), errno.Error()
	}
	if late(err) || c.ctx.Err() != nil {
		v.Why, v.Text = talk.ConnectTimeout, "" // compat: the handshake is part of the connection
	}
	return nil, v, false
}

// talk holds the conversation.
func (c carrier) talk(conn net.Conn, chance uint64) talk.Verdict {
	say, done := c.call.Talk.Open(chance)
	var buffer []byte
	for !done {
		c.patience(conn)
		if len(say) > 0 {
			if _, err := conn.Write(say); err != nil {
				return talk.Verdict{Why: talk.SendFailed, Code: -1, Declared: -1, Errno: errnoOf(err)}
			}
		}
		if buffer == nil {
			buffer = make([]byte, carrierBuffer)
		}
		n, err := conn.Read(buffer)
		if n > 0 {
			if say, done = c.call.Talk.Hear(buffer[:n], talk.End{}); done {
				break
			}
		}
		if err != nil {
			say, done = c.call.Talk.Hear(nil, c.ending(err))
		}
	}
	return c.call.Talk.Verdict()
}

// ending tells what an error of reading means.
func (c carrier) ending(err error) talk.End {
	switch {
	case errors.Is(err, io.EOF):
		return talk.End{Kind: talk.Closed}
	case late(err), c.ctx.Err() != nil:
		return talk.End{Kind: talk.Silence}
	}
	return talk.End{Kind: talk.Failed, Errno: errnoOf(err)}
}

func errnoOf(err error) int {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return int(errno)
	}
	return int(unix.EPROTO) // what TLS makes of it
}
