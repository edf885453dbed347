package guest

import (
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/crowd"
	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// duo is two directors and two servers in one network, with direct routing.
type duo struct {
	t            *testing.T
	l            *lab.Lab
	a, b, client *lab.Node
	table        []string // of a director that has the service
}

const duoConfig = `
global_defs {
    script_user root
}
vrrp_instance V {
    state STATE
    interface eth0
    virtual_router_id 7
    priority PRIORITY
    garp_master_delay 1
    virtual_ipaddress {
        10.9.0.50/24
    }
    # instance
}
virtual_server 10.9.0.50 80 {
    delay_loop 1
    lb_algo rr
    lb_kind DR
    protocol TCP
    # service
    real_server 10.9.0.11 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 0
            warmup 0
        }
    }
    real_server 10.9.0.12 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 0
            warmup 0
        }
    }
}
`

func newDuo(t *testing.T) *duo {
	t.Helper()
	l := lab.New(t)
	node := func(name, addr string) *lab.Node { return l.Node(name).Link("eth0", "br0", addr) }
	d := &duo{t: t, l: l, a: node("a", "10.9.0.1/24"), b: node("b", "10.9.0.2/24"), client: node("c", "10.9.0.200/24")}
	for name, addr := range map[string]string{"one": "10.9.0.11", "two": "10.9.0.12"} {
		n := node(name, addr+"/24")
		realServer(t, n, benchVirtual)
		serve(t, n, "0.0.0.0:80", name)
	}
	d.table = []string{
		"-A -t " + benchService + " -s rr", "-a -t " + benchService + " -r 10.9.0.11:80 -g -w 1", "-a -t " + benchService + " -r 10.9.0.12:80 -g -w 1",
	}
	return d
}

// start starts the daemon of a director, the preferred one first.
func (d *duo) start(n *lab.Node, instance, service string) *lab.Daemon {
	d.t.Helper()
	state, priority := "MASTER", "150"
	if n == d.b {
		state, priority = "BACKUP", "100"
	}
	text := strings.NewReplacer("STATE", state, "PRIORITY", priority, "# instance", instance, "# service", service).Replace(duoConfig)
	return n.Start(lab.Holdfast, text)
}

// has waits until one director has the virtual address and the other has not.
func (d *duo) has(n, other *lab.Node) {
	d.t.Helper()
	d.l.Until(n.Name+" is master", patient, func() bool { return n.Has(benchVirtual) && !other.Has(benchVirtual) })
}

// TestFollow: virtual servers that follow an instance, and an instance that tracks a virtual server.
func TestFollow(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "the table's reader")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for name, f := range map[string]func(*duo){
				"a virtual server follows":    follows,
				"takeovers as ever":           func(d *duo) { takeovers(d, "") },
				"takeovers with follow_vrrp":  func(d *duo) { takeovers(d, "follow_vrrp V") },
				"a virtual server is tracked": tracked,
			} {
				t.Run(name, func(t *testing.T) { t.Parallel(); f(newDuo(t)) })
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// follows: the service is in the table of the master alone, also after a crash of either process, and leaves it as the instance does.
func follows(d *duo) {
	const follow = "follow_vrrp V"
	a := d.start(d.a, "", follow)
	d.has(d.a, d.b)
	b := d.start(d.b, "", follow)
	awaitTable(d.t, d.a, patient, d.table...)
	b2 := func() { awaitTable(d.t, d.b, 0) }
	d.l.Until("b checks", patient, func() bool { return b.Said("TCP connection to [10.9.0.12]:tcp:80 success") })
	b2()

	// A crash of the checkers changes nothing, and neither does one of the VRRP process, which goes on as master.
	for _, who := range []string{"Starting Healthcheck child process, pid=", "Starting VRRP child process, pid="} {
		if err := syscall.Kill(numberAfter(d.t, a, who), syscall.SIGKILL); err != nil {
			d.t.Fatal(err)
		}
		d.l.Until("it is back", patient, func() bool { return a.Count(who) == 2 })
		for range 20 {
			awaitTable(d.t, d.a, 0, d.table...)
			b2()
		}
	}
	if a.Count("holds until its next life says otherwise") != 1 {
		d.t.Error("nobody said that the state of the instance holds while its process is dead")
	}
	d.has(d.a, d.b)

	if code := a.Stop(); code != 0 {
		d.t.Errorf("exit status %d", code)
	}
	d.has(d.b, d.a)
	awaitTable(d.t, d.b, patient, d.table...)
	a = d.start(d.a, "", follow)
	d.has(d.a, d.b)
	awaitTable(d.t, d.a, patient, d.table...)
	awaitTable(d.t, d.b, patient)
	for _, x := range []*lab.Daemon{a, b} {
		if code := x.Stop(); code != 0 {
			d.t.Errorf("exit status %d", code)
		}
	}
	awaitTable(d.t, d.a, 0)
}

// takeovers counts what a client loses when the master stops and comes back.
func takeovers(d *duo, service string) {
	a := d.start(d.a, "", service)
	d.has(d.a, d.b)
	b := d.start(d.b, "", service)
	awaitTable(d.t, d.a, patient, d.table...)
	d.l.Until("b checks", patient, func() bool { return b.Said("TCP connection to [10.9.0.12]:tcp:80 success") })
	await(d.t, "requests are served", patient, func() bool { _, err := fetch(d.client, benchService); return err == nil })
	asking := crowd.Start(d.client.Do, netip.MustParseAddrPort(benchService), shopPeriod, patience)
	defer asking.Stop()
	decided := func(when string, n int, from time.Time) {
		d.t.Helper()
		await(d.t, fmt.Sprintf("%s: %d requests are decided", when, n), patient, func() bool { return len(asking.Since(from)) >= n })
	}
	for _, change := range []struct {
		what string
		do   func()
	}{
		{"the master stops", func() { a.Stop(); d.has(d.b, d.a) }},
		{"it comes back", func() { a = d.start(d.a, "", service); d.has(d.a, d.b) }},
	} {
		from := time.Now()
		decided("before "+change.what, 25, from)
		change.do()
		decided("after "+change.what, 100, time.Now())
		all := asking.Until(from, time.Now())
		lost := crowd.Lost(all)
		d.t.Logf("%s: %d of %d requests lost", change.what, lost, len(all))
		if lost > 12 { // a quarter of a second's
			d.t.Errorf("%s: %d of %d requests lost", change.what, lost, len(all))
		}
	}
}

// tracked: the quorum that one director loses, though the servers live, moves the virtual address to the other.
func tracked(d *duo) {
	const track = "track_virtual_server {\n 10.9.0.50 80\n }"
	a := d.start(d.a, track, "")
	d.has(d.a, d.b)
	b := d.start(d.b, track, "")
	awaitTable(d.t, d.a, patient, d.table...)
	awaitTable(d.t, d.b, patient, d.table...)
	d.a.IP("route add blackhole 10.9.0.11/32")
	awaitTable(d.t, d.a, patient, d.table[0], d.table[2])
	d.has(d.a, d.b)
	d.a.IP("route add blackhole 10.9.0.12/32")
	d.has(d.b, d.a)
	if a.Count("FAULT because virtual_server 10.9.0.50 80 without quorum") != 1 {
		d.t.Error("the reason was not told")
	}
	for range 4 {
		if _, err := fetch(d.client, benchService); err != nil {
			d.t.Error(err)
		}
	}
	d.a.IP("route del blackhole 10.9.0.12/32")
	d.has(d.a, d.b)
	for _, x := range []*lab.Daemon{a, b} {
		if code := x.Stop(); code != 0 {
			d.t.Errorf("exit status %d", code)
		}
	}
}
