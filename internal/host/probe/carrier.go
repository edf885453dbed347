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
	"unicode"
	"unicode/utf8"

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
		j.result = c.refused(err, j.chance)
		return
	}
	defer func() { _ = conn.Close() }()
	// A cancelled conversation ends at once.
	stop := context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	defer stop()
	if c.call.TLS == nil {
		j.result.Verdict = c.talk(conn, j.chance)
		return
	}
	secured, verdict, ok := c.handshake(conn)
	if ok {
		soon := verdict.Expiry
		verdict = c.talk(secured, j.chance)
		verdict.Expiry = soon
		if c.call.TLS.CloseNotify {
			_ = secured.CloseWrite()
		}
	}
	j.result.Verdict = verdict
}

func (c carrier) dial() (net.Conn, error) {
	var fault *SetupError
	to := c.call.To.Addr()
	v4 := to.Is4() || to.Is4In6()
	if from := c.call.From; from.IsValid() && (from.Is4() || from.Is4In6()) != v4 {
		return nil, setup(StepBind, "", unix.EAFNOSUPPORT)
	}
	d := net.Dialer{
		Timeout: c.call.Timeout, KeepAlive: -1, FallbackDelay: -1,
		Control: func(_, _ string, raw syscall.RawConn) error {
			err := raw.Control(func(fd uintptr) {
				fault = prepare(int(fd), c.call, v4)
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

// refused is the result of an attempt without a connection: the same as the loop's, in begin and refused.
func (c carrier) refused(err error, chance uint64) Result {
	if fault, is := errors.AsType[*SetupError](err); is {
		return Result{Kind: NotTried, Err: fault}
	}
	to := c.call.To.Addr()
	call, _ := errors.AsType[*os.SyscallError](err)
	errno, _ := errors.AsType[unix.Errno](err)
	switch {
	case call != nil && call.Syscall == "socket":
		return Result{Kind: NotTried, Err: &SetupError{Step: StepSocket, Errno: errno}}
	case call != nil && call.Syscall == "bind", errno == unix.EADDRNOTAVAIL && (to.Is4() || to.Is4In6()):
		return Result{Kind: NotTried, Err: &SetupError{Step: StepBind, Errno: errno}}
	case late(err):
		return Result{Verdict: talk.Verdict{Why: talk.ConnectTimeout, Code: -1, Declared: -1}}
	case errno == unix.ECONNRESET && c.call.TLS == nil:
		if _, done := c.call.Talk.Open(chance); !done {
			c.call.Talk.Hear(nil, talk.End{Kind: talk.Failed, Errno: int(errno)})
			return Result{Verdict: c.call.Talk.Verdict()}
		}
	}
	return Result{Verdict: talk.Verdict{Why: talk.ConnectFailed, Code: -1, Declared: -1, Errno: int(errno)}}
}

// late reports whether our own time was over. That the kernel's was (ETIMEDOUT) is an error of the connection like others.
func late(err error) bool {
	if _, kernel := errors.AsType[unix.Errno](err); kernel {
		return false
	}
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// over reports whether it was our own time that ended a step.
func (c carrier) over(err error) bool { return late(err) || c.ctx.Err() != nil }

// patience sets the deadline of the next step.
func (c carrier) patience(conn net.Conn) {
	at := time.Now().Add(c.call.Timeout)
	if end, ok := c.ctx.Deadline(); ok && end.Before(at) {
		at = end
	}
	_ = conn.SetDeadline(at)
}

// handshake gives the connection inside TLS, and of the certificate what a verdict has; or, if it is not ok, the verdict.
func (c carrier) handshake(conn net.Conn) (_ *tls.Conn, v talk.Verdict, ok bool) {
	v = talk.Verdict{Why: talk.TLSFailed, Code: -1, Declared: -1}
	config, err := c.tls.config(c.call)
	if err != nil {
		v.Text = plain(err)
		return nil, v, false
	}
	secured := tls.Client(conn, config)
	c.patience(conn)
	switch err = secured.HandshakeContext(c.ctx); {
	case err == nil:
		state := secured.ConnectionState()
		if want := c.call.TLS.Protocol; state.NegotiatedProtocol != want && want != "" {
			v.Text = "the server does not speak " + want
			return nil, v, false
		}
		v.Expiry = expiry(c.call.TLS, &state, time.Now())
		v.Why = talk.Expiring
		return secured, v, v.Expiry == nil || !c.call.TLS.ExpiresBad
	case c.over(err):
		v.Why = talk.ConnectTimeout // compat: the handshake is part of the connection
	default:
		v.Text = plain(err)
		if errno, is := errors.AsType[unix.Errno](err); is {
			v.Errno, v.Text = int(errno), errno.Error()
		}
	}
	return nil, v, false
}

// plain gives the words of an error of TLS without the library's own prefixes, with what servers can put into it made harmless.
func plain(err error) string {
	const most = 300
	text := err.Error()
	for _, prefix := range []string{"probe: ", "tls: ", "failed to verify certificate: ", "x509: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text[:min(len(text), most)])
	return text
}

// talk holds the conversation.
func (c carrier) talk(conn net.Conn, chance uint64) talk.Verdict {
	say, done := c.call.Talk.Open(chance)
	var buffer []byte
	for !done {
		c.patience(conn)
		if len(say) > 0 {
			if _, err := conn.Write(say); err != nil {
				if !c.over(err) {
					return talk.Verdict{Why: talk.SendFailed, Code: -1, Declared: -1, Errno: errnoOf(err)}
				}
				c.call.Talk.Hear(nil, talk.End{Kind: talk.Silence}) // it does not read either
				break
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
			if v, is := c.alerted(err); is {
				return v
			}
			say, done = c.call.Talk.Hear(nil, c.ending(err))
		}
	}
	return c.call.Talk.Verdict()
}

// alerted is the verdict if the server has refused a certificate of ours that it asked for: with TLS 1.3 that comes after the handshake.
func (c carrier) alerted(err error) (v talk.Verdict, is bool) {
	op, is := errors.AsType[*net.OpError](err)
	if !is || op.Op != "remote error" || c.call.TLS == nil || c.call.TLS.Files.Certificate == "" {
		return v, false
	}
	return talk.Verdict{Why: talk.TLSFailed, Code: -1, Declared: -1, Text: plain(err)}, true
}

// ending tells what an error of reading means.
func (c carrier) ending(err error) talk.End {
	switch {
	case errors.Is(err, io.EOF):
		return talk.End{Kind: talk.Closed}
	case c.over(err):
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
