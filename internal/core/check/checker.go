package check

import (
	"net/netip"
	"time"

	"holdfast/conf"
)

// checker is one check of one server. It is failed or not; between them stand its retries.
//
//	         first result alone, later retry+1 failures in a row
//	good  ───────────────────────────────────────────────────────▶  failed  (alpha starts here)
//	      ◀───────────────────────────────────────────────────────
//	         one success; HTTP: the url that failed, then all of them, or with recover_at_once all others
type checker struct {
	id     CheckerID
	server *server
	conf   *conf.Checker
	host   *conf.SMTPHost // of an SMTP_CHECK with host blocks

	failed bool
	ran    bool // a first result has decided
	tries  int  // retries made since the last success
	url    int  // HTTP: which is next
	round  bool // HTTP, failed: the url that failed is good again, now all are asked
	known  int  // HTTP, in a round with recover_at_once: that url, which need not be asked again

	status int   // MISC_CHECK: the exit status of the last success
	exit   int   // MISC_CHECK: the last exit status
	factor int64 // FILE_CHECK: what the file's value is multiplied with; 0: any other value than 0 is a failure
	invert bool  // FILE_CHECK with factor 0: it is 0 that is the failure
	value  int64 // FILE_CHECK

	at      time.Time // of the next attempt
	place   int       // in the queue
	attempt uint64    // under way; 0: none
	started time.Time // when it began

	party *party // with whom it shares attempts; nil: nobody
	waits bool   // it is due, and hears what another's attempt finds
}

// probes reports whether attempts are made at all: files and BFD sessions speak up themselves.
func (c *checker) probes() bool { return c.conf.File == nil && c.conf.BFD == nil }

func (c *checker) plan() Plan {
	p := Plan{
		Virtual: c.server.service.conf, Real: c.server.conf, Check: c.conf, Host: c.host, Server: c.server.id,
		Connection: c.conf.Connection, Timeout: c.conf.Timing.ConnectTimeout.V,
	}
	switch {
	case c.host != nil:
		p.Connection, p.Timeout = c.host.Connection, c.host.ConnectTimeout.V
	case c.conf.Misc != nil:
		p.Timeout = c.conf.Misc.Timeout.V
	}
	addr := p.Real.Address.V.Addr()
	if p.Connection.ConnectIP.Set() {
		addr = p.Connection.ConnectIP.V
	}
	p.Target = netip.AddrPortFrom(addr, p.Real.CheckPort(&p.Connection))
	return p
}

// result takes the outcome of an attempt in.
func (d *Director) result(now time.Time, ev *Result, acts []Action) []Action {
	if !d.running || int(ev.Checker) >= len(d.checkers) {
		return acts
	}
	c := d.checkers[ev.Checker]
	if c == nil || c.attempt == 0 || c.attempt != ev.Attempt {
		return acts
	}
	c.attempt = 0
	url := c.url // which learn may change
	return d.share(now, c, url, ev, d.learn(now, c, ev, acts))
}

// learn takes the outcome of an attempt in for one checker, and sets the time of its next.
func (d *Director) learn(now time.Time, c *checker, ev *Result, acts []Action) []Action {
	if ev.Outcome != Untried {
		c.exit = ev.Status
	}
	var after time.Duration
	switch ev.Outcome {
	case OK:
		after, acts = c.good(ev.Status, acts)
	case Failed:
		after, acts = c.bad(acts)
	case Untried:
		after = c.conf.Timing.DelayLoop.V
	default:
		panic("check: unhandled outcome")
	}
	if c.conf.Misc != nil && ev.Outcome != Untried {
		c.at = c.started.Add(after) // a script's period is from start to start
		if c.at.Before(now) {
			c.at = now
		}
	} else {
		c.at = now.Add(after)
	}
	d.due.push(c)
	return d.touch(c.server.service, acts)
}

