package chaos

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/test/netns/lab"
)

// obstacle is something that would hold up a program that waits for it.
type obstacle struct {
	name     string
	lines    []string // of the instance
	settings []lab.Setting
	prepare  func(t *testing.T, n *lab.Node)
	check    func(t *testing.T, n *lab.Node, d *lab.Daemon)
}

// blockedLog makes /dev/log a socket that nobody reads, in a /dev of the daemon's own.
const blockedLog = `mkdir /tmp/dev; mount -t tmpfs t /tmp/dev; cp -a /dev/null /dev/zero /dev/random /dev/urandom /tmp/dev/
ln -s /mnt/log /tmp/dev/log; mount --move /tmp/dev /dev`

// hang never ends by itself; deaf does not end when it is asked to either, and has a child of the same kind. (What puts
// itself into a session of its own is a service that the script has started, and none of the daemon's business.)
const (
	hang = "#!/bin/sh\necho x >> /mnt/ran\nexec sleep 1000\n"
	deaf = `#!/bin/sh
trap '' TERM HUP INT
echo x >> /mnt/ran
(trap '' TERM HUP INT; while :; do sleep 1000; done) &
while :; do sleep 1000; done
`
)

func obstacles() []obstacle {
	script := func(name, text string) obstacle {
		return obstacle{
			name: name, settings: []lab.Setting{lab.File("/usr/local/x.sh", text)},
			lines: []string{"notify_master /usr/local/x.sh", "notify_backup /usr/local/x.sh", "notify /usr/local/x.sh", "notify_stop /usr/local/x.sh"},
			check: func(t *testing.T, n *lab.Node, _ *lab.Daemon) {
				if b, _ := os.ReadFile(filepath.Join(n.Dir(), "ran")); strings.Count(string(b), "x") < 4 {
					t.Errorf("the scripts did not run: %q", b)
				}
			},
		}
	}
	return []obstacle{
		{name: "a log that nobody reads", prepare: fullLog, settings: []lab.Setting{lab.Flags("-n", "-D"), lab.Prepare(blockedLog)}},
		{
			name: "a console that nobody reads", prepare: fullPipe,
			settings: []lab.Setting{lab.Flags("-n", "-l", "-D"), lab.Prepare("exec >/mnt/pipe 2>&1")},
		},
		script("a script that hangs", hang),
		script("a script that is deaf", deaf),
	}
}

// fullLog binds the log's socket and fills its queue.
func fullLog(t *testing.T, n *lab.Node) {
	t.Helper()
	path := filepath.Join(n.Dir(), "log")
	sock, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	for err == nil {
		err = unix.Sendto(fd, []byte("full"), 0, &unix.SockaddrUnix{Name: path})
	}
}

