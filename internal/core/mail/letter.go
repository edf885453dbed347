package mail

import (
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/vrrp"
)

// Letter is one alert. Its subject is without the router's id, its body without decoration: they come with Settings.
type Letter struct {
	At      time.Time
	Subject string
	Body    string
}

// How much of a subject, with the router's id, and of a body is mailed, in bytes: each fits on a line. compat: the former is keepalived's.
const (
	subjectMax = 255
	bodyMax    = 900
)

// Cut returns the letter with no more of its words than is mailed, so that what waits has a bound.
func (l Letter) Cut() Letter {
	l.Subject, l.Body = cut(l.Subject, subjectMax), cut(l.Body, bodyMax)
	return l
}

// cut shortens a text to so many bytes, between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most])
}

// Instance words that a VRRP instance has entered a state; vrrp.Init is its end.
func Instance(at time.Time, name string, s vrrp.State) Letter {
	l := Letter{at, "VRRP Instance " + name + entering(s), "VRRP Instance is no longer owning VRRP VIPs"}
	switch s {
	case vrrp.Master:
		l.Body = "VRRP Instance is now owning VRRP VIPs"
	case vrrp.Init:
		l.Body = "VRRP Instance stopping"
	}
	return l
}

// Deleted words that a reload has removed an instance that says notify_deleted.
func Deleted(at time.Time, name string) Letter {
	return Letter{at, "VRRP Instance " + name + " - Deleted", "VRRP Deleted at reload"}
}

// Group words that all members of a sync group have entered a state.
func Group(at time.Time, name string, s vrrp.State) Letter {
	body := "All VRRP group instances are now in " + s.String() + " state"
	if s == vrrp.Init {
		body = "All VRRP group instances are now stopping"
	}
	return Letter{at, "VRRP Group " + name + entering(s), body}
}

func entering(s vrrp.State) string {
	if s == vrrp.Init {
		return " - Stopping"
	}
	return " - Entering " + s.String() + " state"
}

// RealServer words that a real server of a virtual server, both as the log names them, is up or down, or still so, because of why.
func RealServer(at time.Time, rs, vs string, up bool, why string) Letter {
	return Letter{at, "Realserver " + rs + " of virtual server " + vs + upDown(up), why}
}

// VirtualServer words that a virtual server has gained or lost its quorum.
func VirtualServer(at time.Time, vs string, up bool, why string) Letter {
	return Letter{at, "Virtualserver " + vs + upDown(up), why}
}

func upDown(up bool) string {
	if up {
		return " - UP"
	}
	return " - DOWN"
}
