package checkd

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/lvs"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
	"holdfast/internal/host/script"
)

const everyKind = `track_file F {
  file /f
}
virtual_server 10.9.0.1 80 {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  real_server 10.2.0.11 80 {
    TCP_CHECK {
    }
    HTTP_GET {
      url {
        path /one
      }
      url {
        path /two
        digest 5d41402abc4b2a76b9719d911017c592
      }
      url {
        path /three
        virtualhost b.example.com
        regex hello
      }
    }
    SMTP_CHECK {
    }
    DNS_CHECK {
    }
    UDP_CHECK {
    }
    PING_CHECK {
    }
    GRPC_CHECK {
    }
    MISC_CHECK {
      misc_path "/chk.sh 1"
    }
    FILE_CHECK {
      track_file F
    }
  }
}
`

// speaker gives what is told of the only server's checkers.
type speaker struct {
	t   *testing.T
	cfg *conf.Config
}

func (s speaker) checker(kind string) *conf.Checker {
	for _, c := range s.cfg.VirtualServers[0].RealServers[0].Checkers {
		if c.Kind == kind {
			return c
		}
	}
	s.t.Fatalf("no %s", kind)
	return nil
}

func (s speaker) finding(kind string) *finding {
	vs := s.cfg.VirtualServers[0]
	rs := vs.RealServers[0]
	return &finding{plan: check.Plan{Virtual: vs, Real: rs, Check: s.checker(kind), Target: rs.Address.V}}
}

func (s speaker) say(kind string, what check.ReportKind, change func(*check.Report), f *finding) string {
	vs := s.cfg.VirtualServers[0]
	r := &check.Report{
		Kind: what, Virtual: vs, Real: vs.RealServers[0], Addr: vs.RealServers[0].Address.V, Check: s.checker(kind), Retries: 2,
	}
	if change != nil {
		change(r)
	}
	return joined(describe(r, f))
}

func joined(lines []line) string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.text)
	}
	return strings.Join(texts, "\n")
}

