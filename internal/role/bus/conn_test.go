package bus

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func socketPair(t *testing.T) (Conn, Conn) {
	t.Helper()
	a, f, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	// What a child does with an inherited descriptor.
	fd, err := unix.Dup(int(f.Fd()))
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	b, err := FromFD(fd)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

// The two transports obey one contract.
func TestConn(t *testing.T) {
	transports := map[string]func(*testing.T) (Conn, Conn){
		"pipe":   func(*testing.T) (Conn, Conn) { return Pipe() },
		"socket": socketPair,
	}
	contract := map[string]func(*testing.T, Conn, Conn){
		"order both ways":     testOrder,
		"full":                testFull,
		"peer gone":           testPeerGone,
		"peer gone, unread":   testPeerGoneUnread,
		"own close":           testOwnClose,
		"close wakes recv":    testCloseWakes,
		"peer wakes recv":     testPeerWakes,
		"too big":             testTooBig,
		"text survives":       testText,
		"send while closing":  testRace,
		"close is idempotent": testCloseTwice,
	}
	for name, open := range transports {
		for rule, check := range contract {
			t.Run(name+"/"+rule, func(t *testing.T) {
				a, b := open(t)
				t.Cleanup(func() { a.Close(); b.Close() })
				check(t, a, b)
			})
		}
	}
}

func recv(t *testing.T, c Conn) Msg {
	t.Helper()
	m, err := c.Recv()
	if err != nil {
		t.Fatalf("Recv: %v", err)
	}
	return m
}

func testOrder(t *testing.T, a, b Conn) {
	for _, end := range [][2]Conn{{a, b}, {b, a}} {
		for i := range 20 {
			if err := end[0].Send(Msg{Kind: Prepare, Gen: i + 1}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 20 {
			if m := recv(t, end[1]); m.Kind != Prepare || m.Gen != i+1 {
				t.Fatalf("message %d is %+v", i, m)
			}
		}
	}
}

// Nobody reads: Send must refuse before it could block, and everything accepted must arrive.
func testFull(t *testing.T, a, b Conn) {
	sent := 0
	for ; ; sent++ {
		err := a.Send(Msg{Kind: Stats, Gen: sent + 1})
		if errors.Is(err, ErrFull) {
			break
		}
		if err != nil || sent > 1_000_000 {
			t.Fatalf("after %d messages: %v, want ErrFull", sent, err)
		}
	}
	if sent < 16 {
		t.Fatalf("full after %d messages", sent)
	}
	for i := range sent {
		if m := recv(t, b); m.Gen != i+1 {
			t.Fatalf("message %d has Gen %d", i, m.Gen)
		}
	}
	if err := a.Send(Msg{Kind: Stop}); err != nil {
		t.Fatalf("Send after draining: %v", err)
	}
}

func testPeerGone(t *testing.T, a, b Conn) {
	if err := a.Send(Msg{Kind: Stop}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if m := recv(t, b); m.Kind != Stop {
		t.Fatalf("got %+v", m)
	}
	for range 2 {
		if _, err := b.Recv(); !errors.Is(err, io.EOF) {
			t.Fatalf("Recv: %v, want io.EOF", err)
		}
	}
	if err := b.Send(Msg{Kind: Ready}); !errors.Is(err, io.ErrClosedPipe) {
		t.Fatalf("Send: %v, want io.ErrClosedPipe", err)
	}
}

// The peer dies with our words unread: what it had said itself still arrives before io.EOF.
func testPeerGoneUnread(t *testing.T, a, b Conn) {
	for range 3 {
		if err := b.Send(Msg{Kind: Ready}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Send(Msg{Kind: Stop}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if m := recv(t, b); m.Kind != Stop {
		t.Fatalf("got %+v", m)
	}
	if _, err := b.Recv(); !errors.Is(err, io.EOF) {
		t.Fatalf("Recv: %v, want io.EOF", err)
	}
}

func testOwnClose(t *testing.T, a, _ Conn) {
	a.Close()
	if err := a.Send(Msg{Kind: Stop}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Send: %v, want os.ErrClosed", err)
	}
	if _, err := a.Recv(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Recv: %v, want os.ErrClosed", err)
	}
}

func testCloseWakes(t *testing.T, a, _ Conn) {
	got := make(chan error)
	go func() { _, err := a.Recv(); got <- err }()
	a.Close()
	if err := <-got; !errors.Is(err, os.ErrClosed) {
		t.Fatalf("Recv: %v, want os.ErrClosed", err)
	}
}

func testPeerWakes(t *testing.T, a, b Conn) {
	got := make(chan error)
	go func() { _, err := a.Recv(); got <- err }()
	b.Close()
	if err := <-got; !errors.Is(err, io.EOF) {
		t.Fatalf("Recv: %v, want io.EOF", err)
	}
}

func testTooBig(t *testing.T, a, b Conn) {
	if err := a.Send(Msg{Kind: Dump, Text: strings.Repeat("x", MaxPacket)}); !errors.Is(err, ErrTooBig) {
		t.Fatalf("Send: %v, want ErrTooBig", err)
	}
	long := strings.Repeat("x", MaxPacket-64)
	if err := a.Send(Msg{Kind: Dump, Text: long}); err != nil {
		t.Fatal(err)
	}
	if m := recv(t, b); m.Text != long {
		t.Fatalf("%d bytes arrived of %d", len(m.Text), len(long))
	}
}

func testText(t *testing.T, a, b Conn) {
	want := "line one\nline \"two\"\t\u00e9 \x00"
	if err := a.Send(Msg{Kind: Dump, Text: want}); err != nil {
		t.Fatal(err)
	}
	if m := recv(t, b); m.Text != want {
		t.Fatalf("got %q, want %q", m.Text, want)
	}
}

func testRace(t *testing.T, a, b Conn) {
	done := make(chan error)
	go func() {
		for {
			if err := a.Send(Msg{Kind: Stats}); err != nil && !errors.Is(err, ErrFull) {
				done <- err
				return
			}
		}
	}()
	recv(t, b)
	b.Close()
	if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
		t.Fatalf("Send: %v, want io.ErrClosedPipe", err)
	}
}

func testCloseTwice(t *testing.T, a, _ Conn) {
	for i := range 2 {
		if err := a.Close(); err != nil {
			t.Fatalf("Close %d: %v", i+1, err)
		}
	}
}

// A packet that is no message is reported and skipped.
func TestSocketMalformed(t *testing.T) {
	a, b := socketPair(t)
	defer a.Close()
	defer b.Close()
	for _, junk := range []string{"junk", strings.Repeat("y", MaxPacket+500)} {
		var werr error
		err := a.(*sockConn).raw.Write(func(fd uintptr) bool {
			werr = unix.Sendto(int(fd), []byte(junk), 0, nil)
			return true
		})
		if err := errors.Join(err, werr); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Recv(); !errors.Is(err, ErrMalformed) {
			t.Fatalf("Recv: %v, want ErrMalformed", err)
		}
	}
	if err := a.Send(Msg{Kind: Stop}); err != nil {
		t.Fatal(err)
	}
	if m := recv(t, b); m.Kind != Stop {
		t.Fatalf("got %+v", m)
	}
}

func TestFromFDRefuses(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := FromFD(int(r.Fd())); err == nil {
		t.Error("a pipe was taken for a bus")
	}
	if _, err := FromFD(1 << 20); !errors.Is(err, unix.EBADF) {
		t.Errorf("closed descriptor: %v, want EBADF", err)
	}
}

func TestExitError(t *testing.T) {
	cause := errors.New("no such interface")
	err := fmt.Errorf("start: %w", &ExitError{Code: ExitConfig, Err: cause})
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Code != 2 || !errors.Is(err, cause) {
		t.Fatalf("ExitError is lost in %v", err)
	}
}
