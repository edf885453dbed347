package crowd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"

	"holdfast/internal/host/netns"
)

// Inside runs f where its sockets shall be: on a thread of some network namespace.
type Inside func(f func() error) error

// Answer is what became of one request.
type Answer struct {
	Began  time.Time
	Ended  time.Time
	Err    error  // nil: the whole page came, with status 200
	Server string // as the page's header of that name says
}

// Get asks for a page over a connection of its own, from a port or from 0, which is any, and waits for all of it, no longer than patience.
func Get(in Inside, port uint16, to netip.AddrPort, path string, patience time.Duration) Answer {
	a := Answer{Began: time.Now()}
	a.Server, a.Err = get(in, port, to, path, a.Began.Add(patience))
	a.Ended = time.Now()
	return a
}

func get(in Inside, port uint16, to netip.AddrPort, path string, deadline time.Time) (server string, err error) {
	c, err := netns.Connect(in, port, to, deadline)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, to); err != nil {
		return "", err
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if _, err = io.Copy(io.Discard, r.Body); err == nil && r.StatusCode != http.StatusOK {
		err = errors.New(r.Status)
	}
	return r.Header.Get("Server"), err
}
