package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/internal/host/link"
	"holdfast/test/netns/lab"
)

// street is a segment with a client, a director, which has the virtual address, and servers.
type street struct {
	t       *testing.T
	lab     *lab.Lab
	client  *lab.Node
	servers []*lab.Node
	owner   map[string]string // names by hardware address
	sender  *lab.Sender
}

const (
	streetVIP  = "10.9.0.50"
	streetVIP2 = "10.9.0.51"
	soon       = 10 * time.Second
)

func newStreet(t *testing.T) *street {
	t.Helper()
	l := lab.New(t)
	s := &street{t: t, lab: l, owner: map[string]string{}}
	s.client = l.Node("client").Link("eth0", "br0", "10.9.0.9/24")
	director := l.Node("director").Link("eth0", "br0", "10.9.0.1/24", streetVIP+"/32", streetVIP2+"/32")
	for _, n := range []string{"2", "3"} {
		s.servers = append(s.servers, l.Node("s"+n).Link("eth0", "br0", "10.9.0."+n+"/24"))
	}
	for _, n := range append([]*lab.Node{director, s.client}, s.servers...) {
		s.owner[s.mac(n).String()] = n.Name
	}
	s.sender = s.client.Sender("eth0")
	return s
}

func (s *street) mac(n *lab.Node) (mac net.HardwareAddr) {
	s.t.Helper()
	if err := n.Do(func() error {
		ifi, err := net.InterfaceByName("eth0")
		if err == nil {
			mac = ifi.HardwareAddr
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return mac
}

// answerers asks the segment who has an address, and returns the names of those that say they have.
func (s *street) answerers(ip string) []string {
	s.t.Helper()
	seg, from := s.lab.Segment("br0"), s.mac(s.client)
	seen := len(seg.Frames())
	ask := func(target string) {
		b := append(net.HardwareAddr{255, 255, 255, 255, 255, 255}, from...)
		b = append(b, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1)
		b = append(append(b, from...), 10, 9, 0, 9)
		b = append(append(b, make([]byte, 6)...), netip.MustParseAddr(target).AsSlice()...)
		if err := s.sender.Send(b); err != nil {
			s.t.Fatal(err)
		}
	}
	replies := func(target string) (names []string) {
		for _, f := range seg.Frames()[seen:] {
			if f.ARP != nil && f.ARP.Op == 2 && f.ARP.Sender.String() == target {
				names = append(names, s.owner[f.ARP.SenderMAC.String()])
			}
		}
		slices.Sort(names)
		return names
	}
	ask(ip)
	// Whoever has answered for its own address has had the time to answer what came before.
	own := []string{"10.9.0.1", "10.9.0.2", "10.9.0.3"}
	for _, o := range own {
		ask(o)
	}
	s.lab.Until("everybody answers for his own address", soon, func() bool {
		return !slices.ContainsFunc(own, func(o string) bool { return len(replies(o)) == 0 })
	})
	return replies(ip)
}

func (s *street) expect(when, ip string, want ...string) {
	s.t.Helper()
	if got := s.answerers(ip); !slices.Equal(got, want) {
		s.t.Errorf("%s %s is answered for by %q, want %q", when, ip, got, want)
	}
}

// realServer runs "holdfast realserver" in a node and returns what it prints and its exit status.
func realServer(t *testing.T, n *lab.Node, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	status := 0
	err := n.Do(func() error {
		root := newRoot()
		root.SetOut(&out)
		root.SetArgs(append([]string{"realserver", "--run-dir", n.Dir() + "-run"}, args...))
		return root.Execute()
	})
	var st *statusError
	switch {
	case errors.As(err, &st):
		status = st.status
		if st.err != nil {
			out.WriteString(st.err.Error() + "\n")
		}
	case err != nil:
		t.Fatal(err)
	}
	return out.String(), status
}

// done wants exit status 0.
func done(t *testing.T, n *lab.Node, args ...string) string {
	t.Helper()
	out, status := realServer(t, n, args...)
	if status != 0 {
		t.Fatalf("%s: %q: exit status %d: %s", n.Name, args, status, out)
	}
	return out
}

// state is all that up may change, in words.
func state(t *testing.T, n *lab.Node) string {
	t.Helper()
	var all strings.Builder
	err := n.Do(func() error {
		c, err := link.Open(link.Options{})
		if err != nil {
			return err
		}
		defer c.Close()
		links, err := c.Links()
		if err != nil {
			return err
		}
		addrs, err := c.Addrs()
		for _, l := range links {
			fmt.Fprintf(&all, "%s %s up %v\n", l.Name, l.Kind, l.Flags&unix.IFF_UP != 0)
		}
		for _, a := range addrs {
			if !a.Prefix.Addr().IsLinkLocalUnicast() { // those the kernel adds in its own time
				fmt.Fprintf(&all, "%+v\n", a)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.Output("sysctl", "-ar", `ipv[46].conf.*(arp_|rp_filter)`)
	if err != nil {
		t.Fatal(err, out)
	}
	return all.String() + out
}

// Who has the virtual address without up is taken for the director; who has it by up is not, and undoes it to the last bit.
func TestOnlyTheDirectorAnswers(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	before := []string{state(t, s.servers[0]), state(t, s.servers[1])}
	for _, n := range s.servers {
		n.IP("addr add " + streetVIP + "/32 dev lo")
	}
	s.expect("before up", streetVIP, "director", "s2", "s3")
	if out, status := realServer(t, s.servers[0], "check", streetVIP); status != statusFound || !strings.Contains(out, "arp-answered") {
		t.Errorf("check before up: exit status %d: %s", status, out)
	}
	for _, n := range s.servers {
		n.IP("addr del " + streetVIP + "/32 dev lo")
		done(t, n, "up", streetVIP)
		once := state(t, n)
		if out := done(t, n, "up", streetVIP); out != "nothing to do\n" || state(t, n) != once {
			t.Errorf("a second up: %s", out)
		}
		done(t, n, "up", streetVIP2)
		if out := done(t, n, "check"); out != streetVIP+": ready\n"+streetVIP2+": ready\n" {
			t.Errorf("check: %s", out)
		}
	}
	s.expect("after up", streetVIP, "director")
	s.expect("after up", streetVIP2, "director")
	for i, n := range s.servers {
		done(t, n, "down", streetVIP)
		s.expect("after the first down", streetVIP2, "director")
		done(t, n, "down")
		if out := done(t, n, "down"); out != "nothing to do\n" {
			t.Errorf("a second down: %s", out)
		}
		if after := state(t, n); after != before[i] {
			t.Errorf("%s was\n%s\nand is after up and down\n%s", n.Name, before[i], after)
		}
	}
}

// A server that speaks as its virtual address asks for the hardware address of who listens. The request must not have the virtual
// address as its sender.
func TestRequestsDoNotCarryTheVIP(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	n := s.servers[0]
	senders := func() (ips []string) {
		s.t.Helper()
		seg := s.lab.Segment("br0")
		seen := len(seg.Frames())
		n.IP("neigh flush dev eth0")
		if out, err := n.Output("ping", "-c", "1", "-W", "1", "-I", streetVIP, "10.9.0.9"); err != nil && !strings.Contains(out, "1 packets transmitted") {
			t.Fatal(err, out)
		}
		s.lab.Until("the server asks", soon, func() bool {
			ips = nil
			for _, f := range seg.Frames()[seen:] {
				if f.ARP != nil && f.ARP.Op == 1 && s.owner[f.ARP.SenderMAC.String()] == n.Name {
					ips = append(ips, f.ARP.Sender.String())
				}
			}
			return len(ips) > 0
		})
		return slices.Compact(ips)
	}
	n.IP("addr add " + streetVIP + "/32 dev lo")
	if got := senders(); !slices.Equal(got, []string{streetVIP}) {
		t.Errorf("before up the senders are %q", got)
	}
	n.IP("addr del " + streetVIP + "/32 dev lo")
	done(t, n, "up", streetVIP)
	if got := senders(); !slices.Equal(got, []string{"10.9.0.2"}) {
		t.Errorf("after up the senders are %q", got)
	}
}

// What check finds, its commands mend, whatever was wrong.
func TestCheckMends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil []string // commands
		codes []string
	}{
		"nothing done":        {nil, []string{"arp-answered", "arp-sender", "absent"}},
		"the address only":    {[]string{"ip addr add 10.9.0.50/32 dev lo"}, []string{"arp-answered", "arp-sender"}},
		"a short prefix":      {[]string{"ip addr add 10.9.0.50/24 dev lo", "sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2"}, []string{"prefix"}},
		"on eth0":             {[]string{"ip addr add 10.9.0.50/32 dev eth0"}, []string{"arp-answered", "arp-sender", "loud-link"}},
		"the loopback down":   {[]string{"ip link set lo down"}, []string{"arp-answered", "arp-sender", "absent", "link-down"}},
		"one link is louder":  {[]string{"ip addr add 10.9.0.50/32 dev lo", "sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 net.ipv4.conf.eth0.arp_ignore=3"}, []string{"arp-answered"}},
		"IPv6, nothing done":  {nil, []string{"absent"}},
		"IPv6, short, on lo":  {[]string{"ip addr add fd00::50/64 dev lo"}, []string{"prefix"}},
		"IPv6, short on eth0": {[]string{"ip addr add fd00::50/64 dev eth0"}, []string{"loud-link"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vip := streetVIP
			if strings.HasPrefix(name, "IPv6") {
				vip = "fd00::50"
			}
			n := lab.New(t).Node("s").Link("eth0", "br0", "10.9.0.2/24")
			for _, command := range c.spoil {
				shell(t, n, command)
			}
			out, status := realServer(t, n, "check", vip)
			var codes, mends []string
			for line := range strings.Lines(out) {
				if open := strings.LastIndex(line, "["); open >= 0 && !strings.HasPrefix(line, " ") {
					codes = append(codes, strings.Trim(line[open:], "[]\n"))
				}
				if m, ok := strings.CutPrefix(strings.TrimSpace(line), "mend:"); ok {
					mends = append(mends, strings.TrimSpace(m))
				}
			}
			if status != statusFound || !slices.Equal(codes, c.codes) {
				t.Fatalf("exit status %d, found %q, want %q:\n%s", status, codes, c.codes, out)
			}
			for _, m := range mends {
				shell(t, n, m)
			}
			if out := done(t, n, "check", vip); out != vip+": ready\n" {
				t.Errorf("after %q: %s", mends, out)
			}
		})
	}
}

func shell(t *testing.T, n *lab.Node, command string) {
	t.Helper()
	if err := n.Do(func() error {
		out, err := exec.Command("sh", "-c", command).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %s", command, out)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A record that is damaged or lost is told, and nothing is done without it.
func TestRecordDamagedOrLost(t *testing.T) {
	t.Parallel()
	n := lab.New(t).Node("s").Link("eth0", "br0", "10.9.0.2/24")
	done(t, n, "up", streetVIP)
	files, err := os.ReadDir(n.Dir() + "-run")
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	path := n.Dir() + "-run/" + files[0].Name()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	was := state(t, n)
	for _, args := range [][]string{{"up", streetVIP2}, {"down"}, {"check"}} {
		if out, status := realServer(t, n, args...); status != statusAbsent || !strings.Contains(out, path) || !strings.Contains(out, "damaged") {
			t.Errorf("%q with a damaged record: exit status %d: %s", args, status, out)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if out, status := realServer(t, n, "down"); status != statusFound || !strings.Contains(out, streetVIP+"/32 on lo is not on record") {
		t.Errorf("down with a lost record: exit status %d: %s", status, out)
	}
	if now := state(t, n); now != was {
		t.Errorf("something was done:\n%s\n%s", was, now)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	done(t, n, "down")
}

// What was there before is left, what another has changed meanwhile too, and both are told.
func TestDownLeavesWhatIsOthers(t *testing.T) {
	t.Parallel()
	n := lab.New(t).Node("s").Link("eth0", "br0", "10.9.0.2/24")
	shell(t, n, "sysctl -w net.ipv4.conf.all.arp_ignore=2; ip addr add 10.9.0.50/32 dev lo")
	before := state(t, n)
	done(t, n, "up", streetVIP, streetVIP2)
	shell(t, n, "sysctl -w net.ipv4.conf.all.arp_announce=1")
	out := done(t, n, "down")
	for _, want := range []string{
		"note: 10.9.0.50/32 was on lo before: left there",
		"note: net.ipv4.conf.all.arp_announce is 1, which somebody else has set since: left so (it was 0 before up)",
	} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("down does not say %q: %s", want, out)
		}
	}
	shell(t, n, "sysctl -w net.ipv4.conf.all.arp_announce=0")
	if after := state(t, n); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
}
