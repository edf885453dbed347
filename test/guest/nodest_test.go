package guest

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

const datagramPool = `
virtual_server 10.9.0.50 53 {
    delay_loop 1
    lb_algo rr
    lb_kind NAT
    protocol UDP
    real_server 10.9.1.11 53 {
    }
    real_server 10.9.1.12 53 {
    }
}
`

// orphan: a flow of datagrams whose server leaves the table goes to another one with expire_nodest_conn, and nowhere without; in the
// end the setting is as before.
func orphan(b *bench, expire bool) {
	text := strings.Replace(b.config, "virtual_server", datagramPool+"virtual_server", 1)
	if expire {
		text = strings.Replace(text, "script_user root", "script_user root\n ipvs_sysctl {\n expire_nodest_conn 1\n }", 1)
	}
	b.a.Put("all.conf", text)
	b.config = "include /mnt/all.conf\n"
	named(b.t, b.one.node, "10.9.1.11:53", "one")
	named(b.t, b.two.node, "10.9.1.12:53", "two")
	d := b.start()
	setting := func(want string) {
		b.t.Helper()
		if got := strings.TrimSpace(must(b.t, b.a, "cat", "/proc/sys/net/ipv4/vs/expire_nodest_conn")); got != want {
			b.t.Errorf("expire_nodest_conn is %s, want %s", got, want)
		}
	}
	udp := []string{"-A -u 10.9.0.50:53 -s rr", "-a -u 10.9.0.50:53 -r 10.9.1.11:53 -m -w 1", "-a -u 10.9.0.50:53 -r 10.9.1.12:53 -m -w 1"}
	awaitTable(b.t, b.a, patient, append(udp[:3:3], b.full...)...)
	if expire {
		setting("1")
	} else {
		setting("0")
	}

	var c net.Conn
	err := b.client.Do(func() (err error) { c, err = net.Dial("udp4", "10.9.0.50:53"); return err })
	if err != nil {
		b.t.Fatal(err)
	}
	defer c.Close()
	first := say(c, patience)
	for range 3 {
		if again := say(c, patience); first == "" || again != first {
			b.t.Fatalf("the flow is answered by %q and %q", first, again)
		}
	}
	gone := map[string]string{"one": "10.9.1.11 53", "two": "10.9.1.12 53"}[first]
	b.a.Put("all.conf", strings.Replace(text, "    real_server "+gone+" {\n    }\n", "", 1))
	d.Signal(syscall.SIGHUP)
	left := udp[:1:1]
	for _, line := range udp[1:] {
		if !strings.Contains(line, strings.Replace(gone, " ", ":", 1)+" ") {
			left = append(left, line)
		}
	}
	awaitTable(b.t, b.a, patient, append(left, b.full...)...)
	wait, lost := patience, 0
	if !expire {
		wait /= 10 // each time
	}
	for say(c, wait) == "" && lost < 10 {
		lost++
	}
	b.t.Logf("expire_nodest_conn %t: %d datagrams lost", expire, lost)
	if expire && lost > 1 || !expire && lost < 10 {
		b.t.Errorf("%d datagrams were lost", lost)
	}
	if expire { // what was there before the first life of the checkers outlives it
		const who = "Starting Healthcheck child process, pid="
		before := d.Count("Activating BFD healthchecker")
		if err := syscall.Kill(numberAfter(b.t, d, who), syscall.SIGKILL); err != nil {
			b.t.Fatal(err)
		}
		b.l.Until("the checkers are back", patient, func() bool { return d.Count("Activating BFD healthchecker") > before })
		setting("1")
	}
	b.stop(d)
	setting("0")
}

// named answers datagrams with a name.
func named(t *testing.T, n *lab.Node, addr, name string) {
	t.Helper()
	var c net.PacketConn
	err := n.Do(func() (err error) { c, err = net.ListenPacket("udp4", addr); return err })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 100)
		for {
			_, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo([]byte(name), from)
		}
	}()
}

// say sends a datagram and returns the answer; "" if there is none so long.
func say(c net.Conn, wait time.Duration) string {
	b := make([]byte, 100)
	_ = c.SetDeadline(time.Now().Add(wait))
	if _, err := c.Write([]byte("hello")); err != nil {
		return ""
	}
	n, err := c.Read(b)
	if err != nil && !os.IsTimeout(err) {
		return ""
	}
	return string(b[:n])
}