// TestWordsOfChecks holds lines that keepalived 2.2.7 was seen to log.
func TestWordsOfChecks(t *testing.T) {
	r := newRig(t)
	s := speaker{t, r.parse(everyKind)}
	heard := func(kind string, why talk.Why, more ...int) *finding {
		f := s.finding(kind)
		f.verdict = &talk.Verdict{Why: why, Code: -1, Declared: -1}
		for _, n := range more {
			f.verdict.Errno, f.verdict.Code = n, n
		}
		return f
	}
	ran := func(res script.Result) *finding {
		f := s.finding("MISC_CHECK")
		f.result = &res
		return f
	}
	first := func(r *check.Report) { r.First = true }
	once := func(r *check.Report) { r.Retries = 1 }
	never := func(r *check.Report) { r.Retries = 0 }
	all := func(r *check.Report) { r.All, r.Changed = true, true }
	heldOut := func(r *check.Report) { r.All, r.First = true, true }
	try := func(n int) func(*check.Report) { return func(r *check.Report) { r.Try = n } }
	url := func(n int) func(*check.Report) { return func(r *check.Report) { r.URL = n } }
	for _, test := range []struct {
		kind   string
		what   check.ReportKind
		change func(*check.Report)
		f      *finding
		want   string
	}{
		{"TCP_CHECK", check.Succeeded, nil, nil, "TCP connection to [10.2.0.11]:tcp:80 success."},
		{"TCP_CHECK", check.CheckFailed, nil, nil, "TCP_CHECK on service [10.2.0.11]:tcp:80 failed after 2 retries."},
		{"TCP_CHECK", check.CheckFailed, first, nil, "TCP_CHECK on service [10.2.0.11]:tcp:80 failed."},
		{
			"TCP_CHECK", check.CheckFailed, all, heard("TCP_CHECK", talk.ConnectTimeout),
			"TCP connection to [10.2.0.11]:tcp:80 timeout.\nTCP_CHECK on service [10.2.0.11]:tcp:80 failed after 2 retries.",
		},
		{"TCP_CHECK", check.CheckRetrying, try(1), heard("TCP_CHECK", talk.ConnectFailed, 111), "TCP connection to [10.2.0.11]:tcp:80 failed."},
		{"TCP_CHECK", check.CheckFailedAgain, nil, heard("TCP_CHECK", talk.ConnectFailed, 111), ""},
		{"GRPC_CHECK", check.Succeeded, nil, nil, "GRPC_CHECK on service [10.2.0.11]:tcp:80 success."},
		{"GRPC_CHECK", check.CheckFailed, nil, heard("GRPC_CHECK", talk.ConnectFailed, 111), "GRPC_CHECK on service [10.2.0.11]:tcp:80 failed after 2 retries: no connection: Connection refused."},
		{"GRPC_CHECK", check.CheckRetrying, try(1), heard("GRPC_CHECK", talk.NoAnswer), "gRPC connection to [10.2.0.11]:tcp:80 failed: no answer."},
		{"UDP_CHECK", check.CheckFailed, once, nil, "UDP_CHECK on service [10.2.0.11]:tcp:80 failed after 1 retries."},
		{"PING_CHECK", check.CheckFailed, once, nil, "ICMP CHECK on service [10.2.0.11]:tcp:80 of [10.9.0.1]:tcp:80 failed after 1 retries."},
		{"PING_CHECK", check.CheckFailed, first, nil, "ICMP CHECK on service [10.2.0.11]:tcp:80 failed."},
		{"PING_CHECK", check.CheckRetrying, nil, heard("PING_CHECK", talk.NoAnswer), "ICMP connection to address [10.2.0.11]:tcp:80 timeout."},
		{"PING_CHECK", check.Succeeded, nil, nil, "ICMP connection to [10.2.0.11]:tcp:80 success."},
		{"HTTP_GET", check.Succeeded, nil, nil, "Remote Web server [10.2.0.11]:tcp:80 succeed on service."},
		{"HTTP_GET", check.CheckFailed, first, nil, "HTTP_CHECK on service [10.2.0.11]:tcp:80 failed after 2 retries."},
		{"HTTP_GET", check.CheckFailed, never, nil, "HTTP_CHECK on service [10.2.0.11]:tcp:80 failed."},
		{"HTTP_GET", check.CheckRetrying, nil, heard("HTTP_GET", talk.NoData), "Read, no data received from  server [10.2.0.11]:tcp:80."},
		{"HTTP_GET", check.CheckRetrying, nil, heard("HTTP_GET", talk.BadStatus, 500), "HTTP status code error to server [10.2.0.11]:tcp:80."},
		{"HTTP_GET", check.CheckRetrying, nil, heard("HTTP_GET", talk.ReadFailed, 104), "Read error with server [10.2.0.11]:tcp:80."},
		{"HTTP_GET", check.URLSucceeded, url(0), nil, "HTTP status code success to [10.2.0.11]:tcp:80 url(/one)"},
		{"HTTP_GET", check.URLSucceeded, url(1), nil, "MD5 digest success to [10.2.0.11]:tcp:80 url(/two)"},
		{"HTTP_GET", check.URLSucceeded, url(2), nil, "Regex match success to [10.2.0.11]:tcp:80 url(/three)"},
		{"SMTP_CHECK", check.CheckFailed, nil, heard("SMTP_CHECK", talk.BadGreeting, 421), "SMTP_CHECK Bad greeting banner from server [10.2.0.11]:80"},
		{"SMTP_CHECK", check.CheckFailed, nil, heard("SMTP_CHECK", talk.BadHELO, 550), "SMTP_CHECK Bad HELO response from server [10.2.0.11]:80"},
		{"SMTP_CHECK", check.CheckFailed, nil, heard("SMTP_CHECK", talk.EarlyClose), "SMTP_CHECK Read failure from server [10.2.0.11]:80"},
		{"SMTP_CHECK", check.CheckFailed, all, heard("SMTP_CHECK", talk.NoAnswer), "SMTP_CHECK Read timeout from server [10.2.0.11]:80"},
		{
			"SMTP_CHECK", check.CheckFailed, heldOut, heard("SMTP_CHECK", talk.BadGreeting, 421),
			"SMTP_CHECK Bad greeting banner from server [10.2.0.11]:80\nSMTP_CHECK Bad greeting banner from server [10.2.0.11]:80",
		},
		{"TCP_CHECK", check.CheckFailed, heldOut, heard("TCP_CHECK", talk.ConnectTimeout), "TCP_CHECK on service [10.2.0.11]:tcp:80 failed."},
		{"HTTP_GET", check.CheckFailedAgain, heldOut, heard("HTTP_GET", talk.ConnectFailed, 111), "Connection failed server [10.2.0.11]:tcp:80."},
		{"HTTP_GET", check.CheckFailedAgain, nil, heard("HTTP_GET", talk.ConnectFailed, 111), ""},
		{"DNS_CHECK", check.Succeeded, nil, nil, ""},
		{"DNS_CHECK", check.CheckFailed, nil, heard("DNS_CHECK", talk.BadRcode, 2), "DNS_CHECK ([10.2.0.11]:tcp:80) read error occurred. (rcode = 2) after 2 retries"},
		{"DNS_CHECK", check.CheckFailed, first, heard("DNS_CHECK", talk.NoAnswer), "DNS_CHECK ([10.2.0.11]:tcp:80) read timeout from socket"},
		{
			"DNS_CHECK", check.CheckFailed, nil, heard("DNS_CHECK", talk.ReadFailed, 111),
			"DNS_CHECK ([10.2.0.11]:tcp:80) failed to read socket; errno 111 (Connection refused) after 2 retries",
		},
		{"MISC_CHECK", check.Succeeded, nil, nil, "Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] succeeded."},
		{
			"MISC_CHECK", check.CheckFailed, never, ran(script.Result{Exit: 1}),
			"Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] failed with retry disabled (exited with status 1).",
		},
		{
			"MISC_CHECK", check.CheckFailed, once, ran(script.Result{TimedOut: true, Signal: 15, Exit: -1}),
			"Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] timed out after 1 retry.",
		},
		{
			"MISC_CHECK", check.CheckFailed, nil, ran(script.Result{Signal: 10, Exit: -1}),
			"Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] failed after 2 retries (due to signal 10).",
		},
		{
			"MISC_CHECK", check.CheckRetrying, try(1), ran(script.Result{Exit: 1}),
			"Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] failed, will do 2 retries (exited with status 1).",
		},
		{
			"MISC_CHECK", check.CheckRetrying, try(2), ran(script.Result{Exit: 1}),
			"Misc check for [[10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80] by [/chk.sh] failed on retry 1/2 (exited with status 1).",
		},
		{"FILE_CHECK", check.CheckFailed, nil, nil, "([10.2.0.11]:tcp:80): tracked file F now FAULT state"},
		{"FILE_CHECK", check.Succeeded, nil, nil, "([10.2.0.11]:tcp:80): tracked file F leaving FAULT state"},
	} {
		if got := s.say(test.kind, test.what, test.change, test.f); got != test.want {
			t.Errorf("%s, report %d:\n got %s\nwant %s", test.kind, test.what, got, test.want)
		}
	}
}

