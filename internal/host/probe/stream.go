package probe

import (
	"errors"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// readsPerTurn bounds what one attempt may read before others get their turn.
const readsPerTurn = 2

// readyStream goes on with a connection.
func (p *Prober) readyStream(a *attempt, events uint32) {
	if !a.connected {
		if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
			if errno, err := unix.GetsockoptInt(a.fd, unix.SOL_SOCKET, unix.SO_ERROR); err == nil && errno != 0 {
				p.refused(a, unix.Errno(errno))
				return
			}
		}
		if events&(unix.EPOLLOUT|unix.EPOLLHUP) == 0 || p.speak(a) {
			return
		}
	} else if events&unix.EPOLLOUT != 0 && len(a.unsent) > 0 {
		n := p.write(a, a.unsent)
		if a.call == nil {
			return
		}
		a.unsent = a.unsent[:copy(a.unsent, a.unsent[n:])]
	}
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		p.hearStream(a, events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0)
	}
}

// refused ends an attempt whose connection failed. A reset came after the connection was there: it cuts the conversation short, where
// there is one to hold.
func (p *Prober) refused(a *attempt, errno unix.Errno) {
	if errno == unix.ECONNRESET {
		if _, done := a.call.Talk.Open(p.chance.Uint64()); !done {
			p.end(a, talk.End{Kind: talk.Failed, Errno: int(errno)})
			return
		}
	}
	p.finishWhy(a, talk.ConnectFailed, errno)
}

// speak begins the conversation over the connection that is there now, and reports whether it is over.
func (p *Prober) speak(a *attempt) bool {
	a.connected = true
	say, done := a.call.Talk.Open(p.chance.Uint64())
	if done {
		p.finish(a, a.call.Talk.Verdict())
		return true
	}
	p.patience(a)
	return p.say(a, say)
}

// patience starts the timeout anew.
func (p *Prober) patience(a *attempt) { p.heap.set(a, min(p.now+int64(a.call.Timeout), a.limit)) }

// say sends b, or keeps what there is no room for; it reports whether that ended the attempt.
func (p *Prober) say(a *attempt, b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if len(a.unsent) == 0 {
		b = b[p.write(a, b):]
	}
	if a.call == nil {
		return true
	}
	a.unsent = append(a.unsent, b...)
	return false
}

// write sends what there is room for. An error ends the attempt.
func (p *Prober) write(a *attempt, b []byte) int {
	for {
		n, err := send(a.fd, b)
		switch {
		case err == nil:
			return n
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return 0
		default:
			p.finishWhy(a, talk.SendFailed, err)
			return 0
		}
	}
}

// hearStream reads what there is. ended says that the server may have closed: then it is read until that is seen.
func (p *Prober) hearStream(a *attempt, ended bool) {
	for range readsPerTurn {
		n, err := p.read(a.fd)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil:
			p.end(a, talk.End{Kind: talk.Failed, Errno: number(err)})
			return
		case n == 0:
			p.end(a, talk.End{Kind: talk.Closed})
			return
		}
		say, done := a.call.Talk.Hear(p.buffer[:n], talk.End{})
		if done {
			p.finish(a, a.call.Talk.Verdict())
			return
		}
		if p.say(a, say) {
			return
		}
		p.patience(a)
		p.bulk = p.bulk || n == len(p.buffer)
		if n < len(p.buffer) && !ended {
			return // the next byte is a new event
		}
	}
	p.later(a)
}

// end tells the talk why no more comes.
func (p *Prober) end(a *attempt, end talk.End) {
	a.call.Talk.Hear(nil, end)
	p.finish(a, a.call.Talk.Verdict())
}
