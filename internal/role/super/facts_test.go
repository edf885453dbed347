package super

import (
	"syscall"
	"testing"
	"time"

	"holdfast/internal/role/bus"
)

func (l *part) told(subject, text string) {
	l.t.Helper()
	if m := l.hears(bus.Fact); m.Subject != subject || m.Text != text {
		l.t.Errorf("heard that %q is %q, want %q is %q", m.Subject, m.Text, subject, text)
	}
}

// What a role has said outlives it.
func TestFactsOutliveTheirRole(t *testing.T) {
	rehearse(t, func(c *company) {
		one := c.atWork(1)
		c.reload("duet")
		one.prepares()
		one.hears(bus.Commit)
		one.say(bus.Msg{Kind: bus.Fact, Subject: "a", Text: "up"})
		one.say(bus.Msg{Kind: bus.Committed, Gen: 2})
		one.crash()
		c.saidTimes("has told others (1 subjects) holds", 1)
		c.pass(time.Second)
		one = c.nth(3)
		one.say(bus.Msg{Kind: bus.Ready})
		one.silent() // what it said itself it is not told
		one.exit(end{})
	})
}

// What one role says the other hears, also one that comes to life later.
func TestFactsArePassedOn(t *testing.T) {
	rehearse(t, func(c *company) {
		one := c.atWork(1)
		c.reload("duet")
		one.prepares()
		one.hears(bus.Commit)
		two := c.nth(2)
		one.say(bus.Msg{Kind: bus.Fact, Subject: "b", Text: "up"})
		one.say(bus.Msg{Kind: bus.Fact, Subject: "a", Text: "down"})
		two.say(bus.Msg{Kind: bus.Ready})
		two.told("a", "down")
		two.told("b", "up")
		two.say(bus.Msg{Kind: bus.Fact, Subject: "c", Text: "MASTER"})
		one.told("c", "MASTER")
		one.say(bus.Msg{Kind: bus.Fact, Subject: "a", Text: "up"})
		two.told("a", "up")
		two.crash()
		one.say(bus.Msg{Kind: bus.Committed, Gen: 2})
		one.say(bus.Msg{Kind: bus.Fact, Subject: "a", Text: "down"})
		c.pass(time.Second)
		two = c.nth(3)
		two.say(bus.Msg{Kind: bus.Ready})
		two.told("a", "down")
		two.told("b", "up")
	})
}

// What a role leaves to its next life outlives a crash, is told to nobody else, and is forgotten when a life has ended by itself.
func TestLegacyIsForTheNextLife(t *testing.T) {
	rehearse(t, func(c *company) {
		one := c.atWork(1)
		c.reload("duet")
		one.prepares()
		one.hears(bus.Commit)
		two := c.nth(2)
		two.say(bus.Msg{Kind: bus.Ready})
		one.say(bus.Msg{Kind: bus.Committed, Gen: 2})
		one.say(bus.Msg{Kind: bus.Fact, Subject: bus.Legacy, Text: "it was 5"})
		one.say(bus.Msg{Kind: bus.Fact, Subject: bus.Legacy, Text: "it was 7"})
		one.say(bus.Msg{Kind: bus.Fact, Subject: "a", Text: "up"})
		two.told("a", "up") // and nothing before
		one.crash()
		c.pass(time.Second)
		if one = c.nth(3); one.legacy != "it was 7" || two.legacy != "" {
			t.Errorf("the next life hears %q, the other role's %q", one.legacy, two.legacy)
		}
		one.say(bus.Msg{Kind: bus.Ready})
		one.exit(end{})
		c.pass(time.Minute)
		if one = c.nth(4); one.legacy != "" {
			t.Errorf("after an orderly end there is left %q", one.legacy)
		}
		one.say(bus.Msg{Kind: bus.Ready})
		one.say(bus.Msg{Kind: bus.Fact, Subject: bus.Legacy, Text: "it was 9"})
		one.crash()
		c.signal(syscall.SIGTERM)
		if last := c.nth(5); !last.last || last.legacy != "it was 9" {
			t.Errorf("the farewell: %t, hears %q", last.last, last.legacy)
		}
	})
}
