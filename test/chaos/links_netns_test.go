package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/lab"
)

// theLink is what the test knows of one interface, because it did it itself.
type theLink struct {
	name   string
	exists bool
	up     bool
	addrs  map[string]bool
	bridge bool
	away   bool // it has another name for the moment
}

// cosmos is what the test knows of the node, and what follows from it for the daemon.
type cosmos struct {
	n       *lab.Node
	links   map[string]*theLink // by the name that the daemon knows
	history []string
}

func (c *cosmos) do(command string) {
	c.history = append(c.history, command)
	c.n.IP(command)
}

// present reports an interface that is there under its right name and up.
func (k *theLink) present() bool { return k.exists && k.up && !k.away }

// fault is the function of the world: whether the instance, on w0 and tracking t0, can work.
func (c *cosmos) fault() bool {
	w := c.links["w0"]
	return !w.present() || len(w.addrs) == 0 || !c.links["t0"].present()
}

// today is the interface's name at the moment.
func (k *theLink) today() string {
	if k.away {
		return k.name + "x"
	}
	return k.name
}

// step changes one thing.
func (c *cosmos) step(r *rand.Rand) {
	k := c.links[[]string{"w0", "w0", "t0"}[r.IntN(3)]]
	if !k.exists {
		c.create(k, r)
		return
	}
	switch r.IntN(8) {
	case 0:
		c.do("link del " + k.today())
		*k = theLink{name: k.name, addrs: map[string]bool{}}
	case 1, 2:
		k.up = !k.up
		c.do("link set " + k.today() + " " + upOrDown(k.up))
	case 3: // a link is renamed while it is down
		c.do("link set " + k.today() + " down")
		before := k.today()
		k.away, k.up = !k.away, false
		c.do("link set " + before + " name " + k.today())
		if r.IntN(3) > 0 {
			k.up = true
			c.do("link set " + k.today() + " up")
		}
	case 4:
		k.bridge = !k.bridge
		if k.bridge {
			c.do("link set " + k.today() + " master br9")
		} else {
			c.do("link set " + k.today() + " nomaster")
		}
	case 5, 6: // an address comes or goes
		a := fmt.Sprintf("10.77.%d.1/24", r.IntN(3)) // one of a subnet: others would go with it
		if k.addrs[a] {
			delete(k.addrs, a)
			c.do("addr del " + a + " dev " + k.today())
			return
		}
		k.addrs[a] = true
		c.do("addr add " + a + " dev " + k.today())
	case 7: // so short that it may be missed, and does not matter in the end
		c.do("link set " + k.today() + " " + upOrDown(!k.up))
		c.do("link set " + k.today() + " " + upOrDown(k.up))
	}
}

func upOrDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// create makes an interface, mostly one that works.
func (c *cosmos) create(k *theLink, r *rand.Rand) {
	*k = theLink{name: k.name, exists: true, addrs: map[string]bool{}}
	c.do("link add " + k.name + " type veth peer name " + k.name + "p")
	c.do("link set " + k.name + "p up")
	if r.IntN(4) > 0 {
		k.addrs["10.77.0.1/24"] = true
		c.do("addr add 10.77.0.1/24 dev " + k.name)
	}
	if r.IntN(4) > 0 {
		k.up = true
		c.do("link set " + k.name + " up")
	}
}

// inFault reads the daemon's state from its log: the last state that it said it entered.
func inFault(d *lab.Daemon) bool {
	lines := d.Lines()
	for i := len(lines) - 1; i >= 0; i-- {
		if text := lines[i].Text; strings.HasPrefix(text, "(VI) ") && strings.Contains(text, "STATE") {
			return strings.Contains(text, "FAULT")
		}
	}
	return false
}

