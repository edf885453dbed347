package bus

import (
	"errors"
	"strings"
	"sync"
	"time"
)

// Facts carries facts over a bus: what its owner knows and others go by. Tell never waits. Of each subject only the last word is kept
// until it can be sent, so that an end that does not read for a while costs no more memory and hears in the end how things are.
type Facts struct {
	send func(Msg) error

	mu    sync.Mutex
	order []string          // subjects whose word is still to be sent
	words map[string]string // of those in order
	ready chan struct{}     // holds a token while there may be something
	quit  chan struct{}
	once  sync.Once
	done  chan struct{}
}

// Subjects of facts are named by what they are about. The state of an instance is a vrrp.State's name; a virtual server, named as
// conf.VirtualServer.Name does, is Up or Down.
const (
	instancePrefix = "instance "
	servicePrefix  = "virtual_server "

	Up   = "up"   // it has its quorum
	Down = "down" // it has lost it
)

// Legacy is the subject of what a role's next life has to know if this one crashes. The parent keeps it for that life and tells it to
// nobody else; whoever says it knows what it means.
const Legacy = "legacy"

// OfInstance is the subject of an instance's state.
func OfInstance(name string) string { return instancePrefix + name }

// Instance is the name that a subject was made of by OfInstance.
func Instance(subject string) (name string, ok bool) {
	return strings.CutPrefix(subject, instancePrefix)
}

// OfService is the subject of a virtual server's quorum.
func OfService(name string) string { return servicePrefix + name }

// Service is the name that a subject was made of by OfService.
func Service(subject string) (name string, ok bool) { return strings.CutPrefix(subject, servicePrefix) }

// fullPause is how long to wait for an end that does not read.
const fullPause = 50 * time.Millisecond

// NewFacts begins to carry facts by send, which is a Conn's. Close ends it.
func NewFacts(send func(Msg) error) *Facts {
	f := &Facts{
		send: send, words: make(map[string]string), ready: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	go f.run()
	return f
}

// Tell says how a subject stands.
func (f *Facts) Tell(subject, text string) {
	f.mu.Lock()
	if _, waits := f.words[subject]; !waits {
		f.order = append(f.order, subject)
	}
	f.words[subject] = text
	f.mu.Unlock()
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

// Close ends it; what has not been sent is lost.
func (f *Facts) Close() {
	f.once.Do(func() { close(f.quit) })
	<-f.done
}

func (f *Facts) run() {
	defer close(f.done)
	for {
		select {
		case <-f.ready:
		case <-f.quit:
			return
		}
		for m, ok := f.next(); ok; m, ok = f.next() {
			switch err := f.send(m); {
			case errors.Is(err, ErrFull):
				f.restore(m)
				if !f.rest() {
					return
				}
			case errors.Is(err, ErrTooBig): // the subject's name is longer than any message: nobody hears of it
			case err != nil:
				return // nobody is there any more
			}
		}
	}
}

func (f *Facts) next() (m Msg, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.order) == 0 {
		return Msg{}, false
	}
	subject := f.order[0]
	f.order = f.order[1:]
	m = Msg{Kind: Fact, Subject: subject, Text: f.words[subject]}
	delete(f.words, subject)
	return m, true
}

// restore puts back what could not be sent, unless there is a newer word.
func (f *Facts) restore(m Msg) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, newer := f.words[m.Subject]; !newer {
		f.words[m.Subject] = m.Text
		f.order = append([]string{m.Subject}, f.order...)
	}
}

func (f *Facts) rest() bool {
	t := time.NewTimer(fullPause)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-f.quit:
		return false
	}
}
