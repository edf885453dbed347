package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// notifyScript is where the configurations look for theirs; it is the recorder here.
const notifyScript = "/usr/local/keepalived/etc/keepalived/notify.sh"

// The documents' clusters, with all that they do: the same is asked of keepalived and of ours. The configurations are copies with
// comments of our own.
func TestSeeds(t *testing.T) {
	t.Parallel()
	need.Keepalived(t)
	seeds(t, "../netns/testdata/seeds", lab.Subjects()...)
}

// The same with the originals, if HOLDFAST_SEEDS names them or they lie beside the repository.
func TestOriginalSeeds(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HOLDFAST_SEEDS")
	if dir == "" {
		dir = "../../../shared/seeds/configs"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs the originals of the configurations: HOLDFAST_SEEDS")
	}
	seeds(t, dir, lab.Holdfast)
}

func seeds(t *testing.T, dir string, seats ...lab.Seat) {
	need.Command(t, "ipvsadm", "the table's reader")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for _, seat := range seats {
				for _, s := range sites() {
					t.Run(s.name+" "+seat.Name, func(t *testing.T) { t.Parallel(); s.play(t, seat, dir) })
				}
				t.Run("003-20 "+seat.Name, func(t *testing.T) { t.Parallel(); playNAT(t, seat, dir) })
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// seed reads the configuration whose name begins so.
func seed(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, name+"*.conf"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s in %s: %v, %v", name, dir, found, err)
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// site is a cluster from one of the documents: two directors, two real servers, and a client beside them.
type site struct {
	name   string
	dev    string // the directors' link to the clients
	build  func(t *testing.T, l *lab.Lab) *cluster
	config func(t *testing.T, dir string) (a, b string)

	virtual []string // the virtual addresses; which of them a has while both directors are there, and which b
	first   []string
	second  []string
	real    []string
	sorry   bool // the directors serve a page of excuse
	equal   bool // the directors have the same priority: who has the addresses keeps them
}

// patient is how long is waited for what checks and elections come to: 004-02 looks every 6 seconds, wants to see four failures 3
// seconds apart, or twice what is good; and everybody shares one processor.
const patient = time.Minute

type cluster struct {
	a, b, client *lab.Node
	servers      []*lab.Node
}

const excuse = "sorry, our system is being maintained"

// together is one network with directors, real servers and client.
func together(dev, net string, bits int, virtual []string, a, b, client string, servers ...string) func(*testing.T, *lab.Lab) *cluster {
	return func(t *testing.T, l *lab.Lab) *cluster {
		t.Helper()
		node := func(name, host string) *lab.Node {
			return l.Node(name).Link(dev, "br0", fmt.Sprintf("%s.%s/%d", net, host, bits))
		}
		c := &cluster{a: node("a", a), b: node("b", b), client: node("c", client)}
		for i, s := range servers {
			n := node(fmt.Sprintf("s%d", i+1), s)
			realServer(t, n, virtual...)
			c.servers = append(c.servers, n)
		}
		return c
	}
}

// routed is the network with a router: clients, virtual address and real servers are in three networks, and the real servers answer
// past the directors.
func routed(t *testing.T, l *lab.Lab) *cluster {
	t.Helper()
	router := l.Node("r").Link("eth0", "br0", "192.168.10.254/24").Link("eth1", "br1", "192.168.11.254/24").Link("eth2", "br2", "192.168.12.254/24")
	err := router.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) })
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{
		a:      l.Node("a").Link("eth0", "br1", "192.168.11.101/24").Link("eth1", "br2", "192.168.12.101/24"),
		b:      l.Node("b").Link("eth0", "br1", "192.168.11.102/24").Link("eth1", "br2", "192.168.12.102/24"),
		client: l.Node("c").Link("eth0", "br0", "192.168.10.1/24"),
	}
	for i, addr := range []string{"192.168.12.121/24", "192.168.12.122/24"} {
		n := l.Node(fmt.Sprintf("s%d", i+1)).Link("eth0", "br2", addr)
		realServer(t, n, "192.168.11.100")
		n.IP("route add default via 192.168.12.254")
		c.servers = append(c.servers, n)
	}
	c.client.IP("route add default via 192.168.10.254")
	c.a.IP("route add default via 192.168.11.254")
	c.b.IP("route add default via 192.168.11.254")
	return c
}

