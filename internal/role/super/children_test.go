package super

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/internal/role/bus"
)

// A reload that has no use for a role whose next life is due later: there is none, until another reload wants it.
func TestDismissedWhileDown(t *testing.T) {
	rehearse(t, func(c *company) {
		c.nth(1).crash()
		c.nth(2).crash() // for a second
		c.reload("")
		c.pass(time.Minute)
		c.nth(2)
		c.reload("play")
		if l := c.nth(3); l.gen != 3 || l.last {
			t.Errorf("the next life begins with generation %d, want 3", l.gen)
		}
	})
}

// The same with a role that may have left something behind: it is given up, and that is all.
func TestDismissedHeirWhileDown(t *testing.T) {
	rehearse(t, func(c *company) {
		c.atWork(2).crash()
		c.reload("")
		l := c.nth(3)
		if !l.last {
			t.Error("what the role held is not given up")
		}
		l.exit(end{})
		c.pass(time.Minute)
		c.nth(3)
	})
}

// A role that dies instead of stopping when a reload has no use for it leaves nothing behind either.
func TestDismissedAndDead(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		c.reload("")
		l.prepares()
		l.hears(bus.Stop)
		l.crash()
		if !c.nth(2).last {
			t.Error("what the role held is not given up")
		}
	})
}

func TestWantedAgainOnItsWayOut(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		c.reload("")
		l.prepares()
		l.hears(bus.Stop)
		c.reload("play")
		l.silent()
		c.nth(1)
		l.exit(end{})
		if next := c.nth(2); next.gen != 3 || next.last {
			t.Errorf("the next life begins with generation %d, want 3", next.gen)
		}
	})
}

// A role that a reload brings begins with the new generation: it is not asked, and nobody waits for it.
func TestARoleThatAReloadBrings(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		c.reload("")
		l.prepares()
		l.hears(bus.Stop)
		l.exit(end{})
		c.reload("play")
		next := c.nth(2)
		if next.gen != 3 {
			t.Errorf("it begins with generation %d, want 3", next.gen)
		}
		c.saidTimes("Reload complete", 2)
		c.signal(syscall.SIGTERM)
		next.hears(bus.Stop) // before anything else
	})
}

// While a farewell lasts there is no other life beside it, however long it takes.
func TestFarewellOutlastsThePause(t *testing.T) {
	rehearse(t, func(c *company) {
		c.atWork(3).crash() // for two seconds, which is too long
		l := c.nth(4)
		if !l.last {
			t.Fatal("what the role held is not given up")
		}
		c.pass(time.Minute)
		c.nth(4)
		l.exit(end{})
		if c.nth(5).last {
			t.Error("a second farewell")
		}
	})
}

// What does no harm stays while a role waits for its next life, however long, and is given up when the daemon ends.
func TestLastingHeritageOutlastsThePause(t *testing.T) {
	rehearse(t, func(c *company) {
		c.opt.Roles[0].Lasting = true
		c.atWork(3).crash()
		c.nth(3)
		c.pass(2 * time.Second)
		l := c.nth(4)
		if l.last {
			t.Fatal("what the role held is given up, though it goes on")
		}
		l.crash()
		c.signal(syscall.SIGTERM)
		if !c.nth(5).last {
			t.Error("what the role held is not given up at the end")
		}
	})
}

// A role whose heritage does no harm is told to stop when the others are gone, or have had half of the time for it.
func TestLastingRolesStopLast(t *testing.T) {
	for name, part := range map[string]func(c *company, first *part){
		"gone":  func(_ *company, first *part) { first.exit(end{}) },
		"tardy": func(c *company, _ *part) { c.pass(defaultWait / 2) },
		"dead": func(c *company, first *part) {
			first.crash()
			c.nth(3).exit(end{}) // who gives up what it held
		},
	} {
		t.Run(name, func(t *testing.T) {
			rehearse(t, func(c *company) {
				first := c.atWork(1)
				c.opt.Roles[1].Lasting = true
				c.reload("duet")
				first.prepares()
				first.hears(bus.Commit)
				lasting := c.nth(2)
				heard := lasting.next()
				c.signal(syscall.SIGTERM)
				first.hears(bus.Stop)
				if len(heard) > 0 {
					t.Fatal("the lasting role is told something before the other is gone")
				}
				part(c, first)
				synctest.Wait()
				if len(heard) == 0 {
					t.Fatal("the lasting role is told nothing")
				}
				if m := <-heard; m.Kind != bus.Stop || c.hasEnded() {
					t.Errorf("the lasting role is told %v; has the parent waited: %v", m.Kind, !c.hasEnded())
				}
			})
		})
	}
}

// What a lasting role held that is down is given up after the others as well.
func TestLastingHeritageIsGivenUpLast(t *testing.T) {
	rehearse(t, func(c *company) {
		first := c.atWork(1)
		c.opt.Roles[1].Lasting = true
		c.reload("duet")
		first.prepares()
		c.nth(2).say(bus.Msg{Kind: bus.Ready})
		c.nth(2).crash()
		c.nth(3).crash() // which makes its next life wait
		c.signal(syscall.SIGTERM)
		c.nth(3)
		first.exit(end{})
		if !c.nth(4).last {
			t.Error("what the lasting role held is not given up")
		}
	})
}

