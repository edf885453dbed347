package rig

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"holdfast/internal/host/netns"
)

// webPort is where web servers listen and the client asks.
const webPort = 80

// web is a web server whose pages are all the same.
type web struct {
	server *http.Server
	done   chan struct{}
}

// openWeb listens on every address of the namespace.
func openWeb(s *netns.Space, name, page string) (*web, error) {
	var l net.Listener
	err := s.Do(func() (err error) {
		l, err = net.Listen("tcp4", fmt.Sprintf(":%d", webPort))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lab: web server of %s: %w", name, err)
	}
	w := &web{
		server: &http.Server{
			Handler:           http.HandlerFunc(func(r http.ResponseWriter, _ *http.Request) { fmt.Fprintln(r, page) }),
			ErrorLog:          log.New(io.Discard, "", 0), // of clients that leave in the middle
			ReadHeaderTimeout: 10 * time.Second,
		},
		done: make(chan struct{}),
	}
	go func() {
		defer close(w.done)
		_ = w.server.Serve(l) // it ends when it is closed
	}()
	return w, nil
}

func (w *web) close() {
	_ = w.server.Close()
	<-w.done
}
