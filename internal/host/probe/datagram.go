package probe

import (
	"errors"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// datagramsPerTurn bounds what one attempt may hear before others get their turn.
const datagramsPerTurn = 32

// beginDatagrams sends the first datagram and listens.
func (p *Prober) beginDatagrams(a *attempt) {
	to := a.call.To
	addr := p.address.of(to.Addr(), to.Port(), to.Addr().Is4() || to.Addr().Is4In6())
	if a.call.Network == talk.Datagram {
		// Only a connected socket hears that nobody listens, and hears nobody else.
		if err := unix.Connect(a.fd, addr); err != nil {
			p.finishWhy(a, talk.ConnectFailed, err)
			return
		}
		addr = nil
	}
	say, done := a.call.Talk.Open(p.chance.Uint64())
	if done {
		p.finish(a, a.call.Talk.Verdict())
		return
	}
	if _, err := unix.SendmsgN(a.fd, say, nil, addr, unix.MSG_NOSIGNAL); err != nil && !errors.Is(err, unix.EAGAIN) {
		p.finishWhy(a, talk.SendFailed, err)
		return
	}
	if err := p.watch(a.fd, unix.EPOLLIN|unix.EPOLLET, a.token()); err != nil {
		p.notTried(a, setup(StepWatch, "", err))
	}
}

// hearDatagrams hears the datagrams that are there. The timeout is not started anew by them.
func (p *Prober) hearDatagrams(a *attempt) {
	for range datagramsPerTurn {
		n, err := unix.Read(a.fd, p.buffer[:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil:
			p.end(a, talk.End{Kind: talk.Failed, Errno: number(err)})
			return
		}
		if _, done := a.call.Talk.Hear(p.buffer[:n], talk.End{}); done {
			p.finish(a, a.call.Talk.Verdict())
			return
		}
	}
	p.later(a)
}