// What the command line says to leave is left.
func TestWhatIsKeptIsNotGivenUp(t *testing.T) {
	rehearse(t, func(c *company) {
		c.opt.Roles[0].Keeps = func(f *Flags) bool { return f.DontReleaseIPVS }
		c.opt.Flags.DontReleaseIPVS = true
		c.atWork(2).crash()
		c.signal(syscall.SIGTERM)
		c.nth(2)
	})
}

// A farewell that says it is ready is no life at work: what comes after it has nothing to give up.
func TestFarewellIsNoWork(t *testing.T) {
	rehearse(t, func(c *company) {
		c.atWork(3).crash()
		l := c.nth(4)
		l.say(bus.Msg{Kind: bus.Ready})
		l.exit(end{})
		c.pass(2 * time.Second)
		c.nth(5).crash() // for four seconds
		c.pass(3 * time.Second)
		c.nth(5)
		c.pass(time.Second)
		if c.nth(6).last {
			t.Error("a second farewell")
		}
	})
}

// A stop while a role is down: what it held when it died is given up before the daemon ends.
func TestStopWhileDown(t *testing.T) {
	rehearse(t, func(c *company) {
		c.atWork(2).crash()
		c.signal(syscall.SIGTERM)
		l := c.nth(3)
		if !l.last {
			t.Error("what the role held is not given up")
		}
		if c.hasEnded() {
			t.Error("the parent did not wait for it")
		}
	})
}

func TestStopEndsAReload(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		c.reload("play more")
		m := l.hears(bus.Prepare)
		c.signal(syscall.SIGHUP) // and another one
		c.signal(syscall.SIGTERM)
		l.hears(bus.Stop)
		l.say(bus.Msg{Kind: bus.Prepared, Gen: m.Gen})
		l.silent()
		c.saidTimes("Reload complete", 0)
		c.saidTimes("Reloading", 1)
	})
}

// A role that dies after it was told to change over begins where it was and is led on, once for each life.
func TestCatchUp(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		c.reload("play more")
		l.prepares()
		l.hears(bus.Commit)
		l.crash()

		l = c.nth(2)
		l.say(bus.Msg{Kind: bus.Ready})
		m := l.hears(bus.Prepare)
		if l.gen != 1 || m.Gen != 2 {
			t.Errorf("begins with generation %d and is led to %d, want 1 and 2", l.gen, m.Gen)
		}
		l.say(bus.Msg{Kind: bus.Rejected, Gen: m.Gen, Text: "not now"})
		l.hears(bus.Abort)
		c.pass(time.Minute)
		l.silent()
		c.saidTimes("Reload refused", 1)
		l.crash()
		c.pass(time.Second)

		l = c.nth(3)
		l.say(bus.Msg{Kind: bus.Ready})
		m = l.prepares()
		l.hears(bus.Commit)
		l.say(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
		l.crash()
		c.nth(4).exit(end{}) // the farewell
		c.pass(2 * time.Second)
		if l = c.nth(5); l.gen != 2 {
			t.Errorf("begins with generation %d, want 2", l.gen)
		}
	})
}

// A life that was not asked is not told to change over either, and nobody waits for its answer: that of a role which the new
// configuration is the first to want, and one that took the place of a life that died.
func TestReloadOfThoseWhoWereAsked(t *testing.T) {
	rehearse(t, func(c *company) {
		first := c.atWork(1)
		change := func() {
			m := first.hears(bus.Commit)
			first.say(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
		}
		c.reload("play a duet")
		first.prepares()
		change()
		c.saidTimes("Reload complete", 1)
		second := c.nth(2)
		second.say(bus.Msg{Kind: bus.Ready})

		c.reload("play another duet")
		second.hears(bus.Prepare) // the first message that it gets
		second.crash()
		c.pass(time.Second)
		third := c.nth(3)
		first.prepares()
		change()
		c.saidTimes("Reload complete", 2)
		if second.gen != 2 || third.gen != 2 {
			t.Errorf("the second role's lives begin with generations %d and %d, want 2 and 2", second.gen, third.gen)
		}

		third.say(bus.Msg{Kind: bus.Ready})
		first.prepares()
		third.prepares() // the first message that it gets
		change()
		m := third.hears(bus.Commit)
		third.say(bus.Msg{Kind: bus.Committed, Gen: m.Gen})
		c.saidTimes("Reload complete", 3)
		c.saidTimes("does not answer", 0)
	})
}

// A role that is about to end holds up no reload, and one that cannot be asked has said no.
func TestReloadWithoutAnAnswer(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.atWork(1)
		for err := error(nil); err == nil; { // until nothing more fits in
			err = c.children[0].body.conn.Send(bus.Msg{Kind: bus.Stats})
		}
		c.reload("play more")
		c.saidTimes("Reload refused: cannot ask vrrp", 1)
		l.conn.Close()
		c.reload("play still more")
		c.saidTimes("Reload complete", 1)
		c.saidTimes("Reloading", 2)
	})
}

// A role that is ready when the stop has begun was ready all the same: the log says so, as keepalived's does.
func TestReadyDuringTheStop(t *testing.T) {
	rehearse(t, func(c *company) {
		l := c.nth(1)
		c.signal(syscall.SIGTERM)
		l.hears(bus.Stop)
		l.say(bus.Msg{Kind: bus.Ready})
		c.saidTimes("Startup complete", 1)
	})
}