// fullPipe makes a pipe for the daemon's output and fills it.
func fullPipe(t *testing.T, n *lab.Node) {
	t.Helper()
	path := filepath.Join(n.Dir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	for err == nil {
		_, err = unix.Write(fd, make([]byte, 4096))
	}
}

// Whatever does not answer, adverts go out on time, and nothing is left of the daemon when it has stopped.
func TestNothingDelays(t *testing.T) {
	for _, p := range oursAtA() {
		for _, o := range obstacles() {
			t.Run(p.String()+" "+o.name, func(t *testing.T) {
				t.Parallel()
				d := nodes(lab.New(t), p)
				if err := os.MkdirAll(d.a.Dir(), 0o755); err != nil {
					t.Fatal(err)
				}
				if o.prepare != nil {
					o.prepare(t, d.a)
				}
				d.da = d.a.Start(p.A, simple(200, o.lines...), o.settings...)
				d.l.Until("a is master", 10*time.Second, func() bool { return d.a.Has(vip) })
				d.db = d.b.Start(p.B, simple(100))
				d.first(addrA)
				home, from := d.da.Home(), time.Now()
				for range 8 { // it has something to say all the while
					d.da.Signal(syscall.SIGHUP)
					d.adverts(addrA, 1)
				}
				d.onTime(t, from)
				if len(d.wire.Adverts(addrB)) > 0 {
					t.Error("b became master")
				}
				if z := lab.Zombies(d.da.PID()); len(z) > 0 {
					t.Errorf("zombies: %v", z)
				}
				if o.check != nil {
					o.check(t, d.a, d.da)
				}
				d.stops(t, home)
			})
		}
	}
}

// first waits for the first advert from an address.
func (d *duo) first(src string) {
	d.l.Until("an advert from "+src, 5*time.Second, func() bool { return len(d.wire.Adverts(src)) > 0 })
}

// onTime checks that a's adverts were never later than 50 ms; what the machine adds to everybody's sleep is allowed.
func (d *duo) onTime(t *testing.T, from time.Time) {
	t.Helper()
	late := machine.since(from)
	gap, _ := silence(d.wire.Adverts(addrA), from)
	t.Logf("the longest time between two adverts was %v, the machine was late by %v", gap, late)
	if gap > time.Second+50*time.Millisecond+late {
		t.Errorf("%v without an advert; the machine was late by %v only", gap, late)
	}
}

// stops stops a and checks that it says farewell and leaves nothing behind.
func (d *duo) stops(t *testing.T, home lab.Relatives) {
	t.Helper()
	asked := time.Now()
	if code := d.da.Stop(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	if took := time.Since(asked); took > 5*time.Second {
		t.Errorf("the stop took %v", took)
	}
	all := d.wire.Adverts(addrA)
	if f := all[len(all)-1]; f.Advert.Priority != 0 {
		t.Errorf("the last advert is no farewell: %s", f)
	}
	if d.a.Has(vip) {
		t.Error("the address stays behind")
	}
	if left := home.List(); len(left) > 0 {
		t.Errorf("left behind: %s", strings.Join(left, ", "))
		for _, p := range left { // not to be left behind by us
			pid, _, _ := strings.Cut(p, " ")
			kill(pid)
		}
	}
}

// A flood of bad adverts, ten thousand a second, on the master's interface: its adverts go out on time, its state and the
// peer's stay, and the log stays short.
func TestFlood(t *testing.T) {
	for _, p := range oursAtA() {
		t.Run(p.String(), func(t *testing.T) {
			d := nodes(lab.New(t), p)
			x := d.l.Node("x").Link("eth0", "br0", addrC+"/24").Sender("eth0")
			d.wire.Ignore()
			secret := []string{"authentication {", "auth_type PASS", "auth_pass secret", "}"}
			d.start(t, simple(200, secret...), simple(100, secret...))
			logged, said, from := len(d.da.Lines()), len(d.db.Lines()), time.Now()
			sent := flood(t, x, size(4*time.Second, 30*time.Second), badAdverts())
			d.adverts(addrA, 2)
			d.onTime(t, from)
			t.Logf("%d packets", sent)
			if got := transitions(d.da, logged); len(got) > 0 {
				t.Errorf("a: %q", got)
			}
			if got := transitions(d.db, said); len(got) > 0 && p.B == lab.Holdfast {
				t.Errorf("b: %q", got)
			}
			if got := len(d.da.Lines()) - logged; got > 40 {
				t.Errorf("a logged %d lines", got)
			}
			d.stops(t, d.da.Home())
		})
	}
}

// badAdverts are not believed, each for another reason.
func badAdverts() [][]byte {
	bad := func(change ...func([]byte)) []byte {
		return lab.Advertisement(addrC, 51, 255, []string{vip}, change...)
	}
	wrong := func(m []byte) { m[4] = 1; copy(m[len(m)-8:], "sekret\x00\x00") }
	return [][]byte{
		bad(), bad(wrong), bad(wrong, func(m []byte) { m[5] = 9 }), bad(func(m []byte) { m[0] = 0x31 }), bad(func(m []byte) { m[4] = 7 }),
		lab.Packet(addrC, "224.0.0.18", 254, []byte{0x21, 51, 255, 1, 1, 1, 0, 0}), lab.Packet(addrC, "224.0.0.18", 255, []byte{0x21, 51}),
	}
}

// flood sends frames in turn at ten thousand a second, and returns how many.
func flood(t *testing.T, x *lab.Sender, length time.Duration, frames [][]byte) (sent int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for time.Since(start) < length {
		<-tick.C
		for sent < int(time.Since(start)/(100*time.Microsecond)) {
			if err := x.Send(frames[sent%len(frames)]); err != nil {
				t.Fatal(err)
			}
			sent++
		}
	}
	return sent
}
