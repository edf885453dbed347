package vrrpd

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/internal/core/table"
	"holdfast/internal/host/advert"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/mem"
	"holdfast/internal/host/script"
	"holdfast/internal/host/spool"
	"holdfast/internal/role/bus"
	"holdfast/vrrp"
)

// rig is a role on a host in memory. Everything that it does arrives in one list, in order.
type rig struct {
	t    *testing.T
	host *mem.Host
	eth0 table.Link
	role *Role

	mu     sync.Mutex
	events []string
	more   chan struct{}
	wires  []*pipeWire
	files  spool.Placer

	parent  bus.Conn
	gen     int
	offered map[int]string // generations, as the parent offers them
	vetoed  error

	runner *script.Runner // of tracking scripts

	openBalancer func() (Balancer, error) // nil: nobody may
	post         mem.Post

	stop context.CancelFunc
	done chan error
}

// kernel notes what the hand applies.
type kernel struct {
	*mem.Host
	r *rig
}

func (k kernel) Apply(ops []table.Op) []error {
	for _, op := range ops {
		verb := "add"
		if op.Kind == table.DelAddr {
			verb = "del"
		}
		k.r.note("%s %s", verb, op.Addr.Prefix)
	}
	return k.Host.Apply(ops)
}

func (r *rig) Announce(l table.Link, a netip.Addr, times int) error {
	for range times {
		r.note("arp %s on %s", a, l.Name)
	}
	return nil
}

func (r *rig) Start(j script.Job) (*script.Proc, error) {
	if j.Capture > 0 { // a tracking script: it is really run
		return r.runner.Start(j)
	}
	r.note("run %s", strings.Join(j.Argv, " "))
	return nil, nil
}

// pipeWire is a Wire whose packets come from the test.
type pipeWire struct {
	r    *rig
	link string
	fds  [2]int
}

func (r *rig) openWire(c advert.Config) (Wire, error) {
	w := &pipeWire{r: r, link: c.Link.Name}
	var err error
	w.fds, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_NONBLOCK, 0)
	r.mu.Lock()
	r.wires = append(r.wires, w)
	r.mu.Unlock()
	r.note("open wire on %s index %d", c.Link.Name, c.Link.Index)
	return w, err
}

func (w *pipeWire) FD() int { return w.fds[0] }

func (w *pipeWire) Send(packet []byte, _ netip.Addr) error {
	w.r.note("send vrid=%d prio=%d", packet[21], packet[22])
	return nil
}

func (w *pipeWire) Recv(p *advert.Packet) error {
	b := make([]byte, 2048)
	n, err := unix.Read(w.fds[0], b)
	if err != nil || n <= 0 {
		return advert.ErrNone
	}
	return advert.ParseIPv4(b[:n], p)
}

func (w *pipeWire) SetVRIDs(vrids []uint8) error {
	w.r.note("wire on %s passes %v", w.link, vrids)
	return nil
}

func (w *pipeWire) Close() error {
	w.r.note("close wire on %s", w.link)
	unix.Close(w.fds[0])
	return unix.Close(w.fds[1])
}