func TestWordsOfAttempts(t *testing.T) {
	r := newRig(t)
	s := speaker{t, r.parse(everyKind)}
	bind := &probe.SetupError{Step: probe.StepBind, Errno: syscall.EADDRNOTAVAIL}
	device := &probe.SetupError{Step: probe.StepDevice, Interface: "nope0", Errno: syscall.ENODEV}
	for _, test := range []struct {
		kind   string
		change func(*finding)
		want   string
	}{
		{"TCP_CHECK", func(f *finding) { f.fault = bind }, "Checker bind failed: Cannot assign requested address\nTCP socket bind failed. Rescheduling."},
		{"HTTP_GET", func(f *finding) { f.fault = bind }, "Checker bind failed: Cannot assign requested address\nWEB socket bind failed. Rescheduling"},
		{"TCP_CHECK", func(f *finding) { f.fault = device }, "Checker can't bind to device nope0: No such device"},
		{"PING_CHECK", func(f *finding) { f.verdict = &talk.Verdict{Why: talk.SendFailed, Errno: 101} }, "send ICMP packet fail"},
		{"UDP_CHECK", func(f *finding) { f.verdict = &talk.Verdict{Why: talk.ConnectFailed, Errno: 101} }, "UDP connect error 101 - Network is unreachable"},
		{
			"HTTP_GET", func(f *finding) {
				f.mismatch, f.url, f.verdict = true, 2, &talk.Verdict{OK: true, Declared: 5, Received: 10}
			},
			"http_check for RS [10.2.0.11]:tcp:80 VS [10.9.0.1]:tcp:80 url b.example.com/three: content_length (5) does not match received bytes (10)",
		},
		{
			"SMTP_CHECK", func(f *finding) { f.verdict = &talk.Verdict{OK: true, Overflows: 1} },
			"SMTP_CHECK Buffer overflow reading from server [10.2.0.11]:80. Increase SMTP_BUFF_MAX in check_smtp.h",
		},
		{"TCP_CHECK", func(f *finding) { f.verdict = &talk.Verdict{OK: true, Declared: -1} }, ""},
	} {
		f := s.finding(test.kind)
		test.change(f)
		if got := joined(describeFinding(f)); got != test.want || f.worthTelling() != (test.want != "") {
			t.Errorf("%s: %q, worth telling: %v, want %q", test.kind, got, f.worthTelling(), test.want)
		}
	}
}

