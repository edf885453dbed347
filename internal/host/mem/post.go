package mem

import (
	"sync"
	"time"

	"holdfast/internal/core/mail"
)

// Post is a post office in memory, whose letters arrive at once.
type Post struct {
	mu       sync.Mutex
	settings *mail.Settings
	closed   bool
	arrived  [][]byte
}

// Configure says how letters are sent from now on; nil: not at all.
func (p *Post) Configure(s *mail.Settings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settings = s
}

// Send delivers a letter.
func (p *Post) Send(l mail.Letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settings == nil || p.closed {
		return
	}
	s := p.settings.Signed("root", "localhost")
	p.arrived = append(p.arrived, s.Compose(l))
}

// Close has everything that is sent later lost.
func (p *Post) Close(time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// Take returns the header and body of what has arrived since it was asked last.
func (p *Post) Take() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.arrived
	p.arrived = nil
	return list
}