func sites() []site {
	one, two, three := []string{"172.16.53.50"}, []string{"10.16.8.100", "10.16.8.101"}, []string{"192.168.11.100"}
	return []site{
		{
			// The document: the two files are the same but for the state, which is MASTER at 104.
			name: "001", dev: "eno16777736", build: together("eno16777736", "172.16", 16, one, "53.104", "53.100", "53.200", "53.101", "53.102"),
			config: func(t *testing.T, dir string) (a, b string) {
				b = seed(t, dir, "001-01")
				return strings.Replace(b, "state BACKUP", "state MASTER", 1), b
			},
			virtual: one, first: one, real: []string{"172.16.53.101", "172.16.53.102"}, sorry: true, equal: true,
		},
		{
			// 003-07 is added to the end of both files.
			name: "003-05 to 003-07", dev: "eth1", build: together("eth1", "10.16.8", 24, two, "10", "11", "200", "8", "9"),
			config: func(t *testing.T, dir string) (a, b string) {
				more := "\n" + seed(t, dir, "003-07")
				return seed(t, dir, "003-05") + more, seed(t, dir, "003-06") + more
			},
			virtual: two, first: two[:1], second: two[1:], real: []string{"10.16.8.8", "10.16.8.9"},
		},
		{
			name: "004-01 and 004-02", dev: "eth0", build: routed,
			config: func(t *testing.T, dir string) (a, b string) {
				return seed(t, dir, "004-01"), seed(t, dir, "004-02")
			},
			virtual: three, first: three, real: []string{"192.168.12.121", "192.168.12.122"}, sorry: true,
		},
	}
}

// play is the story of a site, with the daemon at both directors.
func (s site) play(t *testing.T, seat lab.Seat, dir string) {
	l := lab.New(t)
	c := s.build(t, l)
	settings := []lab.Setting{lab.File(notifyScript, lab.RecorderScript)}
	if s.sorry {
		for _, n := range []*lab.Node{c.a, c.b} {
			serve(t, n, "0.0.0.0:80", excuse)
		}
	}
	configA, configB := s.config(t, dir)
	if seat == lab.Keepalived {
		// 001-01 has U+00A0 for blanks, which keepalived takes for letters.
		configA, configB = strings.ReplaceAll(configA, "\u00a0", " "), strings.ReplaceAll(configB, "\u00a0", " ")
	}
	a := c.a.Start(seat, configA, settings...)
	s.has(l, c.a, s.virtual)
	b := c.b.Start(seat, configB, settings...)

	// Nobody serves yet.
	s.tables(t, c, patient, 0, 1)
	s.has(l, c.a, s.first)
	s.has(l, c.b, s.second)
	if s.sorry {
		s.shows(t, c, "127.0.0.1:80")
		s.serves(t, c, excuse)
	}
	var servers []*web
	for i, n := range c.servers {
		servers = append(servers, serve(t, n, "0.0.0.0:80", "Server "+s.real[i]))
	}
	s.tables(t, c, patient)
	s.shows(t, c, s.real[0]+":80", s.real[1]+":80")
	s.serves(t, c, servers[0].page, servers[1].page)
	s.loop(t, c, servers)

	servers[0].close()
	s.tables(t, c, patient, 0)
	s.serves(t, c, servers[1].page)
	servers[0].open(t)
	s.tables(t, c, patient)

	s.reload(t, c, a, b)

	c.a.Unplug(s.dev) // and a server at the same time
	servers[1].close()
	s.has(l, c.b, s.virtual)
	s.tables(t, &cluster{b: c.b}, patient, 1)
	s.serves(t, c, servers[0].page)
	c.a.Plug(s.dev)
	servers[1].open(t)
	if s.equal {
		l.Until("a listens", patient, func() bool { return a.Count("Entering BACKUP STATE") > 1 })
		s.has(l, c.a, nil)
		s.has(l, c.b, s.virtual)
	} else {
		s.has(l, c.a, s.first)
		s.has(l, c.b, s.second)
	}
	s.tables(t, c, patient)
	s.serves(t, c, servers[0].page, servers[1].page)

	if code := a.Stop(); code != 0 {
		t.Errorf("a: exit status %d", code)
	}
	awaitTable(t, c.a, time.Second)
	s.tables(t, &cluster{b: c.b}, time.Second)
	s.has(l, c.b, s.virtual)
	s.serves(t, c, servers[0].page, servers[1].page)
	if code := b.Stop(); code != 0 {
		t.Errorf("b: exit status %d", code)
	}
	awaitTable(t, c.b, time.Second)
	s.has(l, c.b, nil)
}

