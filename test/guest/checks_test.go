package guest

import (
	"strings"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// What checks do that keepalived's do not, in the daemon.
func TestBetterChecks(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "looking at the table")
	need.Keepalived(t)
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("recovery", func(t *testing.T) { recovery(t) })
		t.Run("certificates", func(t *testing.T) { certificates(t) })
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

// recovery: how long a server is out after it came back, just after a check had failed: with keepalived, with us, and with recover_at_once.
func recovery(t *testing.T) {
	const loop = 2 * time.Second
	in := []string{"-A -t " + benchService + " -s rr", "-a -t " + benchService + " -r 10.9.1.11:80 -m -w 1"}
	for _, c := range []struct {
		name   string
		seat   lab.Seat
		more   string
		rounds time.Duration
	}{
		{"keepalived", lab.Keepalived, "", 2},
		{"as keepalived", lab.Holdfast, "", 2},
		{"recover_at_once", lab.Holdfast, "recover_at_once", 1},
	} {
		b := newBench(t)
		d := b.a.Start(c.seat, strings.Replace(recoveryConfig, "# more", c.more, 1))
		awaitTable(t, b.a, patient, in...)
		b.one.close()
		awaitTable(t, b.a, patient, in[:1]...)
		begin := time.Now()
		b.one.open(t)
		awaitTable(t, b.a, patient, in...)
		took := time.Since(begin)
		t.Logf("%s: back after %.2f s", c.name, took.Seconds())
		if took < c.rounds*loop-loop/2 || took > c.rounds*loop+loop/2 {
			t.Errorf("%s: back after %v, want %v", c.name, took, c.rounds*loop)
		}
		b.stop(d)
	}
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
func certificates(t *testing.T) {
	b := newBench(t)
	serveTLS(t, b.one.node, "10.9.1.11:443", "secret")
	d := b.a.Start(lab.Holdfast, certificateConfig)
	const refused = "SSL_GET on service [10.9.1.11]:tcp:443: TLS failed: "
	b.l.Until("the certificate is told of", patient, func() bool { return d.Said(refused) })
	want := []string{"-A -t 10.9.0.50:443 -s rr", "-a -t 10.9.0.50:443 -r 10.9.1.11:443 -m -w 1", "-A -t 10.9.0.50:444 -s rr"}
	awaitTable(t, b.a, patient, want...)
	b.stays(want, "the first server is checked a few times", func() bool { return true })
	if n := d.Count(refused); n != 1 {
		t.Errorf("the certificate is told of %d times", n)
	}
	b.stop(d)
}
