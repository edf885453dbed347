package check_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/internal/core/check"
)

// manyServices is a configuration of n virtual servers before one real server.
func manyServices(n int, global, checker string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "global_defs {\n%s\n}\n", global)
	for i := range n {
		fmt.Fprintf(&b, "virtual_server 192.0.2.1 %d {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 2\nreal_server 10.0.0.1 80 {\n%s\n}\n}\n", i+1, checker)
	}
	return b.String()
}

// One attempt for an interval in place of five hundred; all servers fall and come back with its outcome.
func TestSharedChecks(t *testing.T) {
	const services = 500
	tcp, pages := "TCP_CHECK {\n}", "HTTP_GET {\nurl {\npath /a\n}\nurl {\npath /b\n}\n}"
	for _, c := range []struct {
		name, global, checker string
		most                  int // attempts in a minute
	}{
		{"each its own", "", tcp, 30 * services},
		{"share_checks", "share_checks", tcp, 31},
		{"share_check off", "share_checks", "TCP_CHECK {\nshare_check off\n}", 30 * services},
		{"share_check on", "", "TCP_CHECK {\nshare_check\n}", 31},
		{"pages in turn", "share_checks", pages, 31},
		{"a script", "share_checks", "MISC_CHECK {\nmisc_path /bin/true\n}", 31},
	} {
		l := newLab(load(manyServices(services, c.global, c.checker)), check.Options{})
		up := func() (n int) {
			for _, e := range l.k.entries {
				n += len(e.Dests)
			}
			return n
		}
		l.latency = 20 * time.Millisecond
		l.step(check.Start{})
		l.run(10 * time.Second)
		l.probes = 0
		l.run(time.Minute)
		if l.probes > c.most || l.probes < c.most*9/10 || up() != services {
			t.Errorf("%s: %d attempts in a minute, want %d at most; %d servers are in", c.name, l.probes, c.most, up())
		}
		l.answers["10.0.0.1"] = answer{outcome: check.Failed}
		l.run(20 * time.Second)
		if up() != 0 {
			t.Errorf("%s: %d servers are in though all checks fail", c.name, up())
		}
		l.answers["10.0.0.1"] = answer{outcome: check.OK}
		l.run(20 * time.Second)
		if up() != services {
			t.Errorf("%s: %d servers are in though no check fails", c.name, up())
		}
	}
}

// Who becomes out of step, because another of the party fails where it forgives, asks for the same pages as the others later.
func TestSharedPagesComeTogether(t *testing.T) {
	const text = `global_defs {
  share_checks
}
virtual_server 192.0.2.1 80 {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  delay_loop 2
  real_server 10.0.0.1 80 {
    HTTP_GET {
      retry %d
      url {
        path /a
      }
      url {
        path /b
      }
      url {
        path /c
      }
    }
  }
}
`
	l := newLab(load(fmt.Sprintf(text, 0)+strings.Replace(strings.SplitN(fmt.Sprintf(text, 5), "}\n", 2)[1], "192.0.2.1", "192.0.2.2", 1)), check.Options{})
	l.step(check.Start{})
	l.run(20 * time.Second)
	l.answers["10.0.0.1/b"] = answer{outcome: check.Failed}
	l.run(9 * time.Second)
	l.answers["10.0.0.1/b"] = answer{outcome: check.OK}
	l.run(30 * time.Second)
	l.probes = 0
	l.run(time.Minute)
	if l.probes > 31 {
		t.Errorf("%d attempts in a minute for two checkers that ask the same", l.probes)
	}
}