// tables waits until both directors' tables are what the file says when the real servers of those numbers are dead.
func (s site) tables(t *testing.T, c *cluster, within time.Duration, dead ...int) {
	t.Helper()
	var want []string
	for _, v := range s.virtual {
		want = append(want, "-A -t "+v+":80 -s rr")
		for i, r := range s.real {
			if !slices.Contains(dead, i) {
				want = append(want, "-a -t "+v+":80 -r "+r+":80 -g -w 1")
			}
		}
		if s.sorry && len(dead) == len(s.real) {
			want = append(want, "-a -t "+v+":80 -r 127.0.0.1:80 -g -w 1")
		}
	}
	for _, n := range []*lab.Node{c.a, c.b} {
		if n != nil {
			awaitTable(t, n, within, want...)
		}
	}
}

// shows compares with the document's listing, in which nobody has asked for anything yet. It is that of both directors, whoever has
// the address.
func (s site) shows(t *testing.T, c *cluster, servers ...string) {
	t.Helper()
	var want []string
	for _, v := range s.virtual {
		want = append(want, "TCP "+v+":80 rr")
		for _, r := range servers {
			want = append(want, "-> "+r+" Route 1 0 0")
		}
	}
	for _, n := range []*lab.Node{c.a, c.b} {
		if diff := cmp.Diff(want, shown(t, n)); diff != "" {
			t.Errorf("%s: ipvsadm -Ln (-document +this):\n%s", n.Name, diff)
		}
	}
}

// has waits until of the virtual addresses a director has these.
func (s site) has(l *lab.Lab, n *lab.Node, want []string) {
	l.Until(n.Name+" has "+fmt.Sprint(want), patient, func() bool {
		for _, v := range s.virtual {
			if n.Has(v) != slices.Contains(want, v) {
				return false
			}
		}
		return true
	})
}

// serves waits until the client reaches somebody through every virtual address, and from then on it is each of those pages, by turns.
func (s site) serves(t *testing.T, c *cluster, pages ...string) {
	t.Helper()
	for _, v := range s.virtual {
		await(t, v+" answers", 10*time.Second, func() bool { _, err := fetch(c.client, v+":80"); return err == nil })
		seen := map[string]int{}
		for range 2 * len(pages) {
			page, err := fetch(c.client, v+":80")
			if err != nil {
				t.Errorf("%s: %v", v, err)
			}
			seen[page]++
		}
		want := map[string]int{}
		for _, p := range pages {
			want[p] = 2
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v, diff)
		}
	}
}

// loop is that of 003: five times a page of each virtual address. There as here, each has another server than the time before.
func (s site) loop(t *testing.T, c *cluster, servers []*web) {
	t.Helper()
	got := map[string][]string{}
	for range 5 {
		for _, v := range s.virtual {
			page, err := fetch(c.client, v+":80")
			if err != nil {
				t.Errorf("%s: %v", v, err)
			}
			got[v] = append(got[v], page)
		}
	}
	for v, pages := range got {
		turns(t, pages)
		if !slices.Contains([]string{servers[0].page, servers[1].page}, pages[0]) {
			t.Errorf("%s: served by %q", v, pages)
		}
	}
}

// reload reads the same file again while a client is connected: neither it nor the tables notice.
func (s site) reload(t *testing.T, c *cluster, daemons ...*lab.Daemon) {
	t.Helper()
	addr := s.virtual[0] + ":80"
	conn, err := dial(c.client, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	before, err := ask(conn, addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range daemons {
		d.Signal(syscall.SIGHUP)
	}
	reloading := func(d *lab.Daemon) bool { return !d.Said("Reload complete") }
	for looks := 0; looks < 10 || slices.ContainsFunc(daemons, reloading); looks++ {
		s.tables(t, c, 0)
		if looks > 200 {
			t.Fatal("they do not reload")
		}
	}
	after, err := ask(conn, addr)
	if err != nil || after != before {
		t.Errorf("the connection gave %q, and after the reload %q, %v", before, after, err)
	}
}