// good is a success: how long until the next attempt.
func (c *checker) good(status int, acts []Action) (time.Duration, []Action) {
	after := c.conf.Timing.DelayLoop.V
	c.tries = 0
	if c.conf.HTTP != nil {
		var done bool
		done, acts = c.nextURL(acts)
		if !done {
			if c.failed && c.conf.HTTP.FastRecovery.V {
				after = 0
			}
			return after, acts
		}
	}
	first, was := !c.ran, c.failed
	c.ran = true
	c.status = status
	c.failed = false
	if c.weighs() {
		acts = c.server.weigh(c, acts)
	}
	if was || first {
		acts = c.tell(Succeeded, first, was, acts)
	}
	if was {
		acts = c.server.shift(-1, c, acts)
	}
	return after, acts
}

// nextURL goes on to the next url and reports whether all were good in a row. A url that has failed is asked again alone
// before all are; with recover_at_once that counts, and only the others are.
func (c *checker) nextURL(acts []Action) (done bool, _ []Action) {
	atOnce := c.conf.HTTP.RecoverAtOnce.V
	next := c.url + 1
	if c.failed {
		acts = say(c.report(URLSucceeded), acts)
		if c.ran && !c.round {
			c.round, c.known, next = true, c.url, 0
		}
	}
	if atOnce && c.round && next == c.known {
		next++
	}
	if c.url = next; next < len(c.conf.HTTP.URLs) {
		return false, acts
	}
	c.url, c.round = 0, false
	return true, acts
}

// bad is a failure: how long until the next attempt.
func (c *checker) bad(acts []Action) (time.Duration, []Action) {
	t := &c.conf.Timing
	all := c.conf.LogAll.V || c.server.service.logAll
	if c.ran && !c.failed && c.tries < t.Retry.V {
		c.tries++
		if all {
			r := c.report(CheckRetrying)
			r.Try = c.tries
			acts = say(r, acts)
		}
		return t.DelayBeforeRetry.V, acts
	}
	first, was := !c.ran, c.failed
	c.failed, c.ran, c.round, c.tries = true, true, false, 0
	after := t.DelayLoop.V
	if c.conf.HTTP != nil {
		after = max(after, t.DelayBeforeRetry.V)
	}
	switch {
	case !was:
		acts = c.tell(CheckFailed, first, true, acts)
		c.server.unweigh()
		acts = c.server.shift(+1, c, acts)
	case first && c.conf.HTTP == nil: // compat: of an alpha HTTP_GET keepalived does not tell
		acts = c.tell(CheckFailed, first, false, acts)
		acts = c.server.mourn(c, 0, acts)
	case all:
		r := c.report(CheckFailedAgain)
		r.First = first
		acts = say(r, acts)
	}
	return after, acts
}

// tell reports the checker's verdict, which has not been counted yet; changed says that it was the other one before.
func (c *checker) tell(kind ReportKind, first, changed bool, acts []Action) []Action {
	r := c.report(kind)
	r.First, r.All = first, c.conf.LogAll.V || c.server.service.logAll
	r.Changed, r.Active = changed, c.server.upAfter(c, changed)
	r.Turned = r.Active != c.server.up
	return say(r, acts)
}

// weighs reports whether the checker has a say in its server's weight.
func (c *checker) weighs() bool {
	return c.conf.File != nil || c.conf.Misc != nil && c.conf.Misc.Dynamic.V
}

// contribution is what the checker adds to its server's weight.
func (c *checker) contribution() int64 {
	switch {
	case c.failed:
		return 0
	case c.conf.Misc != nil && c.conf.Misc.Dynamic.V && c.status >= 2:
		return int64(c.status) - 2 - int64(c.server.conf.Weight.V) // alone it sets the weight to status-2
	case c.conf.File != nil:
		return c.value * c.factor
	}
	return 0
}

func (c *checker) report(kind ReportKind) *Report {
	r := c.server.report(kind)
	r.Checker, r.Check, r.Host, r.URL = c.id, c.conf, c.host, c.url
	r.Retries = c.conf.Timing.Retry.V
	return r
}
