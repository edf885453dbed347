package scene

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// server is one server of the test's own.
type server struct {
	name, kind, addr string

	tell   func(kind, text string) // of what is worth a line of the record
	seen   atomic.Int64            // conversations or datagrams so far
	mu     sync.Mutex
	how    map[string]string
	closer func()
}

func (v *server) get(key, usual string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.how[key]; ok {
		return s
	}
	return usual
}

func (v *server) set(key, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.how == nil {
		v.how = map[string]string{}
	}
	v.how[key] = value
}

func (v *server) unset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.how = nil
}

// Kinds of servers, with what can be set of them.
var kinds = map[string]func(*server, net.Conn){
	"tcp":   func(*server, net.Conn) {},
	"http":  (*server).http, // status, body, length, delay, raw, hostile
	"https": (*server).http,
	"smtp":  (*server).smtp, // banner, helo, quit, hostile
	"mail":  (*server).mail, // a mail server that records what it gets: banner, rcpt, hostile
}

// datagrams are the kinds that answer one datagram with one.
var datagrams = map[string]func(*server, []byte) []byte{
	"dns": (*server).dns, // rcode, silent, badid, noqr
	"udp": (*server).udp, // reply, silent
}

// open begins to listen. It is called in the server's namespace.
func (v *server) open() error {
	if answer := datagrams[v.kind]; answer != nil {
		return v.openPacket(answer)
	}
	talk := kinds[v.kind]
	if talk == nil {
		return fmt.Errorf("no server is of kind %q", v.kind)
	}
	l, err := net.Listen("tcp", v.addr)
	if err != nil {
		return err
	}
	if v.kind == "https" {
		cert, err := Certificate()
		if err != nil {
			return err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	open := newConns()
	v.closer = func() { l.Close(); open.drain(time.Second) }
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.add(c)
			go func() {
				_ = c.SetDeadline(time.Now().Add(5 * time.Minute))
				if !v.hostile(c) {
					talk(v, c)
				}
				open.remove(c)
				v.seen.Add(1)
			}()
		}
	}()
	return nil
}

func (v *server) openPacket(answer func(*server, []byte) []byte) error {
	p, err := net.ListenPacket("udp", v.addr)
	if err != nil {
		return err
	}
	v.closer = func() { p.Close() }
	go func() {
		b := make([]byte, 64<<10)
		for {
			n, from, err := p.ReadFrom(b)
			if err != nil {
				return
			}
			if reply := answer(v, b[:n]); reply != nil && v.get("silent", "") == "" {
				_, _ = p.WriteTo(reply, from)
			}
			v.seen.Add(1)
		}
	}()
	return nil
}

func (v *server) close() {
	if v.closer != nil {
		v.closer()
		v.closer = nil
	}
}

// conns are the connections that are open.
type conns struct {
	mu    sync.Mutex
	all   map[net.Conn]bool
	fewer chan struct{} // holds something when one was closed
}

func newConns() *conns { return &conns{all: map[net.Conn]bool{}, fewer: make(chan struct{}, 1)} }

func (s *conns) add(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[c] = true
}

func (s *conns) remove(c net.Conn) {
	c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, c)
	select {
	case s.fewer <- struct{}{}:
	default:
	}
}

// drain lets conversations come to their end, and cuts off those that do not in time: a check that has begun before its server
// dies would otherwise fail in one way or another, as it happens.
func (s *conns) drain(limit time.Duration) {
	end := time.After(limit)
	for late := false; !late && s.count() > 0; {
		select {
		case <-s.fewer:
		case <-end:
			late = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.all {
		c.Close()
	}
}

func (s *conns) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// unescape lets a setting say \r and \n.
func unescape(s string) string {
	return strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\0`, "\x00").Replace(s)
}
