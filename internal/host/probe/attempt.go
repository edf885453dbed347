package probe

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
)

// attempt is one conversation under way. It is used again once it is over.
type attempt struct {
	id   ID
	call *talk.Call

	slot, life uint32 // life counts the attempts of the slot, so that an event of an earlier one is known
	fd         int
	connected  bool
	waiting    bool   // is in Prober.again
	unsent     []byte // what the socket had no room for
	started    int64
	limit      int64
	deadline   int64
	place      int  // in the heap
	job        *job // of the goroutine that carries it; nil: the loop does
}

// longest is how long an attempt with this timeout may take.
func (p *Prober) longest(timeout time.Duration) time.Duration {
	if p.opts.Longest > 0 {
		return p.opts.Longest
	}
	return max(time.Minute, 10*timeout)
}

func (p *Prober) newAttempt(id ID, call *talk.Call) *attempt {
	var a *attempt
	if n := len(p.free); n > 0 {
		a, p.free = p.free[n-1], p.free[:n-1]
	} else {
		a = &attempt{slot: uint32(len(p.slots)), fd: -1, place: noPlace}
		p.slots = append(p.slots, a)
	}
	a.id, a.call, a.started = id, call, p.now
	a.limit = p.now + int64(p.longest(call.Timeout))
	p.byID[id] = a
	return a
}

// release ends an attempt, whatever its state.
func (p *Prober) release(a *attempt) {
	if a.fd >= 0 {
		closeRaw(a.fd) // this takes it out of the epoll set too
	}
	p.heap.remove(a)
	delete(p.byID, a.id)
	*a = attempt{slot: a.slot, life: a.life + 1, fd: -1, place: noPlace, waiting: a.waiting, unsent: a.unsent[:0]}
	if !a.waiting { // else goOn gives it back
		p.free = append(p.free, a)
	}
}

func (a *attempt) token() uint64 { return uint64(a.life)<<32 | uint64(a.slot) }

// finish ends an attempt with a verdict.
func (p *Prober) finish(a *attempt, v talk.Verdict) {
	p.done = append(p.done, Result{ID: a.id, Kind: Answered, Verdict: v, Took: time.Duration(p.now - a.started)})
	p.release(a)
}

func (p *Prober) finishWhy(a *attempt, why talk.Why, err error) {
	p.finish(a, talk.Verdict{Why: why, Code: -1, Declared: -1, Errno: number(err)})
}

// number gives the error number of a system call, 0 for none. errors.As would allocate.
func number(err error) int {
	errno, _ := err.(unix.Errno) //nolint:errorlint // x/sys returns it bare
	return int(errno)
}

func (p *Prober) notTried(a *attempt, fault *SetupError) {
	p.done = append(p.done, Result{ID: a.id, Kind: NotTried, Err: fault})
	p.release(a)
}

// begin makes the socket and the first step.
func (p *Prober) begin(a *attempt) {
	fd, fault := p.open(a.call)
	if fault != nil {
		p.notTried(a, fault)
		return
	}
	a.fd = fd
	p.heap.set(a, p.now+int64(a.call.Timeout))
	if a.call.Network != talk.Stream {
		p.beginDatagrams(a)
		return
	}
	to := a.call.To
	v4 := to.Addr().Is4() || to.Addr().Is4In6()
	switch err := p.connect(fd, to, v4); {
	case err == nil:
		if p.speak(a) {
			return
		}
	case v4 && errors.Is(err, unix.EADDRNOTAVAIL):
		// No port is left here, which is not the server's fault. With IPv6 it may also be that nothing leads there.
		p.notTried(a, setup(StepBind, "", err))
		return
	case !errors.Is(err, unix.EINPROGRESS):
		p.finishWhy(a, talk.ConnectFailed, err)
		return
	}
	// Edge triggered and once for all: nothing has to be changed when the connection is there.
	if err := p.watch(fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP|unix.EPOLLET, a.token()); err != nil {
		p.notTried(a, setup(StepWatch, "", err))
	}
}

// ready goes on with the attempt of token.
func (p *Prober) ready(token uint64, events uint32) {
	slot, life := uint32(token), uint32(token>>32)
	if int(slot) >= len(p.slots) || p.slots[slot].life != life || p.slots[slot].call == nil {
		return
	}
	a := p.slots[slot]
	if a.call.Network != talk.Stream {
		p.hearDatagrams(a)
		return
	}
	p.readyStream(a, events)
}

// later has a go on reading once the others had their turn.
func (p *Prober) later(a *attempt) {
	if !a.waiting {
		a.waiting = true
		p.again = append(p.again, a)
	}
}

// goOn reads on where one turn was not enough.
func (p *Prober) goOn() {
	list := p.again
	p.again = p.spare[:0]
	for _, a := range list {
		a.waiting = false
		switch {
		case a.call == nil: // over
			p.free = append(p.free, a)
		case a.call.Network == talk.Stream:
			p.hearStream(a, true)
		default:
			p.hearDatagrams(a)
		}
	}
	clear(list)
	p.spare = list[:0]
}

// expire ends the waiting of those whose deadline has come.
func (p *Prober) expire() {
	for len(p.heap) > 0 && p.heap[0].deadline <= p.now {
		a := p.heap[0]
		if a.call.Network == talk.Stream && !a.connected {
			p.finishWhy(a, talk.ConnectTimeout, nil)
			continue
		}
		a.call.Talk.Hear(nil, talk.End{Kind: talk.Silence})
		p.finish(a, a.call.Talk.Verdict())
	}
}
