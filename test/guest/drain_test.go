package guest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/guest/uml"
	"holdfast/test/netns/need"
)

// TestLeaving: what drain_timeout and expire_nodest_conn save when a server leaves the table, and what is lost without them.
func TestLeaving(t *testing.T) {
	t.Parallel()
	need.Command(t, "ipvsadm", "the table's reader")
	uml.Inside(t, "", func(t *testing.T) {
		t.Run("play", func(t *testing.T) {
			for name, f := range map[string]func(*bench){
				"a reload with drain_timeout":       func(b *bench) { leaving(b, true, byReload) },
				"a reload without":                  func(b *bench) { leaving(b, false, byReload) },
				"a failure with drain_timeout":      func(b *bench) { leaving(b, true, byFailure) },
				"the checkers die in the middle":    func(b *bench) { leaving(b, true, byReloadAndCrash) },
				"datagrams with expire_nodest_conn": func(b *bench) { orphan(b, true) },
				"datagrams without":                 func(b *bench) { orphan(b, false) },
			} {
				t.Run(name, func(t *testing.T) { t.Parallel(); f(newBench(t)) })
			}
		})
	}, "HOLDFAST_BIN="+ours(t))
}

// A way to leave, of the server with an address.
const (
	byReload = iota
	byFailure
	byReloadAndCrash
)

// leaving: a server leaves the table while a client downloads from it.
func leaving(b *bench, drains bool, way int) {
	b.config = strings.ReplaceAll(b.config, "connect_timeout 1", "connect_timeout 1\n connect_port 81")
	if drains {
		b.config = strings.Replace(b.config, "delay_loop 1", "delay_loop 1\n drain_timeout 60", 1)
	}
	text := b.config
	b.a.Put("all.conf", text)
	b.config = "include /mnt/all.conf\n"
	alive := map[string]*web{"one": serve(b.t, b.one.node, "10.9.1.11:81", "alive"), "two": serve(b.t, b.two.node, "10.9.1.12:81", "alive")}
	d := b.start()
	awaitTable(b.t, b.a, patient, b.full...)
	load := begin(b)
	addr, stays := "10.9.1.11", "two"
	if load.from == "two" {
		addr, stays = "10.9.1.12", "one"
	}
	if way == byFailure {
		alive[load.from].close()
	} else {
		at := strings.Index(text, "    real_server "+addr+" ")
		end := at + strings.Index(text[at:], "\n    }\n") + len("\n    }\n")
		b.a.Put("all.conf", text[:at]+text[end:])
		d.Signal(syscall.SIGHUP)
	}
	var left, drained []string
	for _, line := range b.full {
		if strings.Contains(line, addr) {
			drained = append(drained, strings.TrimSuffix(line, "1")+"0")
		} else {
			left, drained = append(left, line), append(drained, line)
		}
	}
	if !drains {
		awaitTable(b.t, b.a, patient, left...)
		if got := load.end(); got == blocks*blockSize {
			b.t.Error("the download came to its end without drain_timeout")
		}
		b.stop(d)
		return
	}
	awaitTable(b.t, b.a, patient, drained...)
	if way == byReloadAndCrash {
		if err := syscall.Kill(checkers(b.t, d), syscall.SIGKILL); err != nil {
			b.t.Fatal(err)
		}
		b.l.Until("the checkers are back", patient, func() bool { return d.Count("Starting Healthcheck child process") == 2 })
	}
	for n := range 10 {
		if page, err := fetch(b.client, benchService); page != stays || err != nil {
			b.t.Errorf("new connection %d: %q, %v", n, page, err)
		}
		awaitTable(b.t, b.a, 0, drained...)
	}
	if got := load.end(); got != blocks*blockSize {
		b.t.Errorf("the download ended after %d bytes of %d", got, blocks*blockSize)
	}
	awaitTable(b.t, b.a, 5*time.Second, left...)
	if d.Count("has drained") != 1 {
		b.t.Error("that it has drained was not told")
	}
	b.steady()
	b.stop(d)
	awaitTable(b.t, b.a, 0)
}

// download is one that is under way.
type download struct {
	from string // the page of its server
	conn net.Conn
	over chan int // how many bytes have come in the end
}

// begin begins a download and returns when some of it has come.
func begin(b *bench) *download {
	b.t.Helper()
	conn, err := dial(b.client, benchService)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patient))
	if _, err := fmt.Fprintf(conn, "GET /download HTTP/1.0\r\n\r\n"); err != nil {
		b.t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	for line := ""; line != "\r\n"; { // the header
		if line, err = r.ReadString('\n'); err != nil {
			b.t.Fatal(err)
		}
	}
	first, err := r.ReadString('\n')
	if err != nil {
		b.t.Fatal(err)
	}
	d := &download{from: strings.TrimSpace(first), conn: conn, over: make(chan int, 1)}
	go func() {
		n, _ := io.Copy(io.Discard, r)
		d.over <- int(n) + len(first)
	}()
	return d
}

// end waits for the end of a download, which takes twice as long at most as it should.
func (d *download) end() int {
	_ = d.conn.SetReadDeadline(time.Now().Add(2 * blocks * blockPace))
	return <-d.over
}