// hear lets the newest wire receive an advert.
func (r *rig) hear(a vrrp.Advert, from string) {
	body := a.AppendTo(nil)
	p := vrrp.AppendIPv4(nil, netip.MustParseAddr(from), netip.MustParseAddr("224.0.0.18"), vrrp.Protocol, 1, len(body))
	r.mu.Lock()
	w := r.wires[len(r.wires)-1]
	r.mu.Unlock()
	if _, err := unix.Write(w.fds[1], append(p, body...)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) note(format string, args ...any) {
	r.mu.Lock()
	r.events = append(r.events, fmt.Sprintf(format, args...))
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// Handle makes the rig the role's log.
func (r *rig) Handle(_ context.Context, rec slog.Record) error {
	r.note("log %s", rec.Message)
	return nil
}
func (r *rig) Enabled(_ context.Context, l slog.Level) bool { return l >= logs.LevelDetail }
func (r *rig) WithAttrs([]slog.Attr) slog.Handler           { return r }
func (r *rig) WithGroup(string) slog.Handler                { return r }

// await waits until the events from the given mark on contain want, as a subsequence, and returns the mark behind them.
func (r *rig) await(mark int, want ...string) int {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		r.mu.Lock()
		seen := slices.Clone(r.events)
		r.mu.Unlock()
		at, found := mark, 0
		for i := mark; i < len(seen) && found < len(want); i++ {
			if seen[i] == want[found] {
				found, at = found+1, i+1
			}
		}
		if found == len(want) {
			return at
		}
		select {
		case <-r.more:
		case <-deadline:
			r.t.Fatalf("waited in vain for %q after %d of %q; happened:\n%s", want[found], found, want, strings.Join(seen[mark:], "\n"))
		}
	}
}

func startRig(t *testing.T, text string, prepare func(*rig)) *rig {
	t.Helper()
	return startRigWith(t, text, prepare, Options{})
}

func startRigWith(t *testing.T, text string, prepare func(*rig), opt Options) *rig {
	t.Helper()
	r := &rig{
		t: t, host: mem.New(), more: make(chan struct{}, 1), done: make(chan error, 1), offered: make(map[int]string),
	}
	r.eth0 = r.host.AddLink(table.Link{Name: "eth0", Kind: "veth", HWLen: 6})
	if err := r.host.SetUp(r.eth0.Index, true); err != nil {
		t.Fatal(err)
	}
	r.addr("10.0.0.1/24")
	if prepare != nil {
		prepare(r)
	}
	cfg, faults := conf.Load(file(text), "keepalived.conf", conf.Options{Skip: []string{"virtual_server", "virtual_server_group"}})
	if faults.HasErrors() {
		t.Fatal(faults.Error())
	}
	r.parent, opt.Bus = bus.Pipe()
	opt.Config, opt.Log, opt.Thaw, opt.Vet = cfg, slog.New(r), r.thaw, r.vet
	opt.Jobs, _ = r.vet(cfg)
	opt.Host = Host{Kernel: kernel{r.host, r}, Announcer: r, Scripts: r, OpenWire: r.openWire, Files: r.files, OpenBalancer: r.balancer, Post: &r.post}
	r.role = New(opt)
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() { r.done <- r.role.Run(ctx) }()
	t.Cleanup(r.end)
	return r
}

// vet lets every script run, unless the test objects to the configuration.
func (r *rig) vet(cfg *conf.Config) (map[*conf.Command]script.Job, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	jobs := make(map[*conf.Command]script.Job)
	for _, in := range cfg.Instances {
		for _, c := range in.Notify.Commands() {
			jobs[c] = script.Job{Argv: c.Argv}
		}
	}
	for _, sc := range cfg.Scripts {
		jobs[sc.Command] = script.Job{Argv: sc.Command.Argv}
	}
	return jobs, r.vetoed
}

func (r *rig) end() {
	r.stop()
	if err := <-r.done; err != nil {
		r.t.Error(err)
	}
	r.done <- nil
}

func (r *rig) addr(prefix string) {
	a := table.Addr{Link: r.eth0.Index, Prefix: netip.MustParsePrefix(prefix), Valid: table.Forever, Preferred: table.Forever}
	if err := r.host.Apply([]table.Op{{Kind: table.AddAddr, Addr: a}})[0]; err != nil {
		r.t.Fatal(err)
	}
}

type file string

func (f file) ReadFile(string) ([]byte, error)       { return []byte(f), nil }
func (f file) Glob(pattern string) ([]string, error) { return []string{pattern}, nil }
func (f file) Getenv(string) string                  { return "" }

const owner = `vrrp_instance VI_1 {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 255
  virtual_ipaddress {
    192.0.2.10
    192.0.2.11
  }
  notify_master "/n master"
  notify_backup "/n backup"
  notify_fault "/n fault"
  notify_stop "/n stop"
  notify /all
}
`

func TestTakeOverInOrder(t *testing.T) {
	r := startRig(t, owner, nil)
	// The advert comes before the addresses, and every address is announced once before any is twice.
	mark := r.await(0, "send vrid=51 prio=255", "add 192.0.2.10/32", "add 192.0.2.11/32",
		"arp 192.0.2.10 on eth0", "arp 192.0.2.11 on eth0", "arp 192.0.2.10 on eth0", "arp 192.0.2.11 on eth0")
	r.await(0, "log (VI_1) Entering MASTER STATE", "log (VI_1) setting VIPs.",
		"log (VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.0.2.10", "log Sending gratuitous ARP on eth0 for 192.0.2.10")
	r.await(0, "run /n master", "run /all INSTANCE VI_1 MASTER 255")
	r.end()
	r.await(mark, "send vrid=51 prio=0", "del 192.0.2.10/32", "del 192.0.2.11/32")
	r.await(mark, "log (VI_1) sent 0 priority", "log (VI_1) removing VIPs.")
	r.await(mark, "run /n stop", "run /all INSTANCE VI_1 STOP 255")
	addrs, _ := r.host.Addrs()
	for _, a := range addrs {
		if a.Link == r.eth0.Index && a.Prefix.String() != "10.0.0.1/24" {
			t.Errorf("left behind: %s", a.Prefix)
		}
	}
}

func TestLeftoversAreRemoved(t *testing.T) {
	text := strings.Replace(owner, "priority 255", "priority 100", 1)
	r := startRig(t, text, func(r *rig) { r.addr("192.0.2.10/32") })
	r.await(0, "del 192.0.2.10/32", "log (VI_1) Entering BACKUP STATE (init)", "run /n backup")
}

func TestALostAddressIsPutBack(t *testing.T) {
	r := startRig(t, owner, nil)
	mark := r.await(0, "add 192.0.2.11/32", "arp 192.0.2.11 on eth0")
	began := time.Now()
	gone := table.Addr{Link: r.eth0.Index, Prefix: netip.MustParsePrefix("192.0.2.11/32")}
	if err := r.host.Apply([]table.Op{{Kind: table.DelAddr, Addr: gone}})[0]; err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, "add 192.0.2.11/32", "arp 192.0.2.11 on eth0")
	t.Logf("put back after %s", time.Since(began))
	r.await(0, "log (VI_1) putting back 192.0.2.11, which somebody else removed")
	r.end()
	r.await(mark, "run /n stop")
	for _, e := range r.events {
		if strings.Contains(e, "BACKUP") || strings.Contains(e, "FAULT") {
			t.Errorf("the master stepped down: %s", e)
		}
	}
}

