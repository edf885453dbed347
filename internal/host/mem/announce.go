package mem

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/core/table"
	"holdfast/internal/host/neigh"
)

// Announcement is one gratuitous ARP or unsolicited neighbour advertisement that a host made.
type Announcement struct {
	At   time.Time
	Link table.Link // as the caller gave it
	Addr netip.Addr
}

// Announcer announces on a Host, which keeps a record instead of sending frames.
type Announcer struct{ host *Host }

// Announcer returns an announcer for the host's links.
func (h *Host) Announcer() *Announcer { return &Announcer{h} }

// Announce records that a was announced on l, times over. It fails as neigh.Announcer's does, with ENXIO if the host
// has no such link and with ENETDOWN if the link is down.
func (an *Announcer) Announce(l table.Link, a netip.Addr, times int) error {
	if err := neigh.Check(l, a); err != nil {
		return fmt.Errorf("announce %v on %s: %w", a, l.Name, err)
	}
	h := an.host
	h.mu.Lock()
	defer h.mu.Unlock()
	i, ok := h.links[l.Index]
	switch {
	case !ok:
		return fmt.Errorf("announce %v on %s: %w", a, l.Name, unix.ENXIO)
	case i.Flags&unix.IFF_UP == 0:
		return fmt.Errorf("announce %v on %s: %w", a, l.Name, unix.ENETDOWN)
	}
	for range times {
		h.announced = append(h.announced, Announcement{At: time.Now(), Link: l, Addr: a})
	}
	return nil
}

// Close does nothing.
func (an *Announcer) Close() error { return nil }

// Announced returns all announcements made on the host so far, oldest first.
func (h *Host) Announced() []Announcement {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.announced)
}
