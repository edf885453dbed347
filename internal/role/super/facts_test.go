package super

import (
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