// Interfaces come, go, are renamed, enslaved, taken down and up, and get and lose addresses in any order, so often that
// whatever is counted up and down would be wrong in the end: the daemon's state is what the world says, each time.
func TestLinkStorm(t *testing.T) {
	t.Parallel()
	r, l := lots(t), lab.New(t)
	c := &cosmos{n: l.Node("a"), links: map[string]*theLink{}}
	c.do("link add br9 type bridge")
	c.do("link set br9 up")
	for _, name := range []string{"w0", "t0"} {
		k := &theLink{name: name, exists: true, up: true, addrs: map[string]bool{"10.77.0.1/24": true}}
		if name == "t0" {
			k.addrs = map[string]bool{}
		}
		c.links[name] = k
		c.do("link add " + name + " type veth peer name " + name + "p")
		c.do("link set " + name + "p up")
		for a := range k.addrs {
			c.do("addr add " + a + " dev " + name)
		}
		c.do("link set " + name + " up")
	}
	d := c.n.Start(lab.Holdfast, lab.Config([]string{"dynamic_interfaces"}, extra(lab.VI{
		Dev: "w0", State: "BACKUP", Prio: 200, Interval: "1", VIPs: []string{vip + "/32"},
	}, "track_interface {", "t0", "}")))
	l.Until("it is master", 10*time.Second, func() bool { return c.n.Has(vip) })
	pid := d.Child()
	files, threads := lab.Descriptors(pid), lab.Threads(pid)
	steps := size(300, 10_000)
	for n := range steps {
		for range 1 + r.IntN(3) {
			c.step(r)
		}
		c.agrees(l, d, n)
		if n == steps/2 {
			c.recovers(t, l, d)
		}
	}
	c.recovers(t, l, d)
	if n := d.Count("FAULT STATE"); n < steps/20 {
		t.Errorf("only %d faults in %d steps: this test tests nothing", n, steps)
	}
	if now := d.Child(); now != pid {
		t.Errorf("another process is there: %d, was %d", now, pid)
	}
	l.Until("no descriptor has leaked", 3*time.Second, func() bool { l.Wake(); return lab.Descriptors(pid) <= files })
	if now := lab.Threads(pid); now > threads+6 {
		t.Errorf("%d threads, there were %d", now, threads)
	}
	if code := d.Stop(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if c.n.Has(vip) {
		t.Error("the address stays behind")
	}
}

// agrees waits until the daemon's state is what the world says. What is true by chance while the news are still on their
// way must be true a little later too.
func (c *cosmos) agrees(l *lab.Lab, d *lab.Daemon, n int) {
	want := c.fault()
	agreed := func() bool { return inFault(d) == want && !(want && c.n.Has(vip)) }
	what := fmt.Sprintf("step %d: fault %v after\n%s", n, want, strings.Join(c.history[max(0, len(c.history)-12):], "\n"))
	for surely := false; !surely; surely = agreed() {
		l.Until(what, 3*time.Second, agreed)
		pause(l, 15*time.Millisecond)
	}
}

// recovers makes both interfaces work, however they are now, and waits until the daemon is master again.
func (c *cosmos) recovers(t *testing.T, l *lab.Lab, d *lab.Daemon) {
	t.Helper()
	for _, name := range []string{"w0", "t0"} {
		k := c.links[name]
		if k.exists {
			c.do("link del " + k.today())
		}
		*k = theLink{name: name, exists: true, up: true, addrs: map[string]bool{"10.77.0.1/24": true}}
		c.do("link add " + name + " type veth peer name " + name + "p")
		c.do("link set " + name + "p up")
		c.do("addr add 10.77.0.1/24 dev " + name)
		c.do("link set " + name + " up")
	}
	l.Until("it is master again", 10*time.Second, func() bool { return c.n.Has(vip) && !inFault(d) })
	if names := vipLinks(c.n); !slices.Equal(names, []string{"w0"}) {
		t.Errorf("the address is on %v", names)
	}
}

// vipLinks lists the interfaces that have the virtual address.
func vipLinks(n *lab.Node) (names []string) {
	for _, dev := range []string{"w0", "t0"} {
		for _, a := range n.Addrs(dev) {
			if a["local"] == vip {
				names = append(names, dev)
			}
		}
	}
	return names
}
