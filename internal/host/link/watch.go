package link

import (
	"context"
	"errors"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
)

// Watch calls tell for every change of a link or an address until ctx ends, and then returns nil. Its
// first call is a Resync, made once it listens: who reads everything on Resync misses nothing. Further
// Resyncs follow whenever the kernel had to drop notifications. tell runs on Watch's goroutine, one call
// at a time; the kernel queues while it does.
//
// The kernel reports a link that leaves for another namespace as gone, and one that arrives as new.
func (c *Conn) Watch(ctx context.Context, tell func(table.Update)) error {
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{NetNS: c.opts.NetNS})
	if err != nil {
		return fmt.Errorf("link: watch: %w", err)
	}
	defer conn.Close() //nolint:errcheck // closed by the end of ctx, as a rule
	if err := growBuffer(conn, c.opts.ReceiveBuffer); err != nil {
		return fmt.Errorf("link: watch: %w", err)
	}
	for _, g := range []uint32{unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR} {
		if err := conn.JoinGroup(g); err != nil {
			return fmt.Errorf("link: watch: %w", err)
		}
	}
	news, err := newMailbag(conn)
	if err != nil {
		return fmt.Errorf("link: watch: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	tell(table.Update{Kind: table.Resync})
	for {
		err := news.receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ENOBUFS):
			tell(table.Update{Kind: table.Resync})
		case err != nil:
			return fmt.Errorf("link: watch: %w", err)
		}
		for b := range news.datagrams {
			tellAll(b, tell)
		}
	}
}

// tellAll tells of every notification in a datagram. A datagram that cannot be read, nil among them, becomes a Resync.
func tellAll(b []byte, tell func(table.Update)) {
	if b == nil {
		tell(table.Update{Kind: table.Resync})
	}
	for len(b) > 0 {
		var m message
		var err error
		if m, b, err = next(b); err != nil {
			tell(table.Update{Kind: table.Resync})
			return
		}
		if u, ok := parseUpdate(m); ok {
			tell(u)
		}
	}
}

// parseUpdate turns a notification into an update. One that cannot be read becomes a Resync.
func parseUpdate(m message) (u table.Update, ok bool) {
	var err error
	switch m.kind {
	case unix.RTM_NEWLINK:
		u.Kind = table.LinkIs
		u.Link, ok, err = parseLink(m.body)
	case unix.RTM_DELLINK:
		u.Kind = table.LinkGone
		u.Link, ok, err = parseLink(m.body)
	case unix.RTM_NEWADDR:
		u.Kind = table.AddrIs
		u.Addr, ok, err = parseAddr(m.body)
	case unix.RTM_DELADDR:
		u.Kind = table.AddrGone
		u.Addr, ok, err = parseAddr(m.body)
	}
	if err != nil {
		return table.Update{Kind: table.Resync}, true
	}
	return u, ok
}
