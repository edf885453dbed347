package bus

import (
	"io"
	"os"
	"sync"
)

// pipeDepth is how many messages wait in an in-memory pipe before Send refuses; a socket pair's
// default buffer holds about as many short ones.
const pipeDepth = 256

// Pipe returns the two ends of a bus inside one process. What is sent goes through the same encoding
// as between processes, so that --single cannot carry what a socket pair would refuse.
func Pipe() (Conn, Conn) {
	a, b := newHalf(), newHalf()
	return &pipeConn{in: a, out: b}, &pipeConn{in: b, out: a}
}

// half is one direction of a Pipe. The channel is never closed: done marks and gone marks are separate,
// so that a Send that races with a Close cannot panic.
type half struct {
	packets    chan []byte
	noReader   chan struct{}
	noWriter   chan struct{}
	readerOnce sync.Once
	writerOnce sync.Once
}

func newHalf() *half {
	return &half{
		packets:  make(chan []byte, pipeDepth),
		noReader: make(chan struct{}),
		noWriter: make(chan struct{}),
	}
}

type pipeConn struct{ in, out *half }

func (c *pipeConn) Send(m Msg) error {
	p, err := Encode(m)
	if err != nil {
		return err
	}
	switch {
	case isClosed(c.out.noWriter):
		return os.ErrClosed
	case isClosed(c.out.noReader):
		return io.ErrClosedPipe
	}
	select {
	case c.out.packets <- p:
		return nil
	default:
		return ErrFull
	}
}

func (c *pipeConn) Recv() (Msg, error) {
	if isClosed(c.in.noReader) {
		return Msg{}, os.ErrClosed
	}
	select {
	case p := <-c.in.packets:
		return Decode(p)
	case <-c.in.noReader:
		return Msg{}, os.ErrClosed
	case <-c.in.noWriter:
	}
	// The writer is gone, but what it had sent before still counts.
	select {
	case p := <-c.in.packets:
		return Decode(p)
	default:
		return Msg{}, io.EOF
	}
}

func (c *pipeConn) Close() error {
	c.in.readerOnce.Do(func() { close(c.in.noReader) })
	c.out.writerOnce.Do(func() { close(c.out.noWriter) })
	return nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
