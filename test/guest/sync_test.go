package guest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// A connection outlives the director that it was made through, and that one's return, if the kernels' sync daemons tell each other of
// it; the same is asked of keepalived and of ours. Without them it is cut off, which shows that nothing else saves it.
func TestConnectionSync(t *testing.T) {
	t.Parallel()
	need.Keepalived(t)
	need.Command(t, "ipvsadm", "the table's reader")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for _, seat := range lab.Subjects() {
				for _, kind := range []string{"NAT", "DR"} {
					t.Run(kind+" "+seat.Name, func(t *testing.T) { t.Parallel(); synced(t, seat, kind) })
				}
			}
			t.Run("without", func(t *testing.T) { t.Parallel(); unsynced(t) })
		})
	}, "HOLDFAST_BIN="+ours(t))
}

const (
	echoPort   = 7
	echoServer = `
virtual_server %s %d {
    delay_loop 1
    lb_algo rr
    lb_kind %s
    protocol TCP
    real_server %s %d {
        %s
    }
}
`
)

// echoes is a pair of directors in front of an echo server.
func echoes(t *testing.T, kind string) (e *estate, config func(priority int, more string) string) {
	t.Helper()
	e = newEstate(t, kind, false)
	echo(t, e.servers[0], fmt.Sprintf("0.0.0.0:%d", echoPort))
	return e, func(priority int, more string) string {
		return e.router(priority, more) + fmt.Sprintf(echoServer, e.virtual(), echoPort, kind, e.addr(inner, hostServer), echoPort, tcpCheck)
	}
}

