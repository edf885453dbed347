package rig

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"holdfast/internal/host/netns"
	"holdfast/internal/lab/record"
)

// asker is the client of web servers: one request each period, to the addresses by turns, over a connection of its own each.
type asker struct {
	space *netns.Space
	box   *inbox
	ips   []netip.Addr
	stopc chan struct{}
	wg    sync.WaitGroup
}

func startAsker(s *netns.Space, box *inbox, ips []netip.Addr, period time.Duration) *asker {
	a := &asker{space: s, box: box, ips: ips, stopc: make(chan struct{})}
	a.wg.Add(1)
	go a.ask(period)
	return a
}

// ask sends. A period that was slept over is left out, not made up for.
func (a *asker) ask(period time.Duration) {
	defer a.wg.Done()
	t := time.NewTicker(period)
	defer t.Stop()
	for seq := 0; ; seq++ {
		select {
		case <-a.stopc:
			return
		case <-t.C:
		}
		a.wg.Add(1)
		go a.one(seq, a.ips[seq%len(a.ips)])
	}
}

// one makes a request and tells how it ended.
func (a *asker) one(seq int, ip netip.Addr) {
	defer a.wg.Done()
	sent := a.box.now()
	by, err := a.fetch(seq, ip)
	at := a.box.now()
	ev := record.Event{At: at, Kind: record.Served, IP: ip, Seq: seq, Took: at - sent, Node: by}
	if err != nil {
		ev.Node, ev.Text = "", why(err)
	}
	a.box.file(ev)
}

// fetch gets a page within the client's patience.
func (a *asker) fetch(seq int, ip netip.Addr) (page string, err error) {
	port := uint16(firstPort + seq%(lastPort-firstPort+1))
	f, err := netns.Connect(a.space.Do, port, netip.AddrPortFrom(ip, webPort), time.Now().Add(record.Patience))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", errors.New("no connection")
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", ip); err != nil {
		return "", err
	}
	r, err := http.ReadResponse(bufio.NewReader(f), nil)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1024))
	if err == nil && r.StatusCode != http.StatusOK {
		err = errors.New(r.Status)
	}
	return strings.TrimSpace(string(body)), err
}

// The client uses its ports in order, so that none comes again for ten minutes. A director's kernel remembers connections for two:
// one from a port that it knows would go to the server of the last time, and if that is out of the table since then, nowhere. The
// kernel's own choice does come again, for it begins anew every ten seconds.
const firstPort, lastPort = 1024, 65535

// why says in a word or two how a request failed.
func why(err error) string {
	var errno syscall.Errno
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer"
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "cut off"
	}
	return err.Error()
}

func (a *asker) stop() {
	close(a.stopc)
	a.wg.Wait()
}
