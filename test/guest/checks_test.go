package guest

import (
	"strings"
	"testing"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// What checks do that keepalived's do not, in the daemon, and what panic_threshold and slow_start do for clients.
func TestBetterChecks(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "looking at the table")
	need.Keepalived(t)
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for name, f := range map[string]func(*bench){
				"recovery of keepalived":               func(b *bench) { recovery(b, lab.Keepalived, "", 2) },
				"recovery":                             func(b *bench) { recovery(b, lab.Holdfast, "", 2) },
				"recover_at_once":                      func(b *bench) { recovery(b, lab.Holdfast, "recover_at_once", 1) },
				"certificates":                         certificates,
				"all checks fail":                      func(b *bench) { blind(b, false) },
				"all checks fail with panic_threshold": func(b *bench) { blind(b, true) },
				"a server returns with slow_start":     returning,
			} {
				t.Run(name, func(t *testing.T) { t.Parallel(); f(newBench(t)) })
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

const recoveryConfig = `
virtual_server 10.9.0.50 80 {
    delay_loop 2
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.9.1.11 80 {
        HTTP_GET {
            url {
                path /
            }
            retry 0
            delay_before_retry 1
            warmup 0
            # more
        }
    }
}
`

// recovery: after so many good checks a server that came back is in the table.
func recovery(b *bench, seat lab.Seat, more string, rounds int) {
	in := []string{"-A -t " + benchService + " -s rr", "-a -t " + benchService + " -r 10.9.1.11:80 -m -w 1"}
	d := b.a.Start(seat, strings.Replace(recoveryConfig, "# more", more, 1))
	awaitTable(b.t, b.a, patient, in...)
	b.one.close()
	awaitTable(b.t, b.a, patient, in[:1]...)
	before := b.one.asked()
	b.one.open(b.t)
	awaitTable(b.t, b.a, patient, in...)
	if n := b.one.asked() - before; n != rounds {
		b.t.Errorf("back after %d checks, want %d", n, rounds)
	}
	b.stop(d)
}

const certificateConfig = `
virtual_server 10.9.0.50 443 {
    delay_loop 1
    lb_algo rr
    lb_kind NAT
    protocol TCP
    alpha
    real_server 10.9.1.11 443 {
        SSL_GET {
            url {
                path /
            }
        }
    }
}
virtual_server 10.9.0.50 444 {
    delay_loop 1
    lb_algo rr
    lb_kind NAT
    protocol TCP
    alpha
    real_server 10.9.1.11 443 {
        SSL_GET {
            tls {
                verify
            }
            url {
                path /
            }
        }
    }
}
`

// certificates: a certificate that nobody trusts is good enough for SSL_GET, and not with verify; the log names it once.
func certificates(b *bench) {
	serveTLS(b.t, b.one.node, "10.9.1.11:443", "secret")
	d := b.a.Start(lab.Holdfast, certificateConfig)
	const refused = "SSL_GET on service [10.9.1.11]:tcp:443: TLS failed: "
	b.l.Until("the certificate is told of", patient, func() bool { return d.Said(refused) })
	want := []string{"-A -t 10.9.0.50:443 -s rr", "-a -t 10.9.0.50:443 -r 10.9.1.11:443 -m -w 1", "-A -t 10.9.0.50:444 -s rr"}
	awaitTable(b.t, b.a, patient, want...)
	b.stays(want, "the first server is checked a few times", func() bool { return true })
	if n := d.Count(refused); n != 1 {
		b.t.Errorf("the certificate is told of %d times", n)
	}
	b.stop(d)
}
