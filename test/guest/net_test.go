package guest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/test/guest/scene"
	"holdfast/test/netns/lab"
)

// await looks until cond holds: the kernel tells nobody when its table of virtual services changes.
func await(t *testing.T, what string, within time.Duration, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !cond(); {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", within, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// run runs a program in a node and returns what it says.
func run(n *lab.Node, program string, args ...string) (string, error) {
	var out []byte
	err := n.Do(func() (err error) {
		out, err = exec.Command(program, args...).CombinedOutput()
		return err
	})
	return string(out), err
}

// must is run, of what has to work.
func must(t *testing.T, n *lab.Node, program string, args ...string) string {
	t.Helper()
	out, err := run(n, program, args...)
	if err != nil {
		t.Fatalf("%s: %s %q: %v: %s", n.Name, program, args, err, out)
	}
	return out
}

// table returns the lines of ipvsadm -Sn, sorted.
func table(t *testing.T, n *lab.Node) []string {
	t.Helper()
	var lines []string
	for l := range strings.Lines(must(t, n, "ipvsadm", "-Sn")) {
		lines = append(lines, strings.TrimSpace(l))
	}
	slices.Sort(lines)
	return lines
}

// awaitTable waits until a node's table has these lines and no others.
func awaitTable(t *testing.T, n *lab.Node, within time.Duration, lines ...string) {
	t.Helper()
	want := slices.Sorted(slices.Values(lines))
	var got []string
	for end := time.Now().Add(within); ; time.Sleep(50 * time.Millisecond) {
		if got = table(t, n); slices.Equal(got, want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the table of %s after %v is\n    %s\nand not\n    %s", n.Name, within, strings.Join(got, "\n    "), strings.Join(want, "\n    "))
		}
	}
}

// shown is what ipvsadm -Ln shows below its heading, each line with single blanks.
func shown(t *testing.T, n *lab.Node) (lines []string) {
	t.Helper()
	for l := range strings.Lines(must(t, n, "ipvsadm", "-Ln")) {
		lines = append(lines, strings.Join(strings.Fields(l), " "))
	}
	return lines[min(3, len(lines)):]
}

// web is a web server whose pages are all the same. /download is the page again and again, slowly.
type web struct {
	node *lab.Node
	addr string
	tls  bool

	mu     sync.Mutex
	page   string
	pages  int // asked for
	server *http.Server
}

// serve starts a web server in a node; it ends with t.
func serve(t *testing.T, n *lab.Node, addr, page string) *web {
	t.Helper()
	return start(t, &web{node: n, addr: addr, page: page})
}

// serveTLS starts one that speaks TLS.
func serveTLS(t *testing.T, n *lab.Node, addr, page string) *web {
	t.Helper()
	return start(t, &web{node: n, addr: addr, page: page, tls: true})
}

func start(t *testing.T, w *web) *web {
	t.Helper()
	w.open(t)
	t.Cleanup(w.close)
	return w
}

// listen opens a listener in a node.
func listen(n *lab.Node, addr string) (l net.Listener, err error) {
	err = n.Do(func() error {
		l, err = net.Listen("tcp", addr)
		return err
	})
	return l, err
}

func (w *web) open(t *testing.T) {
	t.Helper()
	l, err := listen(w.node, w.addr)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{
		ErrorLog:          log.New(io.Discard, "", 0), // of clients that leave in the middle of a handshake
		Handler:           http.HandlerFunc(w.answer),
		ReadHeaderTimeout: time.Minute,
	}
	if w.tls {
		cert, err := scene.Certificate()
		if err != nil {
			t.Fatal(err)
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	w.mu.Lock()
	w.server = s
	w.mu.Unlock()
	go func() { _ = s.Serve(l) }()
}

func (w *web) answer(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.pages++
	w.mu.Unlock()
	if r.URL.Path != "/download" {
		fmt.Fprintln(to, w.said())
		return
	}
	block := strings.Repeat(w.said()+"\n", blockSize/(len(w.said())+1))
	for range blocks {
		if _, err := io.WriteString(to, block); err != nil {
			return
		}
		_ = http.NewResponseController(to).Flush() // who does not listen any more is found out by the next block
		time.Sleep(blockPace)
	}
}

// A download is so many blocks of so many bytes, so far apart.
const (
	blocks    = 100
	blockSize = 4096
	blockPace = 100 * time.Millisecond
)

// asked is how many pages it was asked for.
func (w *web) asked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pages
}

// say changes the pages.
func (w *web) say(page string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.page = page
}

func (w *web) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.page
}

// close cuts off who is being served and listens no more.
func (w *web) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.server.Close()
}

const patience = 5 * time.Second // of clients

// dial connects from a node.
func dial(n *lab.Node, addr string) (c net.Conn, err error) {
	err = n.Do(func() error {
		c, err = net.DialTimeout("tcp", addr, patience)
		return err
	})
	return c, err
}

// fetch gets a page over a connection of its own.
func fetch(n *lab.Node, addr string) (string, error) {
	c, err := dial(n, addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	return ask(c, addr)
}

// ask gets a page over a connection, which stays open.
func ask(c net.Conn, host string) (string, error) {
	_ = c.SetDeadline(time.Now().Add(patience))
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+host+"/", http.NoBody)
	if err != nil {
		return "", err
	}
	if err := req.Write(c); err != nil {
		return "", err
	}
	r, err := http.ReadResponse(bufio.NewReader(c), req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = errors.New(r.Status)
	}
	return strings.TrimSpace(string(b)), err
}

// realServer makes a node take virtual addresses for its own without telling anybody, as direct routing wants it.
func realServer(t *testing.T, n *lab.Node, virtual ...string) {
	t.Helper()
	up := exec.Command(ours(t))
	up.Args = append([]string{"holdfast", "realserver", "up", "--run-dir", t.TempDir()}, virtual...)
	var out []byte
	if err := n.Do(func() (err error) { out, err = up.CombinedOutput(); return err }); err != nil {
		t.Fatalf("%s: %q: %v: %s", n.Name, up.Args, err, out)
	}
}
