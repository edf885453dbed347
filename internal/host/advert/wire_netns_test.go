package advert

import (
	"encoding/binary"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"golang.org/x/sys/unix"
)

// wire hears every frame on v0 of a namespace.
type wire struct {
	t  testing.TB
	fd int
}

func (l *lan) wire(ns string) *wire {
	l.t.Helper()
	w := &wire{t: l.t, fd: -1}
	index := l.link(ns).Index
	all := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL})
	if err := l.in(ns, func() (err error) {
		if w.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.Bind(w.fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: index})
	}); err != nil {
		l.t.Fatal(err)
	}
	unix.SetsockoptTimeval(w.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 5})
	l.t.Cleanup(func() { unix.Close(w.fd) })
	return w
}

// frame returns the next Ethernet frame that carries an IPv4 packet that want accepts.
func (w *wire) frame(want func(ip []byte) bool) []byte {
	w.t.Helper()
	b := make([]byte, 2000)
	for limit := time.Now().Add(5 * time.Second); time.Now().Before(limit); {
		n, _, err := unix.Recvfrom(w.fd, b, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			w.t.Fatalf("nothing on the wire: %v", err)
		}
		if n >= 34 && binary.BigEndian.Uint16(b[12:]) == unix.ETH_P_IP && want(b[14:n]) {
			return b[:n]
		}
	}
	w.t.Fatal("the packet did not come by")
	return nil
}

func (w *wire) next(want func(ip []byte) bool) []byte { return w.frame(want)[14:] }

// What leaves is what the caller built, with the checksum filled in; tshark is the judge.
func TestOnTheWire(t *testing.T) {
	l := newLAN(t)
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("needs tshark")
	}
	s, w := l.open(l.a, l.config(l.a)), l.wire(l.b)
	send(t, s, packet4("10.77.0.200", "224.0.0.18", 255, 0x4321, 112, vrrp3(51)), group)
	frame := w.frame(func(ip []byte) bool { return ip[9] == 112 })
	f, err := os.Create(t.TempDir() + "/w.pcap")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pw := pcapgo.NewWriter(f)
	pw.WriteFileHeader(65536, layers.LinkTypeEthernet)
	if err := pw.WritePacket(gopacket.CaptureInfo{Timestamp: time.Now(), CaptureLength: len(frame), Length: len(frame)}, frame); err != nil {
		t.Fatal(err)
	}
	fields := []string{
		"eth.dst", "ip.src", "ip.dst", "ip.dsfield", "ip.ttl", "ip.id", "ip.flags", "ip.proto", "ip.len",
		"ip.checksum.status", "vrrp.version", "vrrp.virt_rtr_id",
	}
	args := []string{"-r", f.Name(), "-o", "ip.check_checksum:TRUE", "-T", "fields"}
	for _, name := range fields {
		args = append(args, "-e", name)
	}
	cmd := exec.Command(tshark, args...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "01:00:5e:00:00:12 10.77.0.200 224.0.0.18 0xc0 255 0x4321 0x00 112 28 1 3 51"
	if got := strings.Join(strings.Fields(string(out)), " "); got != want {
		t.Errorf("%v\ngot  %s\nwant %s", fields, got, want)
	}
}