func TestLinkLossAndReturn(t *testing.T) {
	r := startRig(t, owner, nil)
	mark := r.await(0, "run /n master")
	if err := r.host.SetCarrier(r.eth0.Index, false); err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, "log Netlink reports eth0 down", "log (VI_1) Entering FAULT STATE", "run /n fault")
	if err := r.host.SetCarrier(r.eth0.Index, true); err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, "log Netlink reports eth0 up", "log (VI_1) Entering BACKUP STATE", "run /n backup")
	r.await(mark, "log (VI_1) Entering MASTER STATE", "run /n master")
}

func TestALinkThatIsRecreatedGetsANewWire(t *testing.T) {
	r := startRig(t, owner, nil)
	mark := r.await(0, fmt.Sprintf("open wire on eth0 index %d", r.eth0.Index), "run /n master")
	if err := r.host.DelLink(r.eth0.Index); err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, "log (VI_1) Entering FAULT STATE")
	r.await(0, "close wire on eth0")
	r.eth0 = r.host.AddLink(table.Link{Name: "eth0", Kind: "veth", HWLen: 6})
	r.addr("10.0.0.1/24")
	if err := r.host.SetUp(r.eth0.Index, true); err != nil {
		t.Fatal(err)
	}
	mark = r.await(mark, fmt.Sprintf("open wire on eth0 index %d", r.eth0.Index))
	r.await(mark, "log (VI_1) Entering MASTER STATE")
	r.await(mark, "add 192.0.2.10/32")
}

func TestABetterMasterIsObeyed(t *testing.T) {
	text := strings.Replace(owner, "priority 255", "priority 254", 1)
	r := startRig(t, text, nil)
	r.await(0, "log (VI_1) Entering BACKUP STATE (init)")
	a := vrrp.Advert{
		Version: 2, VRID: 51, Priority: 0, Interval: time.Second,
		Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("192.0.2.11")},
	}
	r.hear(a, "10.0.0.9") // a farewell, to be master sooner
	mark := r.await(0, "log (VI_1) Entering MASTER STATE", "run /n master")
	r.await(0, "add 192.0.2.10/32")
	a.Priority = 255
	r.hear(a, "10.0.0.9")
	r.await(mark, "log (VI_1) Master received advert from 10.0.0.9 with higher priority 255, ours 254",
		"log (VI_1) Entering BACKUP STATE", "run /n backup")
	r.await(0, "del 192.0.2.10/32")
}
