package guest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// bench is a director between a client and two servers, which answer through it.
type bench struct {
	t            *testing.T
	l            *lab.Lab
	a, client    *lab.Node
	one, two     *web
	config       string
	full, single []string // the table with both servers, and with the first alone
}

const (
	benchVirtual = "10.9.0.50"
	benchService = benchVirtual + ":80"

	benchConfig = `
global_defs {
    script_user root
}
vrrp_instance V {
    state MASTER
    interface eth0
    virtual_router_id 7
    priority 100
    virtual_ipaddress {
        10.9.0.50/24
    }
}
virtual_server 10.9.0.50 80 {
    delay_loop 1
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.9.1.11 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 0
            warmup 0
        }
    }
    real_server 10.9.1.12 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 0
            warmup 0
        }
    }
    # more
}
`
)

func newBench(t *testing.T) *bench {
	t.Helper()
	l := lab.New(t)
	b := &bench{
		t: t, l: l, config: benchConfig,
		a:      l.Node("a").Link("eth0", "br0", "10.9.0.1/24").Link("eth1", "br1", "10.9.1.1/24"),
		client: l.Node("c").Link("eth0", "br0", "10.9.0.200/24"),
	}
	s := l.Node("s").Link("eth0", "br1", "10.9.1.11/24", "10.9.1.12/24", "10.9.1.13/24")
	s.IP("route add default via 10.9.1.1")
	err := b.a.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) })
	if err != nil {
		t.Fatal(err)
	}
	b.one, b.two = serve(t, s, "10.9.1.11:80", "one"), serve(t, s, "10.9.1.12:80", "two")
	b.single = []string{"-A -t " + benchService + " -s rr", "-a -t " + benchService + " -r 10.9.1.11:80 -m -w 1"}
	b.full = append(b.single[:2:2], "-a -t "+benchService+" -r 10.9.1.12:80 -m -w 1")
	return b
}

// start starts the daemon and waits until it is master.
func (b *bench) start(settings ...lab.Setting) *lab.Daemon {
	b.t.Helper()
	d := b.a.Start(lab.Holdfast, b.config, settings...)
	b.l.Until("it is master", patient, func() bool { return b.a.Has(benchVirtual) })
	return d
}

func (b *bench) adm(args ...string) { b.t.Helper(); must(b.t, b.a, "ipvsadm", args...) }

// stays holds that the table does not change until done does, and a few looks longer.
func (b *bench) stays(want []string, what string, done func() bool) {
	b.t.Helper()
	end := time.Now().Add(patient)
	for looks := 0; looks < 10; {
		awaitTable(b.t, b.a, 0, want...)
		switch {
		case done():
			looks++
		case time.Now().After(end):
			b.t.Fatal("not in time: " + what)
		}
	}
}

// steady holds that the virtual router has been master all the time since it became so: it has not let its address go, and its
// adverts have come every second.
func (b *bench) steady() {
	b.t.Helper()
	for _, c := range b.a.Changes() {
		if !c.Came && c.Addr.Addr().String() == benchVirtual {
			b.t.Error("the virtual address was lost")
		}
	}
	adverts := b.l.Segment("br0").AdvertsOf("10.9.0.1", 7)
	for i := 1; i < len(adverts); i++ {
		// The guest has one processor for everybody.
		if gap := adverts[i].At.Sub(adverts[i-1].At); gap > 1800*time.Millisecond {
			b.t.Errorf("no advert for %v", gap)
		}
	}
}

func (b *bench) stop(d *lab.Daemon) {
	b.t.Helper()
	if code := d.Stop(); code != 0 {
		b.t.Errorf("exit status %d", code)
	}
}