// synced: the connection goes on when the master's link fails and returns, and when the master stops (or fails again) and a new
// director takes over from the other.
func synced(t *testing.T, seat lab.Seat, kind string) {
	e, config := echoes(t, kind)
	const line = "    lvs_sync_daemon eth1 OUTER id 9"
	begin := func(n *lab.Node, priority int) *lab.Daemon { return n.Start(seat, config(priority, line)) }
	a := begin(e.a, 150)
	e.Until("a is master", patient, func() bool { return e.a.Has(e.virtual()) })
	begin(e.b, 100) // now: keepalived waits for ever where a sync daemon has to end that has hardly begun
	e.master(e.a, e.b)
	for _, n := range []*lab.Node{e.a, e.b} {
		awaitTable(t, n, patient, e.rules("-t "+e.service(echoPort), "-s rr", echoPort, 0)...)
	}
	c := converse(t, e.client, e.service(echoPort))
	e.tells(e.b, c)

	e.a.Unplug("eth0")
	e.master(e.b, e.a)
	c.goesOn("the link of the master fails")
	e.a.Plug("eth0")
	e.master(e.a, e.b)
	c.goesOn("the link is back")

	if seat == lab.Keepalived {
		// Its stop deletes the services while the address may be there still, and the kernel answers what comes then with a reset.
		e.a.Unplug("eth0")
	} else if code := a.Stop(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	e.Until("b is master", patient, func() bool { return e.b.Has(e.virtual()) })
	c.goesOn("the master is gone")
	d := e.director("d", 3)
	e.preemptDelay = 20 // the other one's kernel tells what there is every few seconds, and d has nothing yet
	begin(d, 150)
	e.tells(d, c)
	e.master(d, e.b)
	c.goesOn("a new director is master")
	c.end()
}

// unsynced: nobody has told b, whose kernel answers the next packet with a reset.
func unsynced(t *testing.T) {
	e, config := echoes(t, "DR")
	e.a.Start(lab.Holdfast, config(150, ""))
	e.b.Start(lab.Holdfast, config(100, ""))
	e.Until("a is master", patient, func() bool { return e.a.Has(e.virtual()) })
	awaitTable(t, e.b, patient, e.rules("-t "+e.service(echoPort), "-s rr", echoPort, 0)...)
	awaitTable(t, e.a, patient, e.rules("-t "+e.service(echoPort), "-s rr", echoPort, 0)...)
	c := converse(t, e.client, e.service(echoPort))
	c.goesOn("it begins")
	e.a.Unplug("eth0")
	select {
	case err := <-c.broken:
		if !strings.Contains(err.Error(), "reset by peer") {
			t.Errorf("the connection ended with %v", err)
		}
	case <-time.After(patient):
		t.Error("the connection goes on")
	}
}

// master waits until one director has the virtual address and sends its connections, and the other has it not and listens.
func (e *estate) master(one, other *lab.Node) {
	e.t.Helper()
	e.Until(one.Name+" is master", patient, func() bool { return one.Has(e.virtual()) && !other.Has(e.virtual()) })
	for n, state := range map[*lab.Node]string{one: "master", other: "backup"} {
		want := state + " sync daemon (mcast=eth1, syncid=9, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n"
		await(e.t, n.Name+": "+want, patient, func() bool { return must(e.t, n, "ipvsadm", "-Ln", "--daemon") == want })
		var got []byte
		err := n.Do(func() (err error) {
			got, err = (&exec.Cmd{Path: ours(e.t), Args: []string{"holdfast", "ipvs", "--daemon"}}).Output()
			return err
		})
		if string(got) != want || err != nil {
			e.t.Errorf("%s: holdfast ipvs --daemon says %q, %v, want %q", n.Name, got, err, want)
		}
	}
}

// tells waits until a director's kernel has heard of a conversation from the other one.
func (e *estate) tells(n *lab.Node, c *conversation) {
	e.t.Helper()
	port := fmt.Sprintf("%04X", c.conn.LocalAddr().(*net.TCPAddr).Port)
	await(e.t, n.Name+" hears of the connection", patient, func() bool {
		var b []byte
		err := n.Do(func() (err error) { b, err = os.ReadFile("/proc/thread-self/net/ip_vs_conn_sync"); return err })
		if err != nil {
			e.t.Fatal(err)
		}
		for l := range strings.Lines(string(b)) {
			// Pro FromIP FPrt ToIP TPrt DestIP DPrt State Origin Expires
			if w := strings.Fields(l); len(w) > 8 && w[2] == port && w[7] == "ESTABLISHED" && w[8] == "SYNC" {
				return true
			}
		}
		return false
	})
}

// echo starts a server that sends back what it gets; it ends with t.
func echo(t *testing.T, n *lab.Node, addr string) {
	t.Helper()
	l, err := listen(n, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
}

// conversation is one connection to an echo server that is never long without a word.
type conversation struct {
	t      *testing.T
	conn   net.Conn
	said   chan int   // the number of each line that came back
	broken chan error // has what ended it
}

// converse begins one; it ends with t.
func converse(t *testing.T, n *lab.Node, addr string) *conversation {
	t.Helper()
	conn, err := dial(n, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &conversation{t: t, conn: conn, said: make(chan int), broken: make(chan error, 1)}
	go func() {
		in := bufio.NewReader(conn)
		for n := 1; ; n++ {
			text := fmt.Sprintf("line %d\n", n)
			_, err := io.WriteString(conn, text)
			var got string
			if err == nil {
				got, err = in.ReadString('\n')
			}
			if err == nil && got != text {
				err = fmt.Errorf("%q came back for %q", got, text)
			}
			if err != nil {
				c.broken <- err
				return
			}
			// Who wants to know is told; meanwhile it goes on, slowly enough for the guest.
			select {
			case c.said <- n:
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return c
}

// goesOn waits for a few answers to what is said from now on.
func (c *conversation) goesOn(after string) {
	c.t.Helper()
	for range 3 {
		select {
		case <-c.said:
		case err := <-c.broken:
			c.broken <- err
			c.t.Fatalf("%s: the connection breaks: %v", after, err)
		case <-time.After(patient):
			c.t.Fatalf("%s: the connection is silent", after)
		}
	}
}

// end wants that it has not broken.
func (c *conversation) end() {
	c.t.Helper()
	select {
	case err := <-c.broken:
		c.t.Errorf("the connection broke: %v", err)
	default:
	}
}
