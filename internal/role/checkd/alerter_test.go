package checkd

import (
	"io"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/script"
)

// letters takes what has been mailed: subjects and bodies.
func letters(t *testing.T, p *mem.Post) (all []string) {
	t.Helper()
	for _, text := range p.Take() {
		m, err := mail.ReadMessage(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		subject := strings.TrimPrefix(m.Header.Get("Subject"), "[lb1] ")
		all = append(all, subject+": "+strings.TrimSpace(strings.Trim(strings.TrimSpace(string(body)), "=><")))
	}
	return all
}

const postal = "global_defs {\n router_id lb1\n smtp_server 192.0.2.25\n notification_email {\n one@example.net\n }\n MORE\n}\n"

const mailed = `virtual_server 10.0.0.1 80 {
  delay_loop 1
  protocol TCP
  lb_kind NAT
  smtp_alert
  omega
  real_server 10.0.1.1 80 {
    TCP_CHECK {
      retry 0
    }
  }
  real_server 10.0.1.2 80 {
    smtp_alert off
    TCP_CHECK {
      retry 0
    }
  }
}
`

// Servers, quorums, a reload and the end.
func TestAlerts(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		text := strings.Replace(postal, "MORE", "", 1) + mailed
		r.start(text, Options{})
		expect := func(want ...string) {
			t.Helper()
			if got := letters(t, &r.post); !slices.Equal(got, want) {
				t.Errorf("mailed\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		const rs, vs = "Realserver [10.0.1.1]:tcp:80 of virtual server [10.0.0.1]:tcp:80", "Virtualserver [10.0.0.1]:tcp:80"
		expect(vs + " - UP: Starting with quorum up 1+0=1 <= 2")
		r.server("10.0.1.1:80", false)
		r.after(3 * time.Second)
		expect(rs + " - DOWN: TCP CHECK failed on service")
		r.server("10.0.1.2:80", false)
		r.after(3 * time.Second)
		expect(vs + " - DOWN: Lost quorum 1+0=1 <= 0")
		r.server("10.0.1.1:80", true)
		r.after(3 * time.Second)
		expect(rs+" - UP: TCP CHECK succeed on service", vs+" - UP: Gained quorum 1+0=1 <= 1")
		r.reload(strings.ReplaceAll(text, "10.0.0.1", "10.0.0.9"))
		r.after(3 * time.Second)
		expect(rs+" - DOWN: Removing", vs+" - DOWN: Lost quorum 1+0=1 <= 0",
			"Virtualserver [10.0.0.9]:tcp:80 - UP: Starting with quorum up 1+0=1 <= 2")
		r.end()
		expect(strings.Replace(rs, "10.0.0.1", "10.0.0.9", 1)+" - DOWN: Shutting down", "Virtualserver [10.0.0.9]:tcp:80 - DOWN: Shutting down")
	})
}

// A server that is kept in a panic is not mailed as one that is down.
func TestAlertsInAPanic(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(strings.Replace(postal, "MORE", "no_checker_emails", 1)+strings.NewReplacer("smtp_alert off", "", "smtp_alert\n", "smtp_alert\n  panic_threshold 50\n").Replace(mailed), Options{})
		r.after(2 * time.Second)
		letters(t, &r.post)
		expect := func(want ...string) {
			t.Helper()
			if got := letters(t, &r.post); !slices.Equal(got, want) {
				t.Errorf("mailed\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		const of = " of virtual server [10.0.0.1]:tcp:80"
		r.server("10.0.1.1:80", false)
		r.after(3 * time.Second)
		expect("Realserver [10.0.1.1]:tcp:80" + of + " - DOWN: TCP CHECK failed on service")
		r.server("10.0.1.2:80", false)
		r.after(3 * time.Second)
		expect()
		r.holds("tcp 10.0.0.1:80 wlc", "-> 10.0.1.2:80 1", "-> 10.0.1.1:80 1")
		r.server("10.0.1.2:80", true)
		r.after(3 * time.Second)
		r.holds("tcp 10.0.0.1:80 wlc", "-> 10.0.1.2:80 1")
		r.end()
	})
}

// Which of a checker's changes are mailed, with no_checker_emails and without.
func TestAlertsOfCheckers(t *testing.T) {
	const checks = "real_server 10.0.1.1 80 {\n TCP_CHECK {\n }\n MISC_CHECK {\n misc_path /bin/true\n }\n SMTP_CHECK {\n }\n FILE_CHECK {\n track_file F\n }\n}\n"
	for _, c := range []struct {
		name      string
		report    check.Report
		checker   int
		finding   *finding
		all, only string
	}{
		{"first success", check.Report{Kind: check.Succeeded, First: true, Active: true}, 0, nil, "", ""},
		{"first success of a script", check.Report{Kind: check.Succeeded, First: true, Active: true}, 1, nil, "UP: MISC CHECK succeeded on service", ""},
		{"first failure of an alpha", check.Report{Kind: check.CheckFailed, First: true}, 0, nil, "", ""},
		{"the server goes down", check.Report{Kind: check.CheckFailed, Changed: true, Turned: true}, 0, nil, "DOWN: TCP CHECK failed on service", "DOWN: TCP CHECK failed on service"},
		{"it was down", check.Report{Kind: check.CheckFailed, Changed: true}, 0, nil, "DOWN: TCP CHECK failed on service", ""},
		{"it stays down", check.Report{Kind: check.Succeeded, Changed: true}, 0, nil, "DOWN: TCP CHECK succeed on service", ""},
		{
			"a script takes long",
			check.Report{Kind: check.CheckFailed, Changed: true, Turned: true},
			1, &finding{result: &script.Result{TimedOut: true}},
			"DOWN: MISC CHECK timed out on service", "DOWN: MISC CHECK timed out on service",
		},
		{
			"a greeting",
			check.Report{Kind: check.CheckFailed, Changed: true},
			2, &finding{verdict: &talk.Verdict{Why: talk.BadGreeting}},
			"DOWN: CHECK failed on service : Bad greeting banner from server [invalid IP]:0", "",
		},
		{"a file", check.Report{Kind: check.CheckFailed, Changed: true, Turned: true}, 3, nil, "", ""},
		{"a retry", check.Report{Kind: check.CheckRetrying}, 0, nil, "", ""},
	} {
		for _, only := range []bool{false, true} {
			more, want := "", c.all
			if only {
				more, want = "no_checker_emails", c.only
			}
			text := strings.Replace(postal, "MORE", more, 1) + "track_file F {\n file /tmp/F\n}\nvirtual_server 10.0.0.1 80 {\n protocol TCP\n lb_kind NAT\n " + checks + "}\n"
			cfg, _ := conf.Load(file(text), "keepalived.conf", conf.Options{})
			p := &mem.Post{}
			a := &alerter{post: p}
			a.configure(&cfg.Global)
			r := c.report
			r.Virtual = cfg.VirtualServers[0]
			r.Real = r.Virtual.RealServers[0]
			r.Addr, r.Check = r.Real.Address.V, r.Real.Checkers[c.checker]
			a.report(&r, c.finding)
			got := strings.Join(letters(t, p), "\n")
			if want != "" {
				want = "Realserver [10.0.1.1]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - " + want
			}
			if got != want {
				t.Errorf("%s, only servers %t: %q, want %q", c.name, only, got, want)
			}
		}
	}
}