// What goes wrong around virtual servers, and what must come of it.
func TestFaults(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "somebody else who changes the table")
	uml.Inside(t, "", func(t *testing.T) {
		// Alone: it has to be quick.
		t.Run("others change the table", func(t *testing.T) { drift(newBench(t)) })
		t.Run("play", func(t *testing.T) {
			for name, f := range map[string]func(*bench){
				"the checkers are killed": killed, "a script hangs": hanging, "the table is kept": kept,
				"everything is killed": crashed, "killed while it reloads": killedReloading,
				"the parent is killed": orphaned,
			} {
				t.Run(name, func(t *testing.T) { t.Parallel(); f(newBench(t)) })
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// drift: what others change of ours is put right within two seconds, and what is theirs stays as it is.
func drift(b *bench) {
	const limit = 2 * time.Second
	b.adm("-A", "-t", "10.9.0.99:80", "-s", "wlc")
	b.adm("-a", "-t", "10.9.0.99:80", "-r", "10.9.1.99:80", "-g", "-w", "3")
	theirs := []string{"-A -t 10.9.0.99:80 -s wlc", "-a -t 10.9.0.99:80 -r 10.9.1.99:80 -g -w 3"}
	d := b.start()
	awaitTable(b.t, b.a, patient, append(theirs, b.full...)...)
	b.adm("-a", "-t", benchService, "-r", "10.9.1.98:80", "-m", "-w", "7") // theirs in ours
	all := append(append(theirs[:2:2], "-a -t "+benchService+" -r 10.9.1.98:80 -m -w 7"), b.full...)
	for _, change := range [][]string{
		{"-d", "-t", benchService, "-r", "10.9.1.11:80"},
		{"-e", "-t", benchService, "-r", "10.9.1.12:80", "-m", "-w", "9"},
		{"-e", "-t", benchService, "-r", "10.9.1.12:80", "-g", "-w", "1"},
		{"-E", "-t", benchService, "-s", "wlc"},
		{"-E", "-t", benchService, "-s", "rr", "-p", "60"},
	} {
		b.adm(change...)
		awaitTable(b.t, b.a, limit, all...)
	}
	b.adm("-D", "-t", benchService)
	awaitTable(b.t, b.a, limit, append(theirs, b.full...)...)
	b.adm("-C")
	awaitTable(b.t, b.a, limit, b.full...)
	if n := d.Count("was not as it had been set, repaired"); n != 7 {
		b.t.Errorf("%d repairs were told of, want 7", n)
	}
	b.adm("-A", "-t", "10.9.0.99:80", "-s", "wlc")
	b.adm("-a", "-t", benchService, "-r", "10.9.1.98:80", "-m", "-w", "7")
	b.steady()
	b.stop(d)
	awaitTable(b.t, b.a, 0, theirs[0], b.full[0], all[2]) // their destination stays, and ours has to for it
}

// killed: a server stays in and another out while the checkers' process dies and comes back; a connection goes on, and nobody asks
// who is master.
func killed(b *bench) {
	b.two.close()
	d := b.start()
	awaitTable(b.t, b.a, patient, b.single...)
	conn, err := dial(b.client, benchService)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	if got, err := ask(conn, benchService); got != "one" || err != nil {
		b.t.Errorf("%q, %v", got, err)
	}
	for life := 1; life <= 2; life++ {
		if err := syscall.Kill(checkers(b.t, d), syscall.SIGKILL); err != nil {
			b.t.Fatal(err)
		}
		b.stays(b.single, "the checkers are back", func() bool {
			return d.Count("Activating healthchecker for service [10.9.1.11]:tcp:80") > life
		})
		if got, err := ask(conn, benchService); got != "one" || err != nil {
			b.t.Errorf("after the crash: %q, %v", got, err)
		}
	}
	b.two.open(b.t)
	awaitTable(b.t, b.a, patient, b.full...)
	b.steady()
	b.stop(d)
	awaitTable(b.t, b.a, 0)
}

// checkers is the number of the checkers' process, by the log.
func checkers(t *testing.T, d *lab.Daemon) int {
	t.Helper()
	return numberAfter(t, d, "Starting Healthcheck child process, pid=")
}

// numberAfter is the number that stands behind words in the log, the last time.
func numberAfter(t *testing.T, d *lab.Daemon, words string) int {
	t.Helper()
	pid := ""
	for _, line := range d.Lines() {
		if _, after, ok := strings.Cut(line.Text, words); ok {
			pid = after
		}
	}
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	return n
}

// hanging: a script that does not end, and does not mind to be asked, counts as failed in time and holds nobody up. Its processes do
// not pile up, and are gone in the end.
func hanging(b *bench) {
	const script, child = "/usr/local/hang.sh", "1000.7531"
	b.config = strings.Replace(b.config, "# more", `real_server 10.9.1.13 80 {
        MISC_CHECK {
            misc_path `+script+`
            misc_timeout 1
            warmup 0
        }
    }`, 1)
	d := b.start(lab.File(script, "#!/bin/sh\ntrap '' TERM INT HUP\nwhile :; do sleep "+child+"; done\n"))
	awaitTable(b.t, b.a, patient, b.full...)
	for range 3 {
		b.two.close()
		awaitTable(b.t, b.a, patient, b.single...)
		b.two.open(b.t)
		awaitTable(b.t, b.a, patient, b.full...)
		if n := len(running(b.t, child)); n > 2 { // one that is being killed, and the next
			b.t.Errorf("%d scripts run", n)
		}
	}
	await(b.t, "the script runs again", patient, func() bool { return len(running(b.t, child)) > 0 })
	b.steady()
	b.stop(d)
	awaitTable(b.t, b.a, 0)
	await(b.t, "nothing of the script is left", 5*time.Second, func() bool { return len(running(b.t, script))+len(running(b.t, child)) == 0 })
}

// running returns the processes that have a word in their command line.
func running(t *testing.T, word string) (pids []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), word) {
			pids = append(pids, f)
		}
	}
	return pids
}

// kept: with -I the table outlives the daemon, and the next one takes it over as it is.
func kept(b *bench) {
	d := b.start(lab.Flags("-n", "-l", "-D", "-I"))
	awaitTable(b.t, b.a, patient, b.full...)
	b.stop(d)
	awaitTable(b.t, b.a, 0, b.full...)
	d = b.a.Start(lab.Holdfast, b.config)
	b.stays(b.full, "it is master again", func() bool { return b.a.Has(benchVirtual) })
	b.stop(d)
	awaitTable(b.t, b.a, 0)
}

// crashed: all processes die at once, and what starts then finds its table as it wants it; a connection goes on.
func crashed(b *bench) {
	d := b.start()
	awaitTable(b.t, b.a, patient, b.full...)
	conn, err := dial(b.client, benchService)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	before, err := ask(conn, benchService)
	if err != nil {
		b.t.Fatal(err)
	}
	d.Crash()
	d = b.a.Start(lab.Holdfast, b.config)
	b.stays(b.full, "it is master again", func() bool { return d.Said("Entering MASTER STATE") && b.a.Has(benchVirtual) })
	if after, err := ask(conn, benchService); after != before || err != nil {
		b.t.Errorf("the connection gave %q, and later %q, %v", before, after, err)
	}
	b.stop(d)
	awaitTable(b.t, b.a, 0)
}

// killedReloading: the checkers die while another configuration is being taken in. In the end it is the one in force, or the one
// before and the log says so; a second try is in force in any case.
func killedReloading(b *bench) {
	text := b.config
	b.a.Put("all.conf", text)
	b.config = "include /mnt/all.conf\n"
	d := b.start()
	awaitTable(b.t, b.a, patient, b.full...)
	weighty := []string{b.full[0], strings.TrimSuffix(b.full[1], "1") + "5", b.full[2]}
	b.a.Put("all.conf", strings.Replace(text, "real_server 10.9.1.11 80 {", "real_server 10.9.1.11 80 {\n weight 5", 1))
	d.Signal(syscall.SIGHUP)
	b.l.Until("it begins to reload", patient, func() bool { return d.Said("Reloading ...") })
	if err := syscall.Kill(checkers(b.t, d), syscall.SIGKILL); err != nil {
		b.t.Fatal(err)
	}
	b.l.Until("the checkers are back", patient, func() bool { return d.Count("Starting Healthcheck child process") == 2 })
	b.l.Until("that reload is over", patient, func() bool { return d.Said("Reload complete") || d.Said("Reload refused") })
	if d.Said("Reload complete") {
		awaitTable(b.t, b.a, patient, weighty...)
	}
	over := func() int { return d.Count("Reload complete") + d.Count("Reload refused") }
	before := over()
	d.Signal(syscall.SIGHUP)
	b.l.Until("the second reload is over", patient, func() bool { return over() > before })
	awaitTable(b.t, b.a, patient, weighty...)
	b.steady()
	b.stop(d)
	awaitTable(b.t, b.a, 0)
}

// orphaned: without their parent the roles give up what they hold.
func orphaned(b *bench) {
	d := b.start()
	awaitTable(b.t, b.a, patient, b.full...)
	d.Signal(syscall.SIGKILL)
	awaitTable(b.t, b.a, patient)
	b.l.Until("the address is given up", patient, func() bool { return !b.a.Has(benchVirtual) })
	d.End()
}
