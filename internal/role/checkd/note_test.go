package checkd

import (
	"testing"
	"time"

	"holdfast/internal/core/check"
	"holdfast/internal/core/talk"
)

const secured = `virtual_server 10.9.0.1 443 {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  real_server 10.2.0.11 443 {
    SSL_GET {
      tls {
        expires_within 10
      }
      url {
        path /
      }
    }
  }
}
`

// checkOf gives a finding of the first checker.
func checkOf(t *testing.T, text string) *finding {
	cfg := newRig(t).parse(text)
	f := &finding{id: 1}
	f.plan.Virtual = cfg.VirtualServers[0]
	f.plan.Real = f.plan.Virtual.RealServers[0]
	f.plan.Check = f.plan.Real.Checkers[0]
	return f
}

// A certificate that ends soon is told of once a day, and no more once there is another one; a failure once, until it is another.
func TestACertificateThatEndsIsToldOfDaily(t *testing.T) {
	f := checkOf(t, secured)
	l := &loop{noted: make(map[check.CheckerID]string)}
	ends := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	told := 0
	for left := 72 * time.Hour; left > -24*time.Hour; left -= time.Hour {
		f.verdict = &talk.Verdict{OK: true, Expiry: &talk.Expiry{Name: "web.example", Ends: ends, Left: left}}
		if l.note(f) != "" {
			told++
		}
	}
	if told != 5 { // in 3, 2, 1 and less than one day, and that it has ended
		t.Errorf("told %d times in four days", told)
	}
	for _, c := range []struct {
		v    talk.Verdict
		told bool
	}{
		{talk.Verdict{OK: true}, false},
		{talk.Verdict{Why: talk.TLSFailed, Text: "a"}, true},
		{talk.Verdict{Why: talk.TLSFailed, Text: "a"}, false},
		{talk.Verdict{Why: talk.TLSFailed, Text: "b"}, true},
		{talk.Verdict{OK: true}, false},
		{talk.Verdict{Why: talk.TLSFailed, Text: "b"}, true},
	} {
		f.verdict = &c.v
		if got := l.note(f); (got != "") != c.told {
			t.Errorf("%+v: %q", c.v, got)
		}
	}
	f.verdict = &talk.Verdict{OK: true}
	if l.note(f); len(l.noted) != 0 {
		t.Errorf("kept: %v", l.noted)
	}
}

func TestWordsOfCertificates(t *testing.T) {
	f := checkOf(t, secured)
	ends := time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		v    talk.Verdict
		want string
	}{
		{talk.Verdict{OK: true}, ""},
		{talk.Verdict{Why: talk.BadStatus, Code: 500}, ""},
		{talk.Verdict{Why: talk.TLSFailed, Text: "certificate signed by unknown authority"}, "SSL_GET on service [10.2.0.11]:tcp:443: TLS failed: certificate signed by unknown authority"},
		{talk.Verdict{Why: talk.BadProtocol, Code: -1, Text: "no HTTP/2"}, "SSL_GET on service [10.2.0.11]:tcp:443: against the protocol: no HTTP/2"},
		{talk.Verdict{Why: talk.Expiring, Expiry: &talk.Expiry{Name: "a.example", Ends: ends, Left: time.Hour}}, `SSL_GET on service [10.2.0.11]:tcp:443: the certificate of "a.example" ends at 2026-12-01 09:30:00, in less than a day`},
		{talk.Verdict{OK: true, Expiry: &talk.Expiry{Name: "a.example", Ends: ends, Left: -time.Hour}}, `SSL_GET on service [10.2.0.11]:tcp:443: the certificate of "a.example" has ended at 2026-12-01 09:30:00`},
	} {
		f.verdict = &c.v
		if got := certificate(f); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
