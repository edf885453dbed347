package lint

import (
	"fmt"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var checkRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT050", Title: "no check watches a real server",
			Means: "The real_server block has no checker (HTTP_GET, TCP_CHECK, MISC_CHECK, …).",
			Hurts: "It counts as up for ever: when it is down, its share of the clients is sent there all the same.",
			Example: `virtual_server 192.0.2.10 80 {
    real_server 192.0.2.21 80 {
        weight 1
    }
}`,
			Mend: "Add a checker, at least TCP_CHECK { connect_timeout 3 }.",
		},
		one: unchecked,
	},
	{
		Text: explain.Text{
			Code: "LINT054", Title: "a check may take longer than its period",
			Means: "connect_timeout is longer than delay_loop.",
			Hurts: "When a server hangs, its checks come at the pace of the timeout, and the failure is noticed later than delay_loop says.",
			Example: `virtual_server 192.0.2.10 80 {
    delay_loop 2
    real_server 192.0.2.21 80 {
        TCP_CHECK {
            connect_timeout 10
        }
    }
}`,
			Mend: "Choose a connect_timeout of at most delay_loop.",
		},
		one: slowCheck,
	},
	{
		Text: explain.Text{
			Code: "LINT055", Title: "checks run once a minute or less",
			Means: "delay_loop is the time between two checks; it is 60 seconds where nobody says otherwise. The first check after the start waits for up to as long (warmup).",
			Hurts: "A dead server gets its share of the clients for a minute and more.",
			Example: `virtual_server 192.0.2.10 80 {
    # no delay_loop: 60
    real_server 192.0.2.21 80 {
        TCP_CHECK {
        }
    }
}`,
			Mend: "Say delay_loop, for example 6.",
		},
		one: rareChecks,
	},
	{
		Text: explain.Text{
			Code: "LINT057", Title: "a check connects to port 0",
			Means: "The real server is written without a port, and its checker has no connect_port. A check does not take the virtual server's port, not even " +
				"where the real server itself does.",
			Hurts: "Nothing listens on port 0: the check fails, and the server never gets a client. UDP_CHECK may succeed, whatever the server does. " +
				"keepalived says nothing about it.",
			Example: `virtual_server fwmark 5 {
    real_server 192.0.2.21 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}`,
			Mend: "Say connect_port in the checker, or write the port of the real server.",
		},
		one: portZero,
	},
}

func unchecked(n *node, say report) {
	carried := carriedCheckers(n.cfg)
	for _, vs := range n.cfg.VirtualServers {
		var bare []*conf.RealServer
		for _, rs := range vs.RealServers {
			if len(rs.Checkers) == 0 && !carried[rs.At] {
				bare = append(bare, rs)
			}
		}
		f := finding{
			severity: diag.Warning, in: withinVirtual(vs),
			effect: "it counts as up for ever", suggest: "add a checker, such as TCP_CHECK { connect_timeout 3 }",
		}
		if len(bare) == len(vs.RealServers) && len(bare) > 1 {
			f.at = first(vs.Address.At, vs.Mark.At, vs.Group.At, vs.At)
			f.in = diag.Context{}
			f.summary = fmt.Sprintf("no check watches the %d real servers of virtual_server %s", len(bare), vs.Name())
			f.effect = "they count as up for ever"
			say(f)
			continue
		}
		for _, rs := range bare {
			f.at = rs.Address.At
			f.summary = "no check watches real_server " + endpoint(rs.Address.V)
			say(f)
		}
	}
}

// carriedCheckers are the places of the real servers with a checker that is read and kept only as it was written.
func carriedCheckers(c *conf.Config) map[diag.Span]bool {
	out := map[diag.Span]bool{}
	for _, k := range c.Carried {
		word := k.Node.Keyword.Text
		if p := k.Node.Parent; p != nil && (word == "BFD_CHECK" || word == "FILE_CHECK") {
			out[p.Keyword.At] = true
		}
	}
	return out
}

func slowCheck(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		told := map[diag.Span]bool{}
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				t := &c.Timing
				if c.Kind == "MISC_CHECK" || !t.ConnectTimeout.Set() || t.ConnectTimeout.V <= t.DelayLoop.V || told[t.ConnectTimeout.At] {
					continue
				}
				told[t.ConnectTimeout.At] = true
				say(finding{
					at: t.ConnectTimeout.At, severity: diag.Warning, in: withinReal(rs),
					summary: fmt.Sprintf("a connect_timeout of %s is longer than the delay_loop of %s", span(t.ConnectTimeout.V), span(t.DelayLoop.V)),
					effect: fmt.Sprintf("a hanging server is given up after %s",
						span(t.ConnectTimeout.V*time.Duration(t.Retry.V+1)+t.DelayBeforeRetry.V*time.Duration(t.Retry.V))),
					suggest: "choose a connect_timeout of at most delay_loop, which is given " + n.at(t.DelayLoop.At),
				})
			}
		}
	}
}

func portZero(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				switch c.Kind {
				case "MISC_CHECK", "BFD_CHECK", "FILE_CHECK", "PING_CHECK":
					continue // they have no port
				}
				f := finding{
					at: c.At, severity: diag.Warning, in: withinReal(rs), summary: c.Kind + " connects to port 0",
					effect: "the check fails, and the server is never used", suggest: "say connect_port",
				}
				if c.UDP != nil {
					f.effect = "the check says nothing about the service"
				}
				if rs.CheckPort(&c.Connection) == 0 && (c.SMTP == nil || !c.SMTP.HostsOnly) {
					say(f)
				}
				if c.SMTP == nil {
					continue
				}
				for _, h := range c.SMTP.Hosts {
					if f.at = h.At; rs.CheckPort(&h.Connection) == 0 {
						say(f)
					}
				}
			}
		}
	}
}

// rare is a time between two checks that is long.
const rare = time.Minute

func rareChecks(n *node, say report) {
	for _, vs := range n.cfg.VirtualServers {
		told := map[diag.Span]bool{}
		for _, rs := range vs.RealServers {
			for _, c := range rs.Checkers {
				at := c.Timing.DelayLoop.At
				if c.Timing.DelayLoop.V < rare || told[at] {
					continue
				}
				told[at] = true
				f := finding{
					at: at, severity: diag.Warning, in: withinVirtual(vs),
					summary: fmt.Sprintf("checks run every %s", span(c.Timing.DelayLoop.V)),
					effect:  fmt.Sprintf("a dead server is noticed after up to %s", span(c.Timing.DelayLoop.V+c.Timing.ConnectTimeout.V)),
					suggest: "say delay_loop 6, or what the service can bear",
				}
				if at.IsZero() {
					f.at, f.severity, f.in = first(vs.Address.At, vs.Mark.At, vs.Group.At, vs.At), diag.Info, diag.Context{}
					f.summary = "without delay_loop checks run every " + span(c.Timing.DelayLoop.V)
				}
				say(f)
			}
		}
	}
}
