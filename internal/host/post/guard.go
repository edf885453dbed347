package post

import (
	"errors"
	"net"
	"time"
)

// replyMax is how many bytes a server may say to one command.
const replyMax = 64 << 10

// errVerbose says that a server said more than that.
var errVerbose = errors.New("the reply has no end")

// guarded is a connection whose other side has so long, and so many bytes, for each reply: a server that drips gains no time, and one
// that floods no memory.
type guarded struct {
	net.Conn
	patience time.Duration
	end      time.Time // of the whole conversation
	budget   int
}

func guard(c net.Conn, patience time.Duration, end time.Time) *guarded {
	g := &guarded{Conn: c, patience: patience, end: end}
	g.allow()
	return g
}

// allow begins a new reply.
func (g *guarded) allow() {
	g.budget = replyMax
	until := time.Now().Add(g.patience)
	if g.end.Before(until) {
		until = g.end
	}
	_ = g.SetDeadline(until) // of a connection that is closed, reading says it
}

func (g *guarded) Write(b []byte) (int, error) {
	g.allow()
	return g.Conn.Write(b)
}

func (g *guarded) Read(b []byte) (int, error) {
	if g.budget <= 0 {
		return 0, errVerbose
	}
	n, err := g.Conn.Read(b[:min(len(b), g.budget)])
	g.budget -= n
	return n, err
}