func TestNames(t *testing.T) {
	cfg := newRig(t).parse(`virtual_server_group G {
  10.9.0.1-3 80
  fwmark 7
}
virtual_server group G {
  protocol TCP
  lb_algo rr
  lb_kind NAT
  real_server 10.2.0.11 80 {
  }
}
virtual_server fwmark 3 {
  lb_algo rr
  lb_kind NAT
  real_server 10.2.0.11 80 {
  }
}
virtual_server fd09::1 443 {
  protocol SCTP
  lb_algo rr
  lb_kind NAT
  real_server fd02::11 443 {
  }
}
`)
	vs := cfg.VirtualServers
	for i, want := range []string{"[G]:0", "FWM 3", "[fd09::1]:sctp:443"} {
		if got := serviceName(vs[i], 0); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := addressName(vs[1].RealServers[0].Address.V, vs[1]); got != "[10.2.0.11]:none:80" {
		t.Error(got)
	}
	entries := cfg.ServerGroups[0].Entries
	for i, want := range []struct{ gone, come string }{{"[10.9.0.1]:tcp:80-10.9.0.3", "[10.9.0.1]:tcp:80-10.9.0.3"}, {"7", "FWM 7"}} {
		gone, come := entryName(&entries[i], vs[0], true), entryName(&entries[i], vs[0], false)
		if gone != want.gone || come != want.come {
			t.Errorf("%s, %s; want %v", gone, come, want)
		}
	}
}

func TestWordsOfTheKernel(t *testing.T) {
	svc := lvs.Service{Key: lvs.AddrKey(6, netip.MustParseAddrPort("10.9.0.1:80"))}
	dest := lvs.Dest{Addr: netip.MustParseAddrPort("10.2.0.11:80")}
	for want, test := range map[string]struct {
		op  lvs.Op
		err error
	}{
		"IPVS cmd IP_VS_SO_SET_ADD(1154) error: Service already exists(17) (10.9.0.1:tcp:80)":                         {lvs.Op{Kind: lvs.AddService, Service: svc}, syscall.EEXIST},
		"IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine not found(2) (10.9.0.1:tcp:80)":       {lvs.Op{Kind: lvs.AddService, Service: svc}, syscall.ENOENT},
		"IPVS cmd IP_VS_SO_SET_DEL(1156) error: No such file or directory(2) (10.9.0.1:tcp:80)":                       {lvs.Op{Kind: lvs.DelService, Service: svc}, syscall.ESRCH},
		"IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: No such file or directory(2) (10.9.0.1:tcp:80 -> 10.2.0.11:80)":   {lvs.Op{Kind: lvs.AddDest, Service: svc, Dest: dest}, syscall.ESRCH},
		"IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) (10.9.0.1:tcp:80 -> 10.2.0.11:80)": {lvs.Op{Kind: lvs.AddDest, Service: svc, Dest: dest}, syscall.EEXIST},
		"IPVS cmd IP_VS_SO_SET_DELDEST(1160) error: No such destination(2) (10.9.0.1:tcp:80 -> 10.2.0.11:80)":         {lvs.Op{Kind: lvs.DelDest, Service: svc, Dest: dest}, syscall.ENOENT},
	} {
		if got := refusal(test.op, test.err); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
