package probe_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the keyword digest
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// hear reads the request.
func hear(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }

func slam(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// drip sends s again and again, byte by byte, for as long as somebody listens.
func drip(c net.Conn, s string, pause time.Duration) {
	for {
		for i := range len(s) {
			if _, err := c.Write([]byte{s[i]}); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

// flood sends s again and again as fast as it can.
func flood(c net.Conn, s string) {
	block := bytes.Repeat([]byte(s), 64<<10/len(s)+1)
	for {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

const good = "HTTP/1.0 200 OK\r\n"

// Whatever a server does, it costs bounded memory and time, and gets the right verdict; through TLS as well.
func TestHostileWebServers(t *testing.T) {
	const timeout, longest = 200 * time.Millisecond, 900 * time.Millisecond
	servers := map[string]struct {
		act func(net.Conn)
		why talk.Why
	}{
		"never answers":       {func(c net.Conn) { hear(c); _, _ = io.Copy(io.Discard, c) }, talk.NoAnswer},
		"stops in the header": {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good); _, _ = io.Copy(io.Discard, c) }, talk.ReadTimeout},
		"drips a header":      {func(c net.Conn) { hear(c); drip(c, "HTTP/1.0 200 OK", 20*time.Millisecond) }, talk.ReadTimeout},
		"drips a body":        {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good+"\r\n"); drip(c, "x", 20*time.Millisecond) }, talk.ReadTimeout},
		"endless header":      {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good); flood(c, "X-Filler: more and more\r\n") }, talk.NoData},
		"endless line":        {func(c net.Conn) { hear(c); flood(c, "x") }, talk.NoData},
		"endless body":        {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good+"\r\n"); flood(c, "x") }, talk.Success},
		"bomb": {func(c net.Conn) {
			hear(c)
			_, _ = io.WriteString(c, good+"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08")
			flood(c, "\x00")
		}, talk.Success},
		"endless error":  {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, "HTTP/1.0 500 No\r\n\r\n"); flood(c, "x") }, talk.BadStatus},
		"says 1 GB":      {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good+"Content-Length: 1073741824\r\n\r\nx") }, talk.Success},
		"closes at once": {func(c net.Conn) { hear(c) }, talk.NoData},
		"resets":         {func(c net.Conn) { hear(c); slam(c) }, talk.ReadFailed},
		"redirects":      {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, "HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n") }, talk.BadStatus},
		"garbage":        {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, strings.Repeat("\x00\xff", 500)+"\r\n\r\n") }, talk.BadStatus},
	}
	pair, _, _ := certificate(t, time.Unix(1, 0)) // and long expired
	for name, s := range servers {
		for _, secure := range []bool{false, true} {
			if secure && name == "resets" {
				continue // needs the bare connection
			}
			t.Run(fmt.Sprintf("%s, TLS %v", name, secure), func(t *testing.T) {
				p := newProber(t, probe.Options{Longest: longest})
				act := s.act
				if secure {
					act = func(c net.Conn) { s.act(tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}})) }
				}
				call := get(serve(t, act), timeout, conf.URL{})
				if secure {
					call.TLS = &talk.TLS{}
				}
				r := attempt(t, p, call)
				if r.Kind != probe.Answered || r.Verdict.Why != s.why {
					t.Errorf("%+v, want why %d", r, s.why)
				}
				if r.Took > longest+5*time.Second {
					t.Errorf("took %v", r.Took)
				}
			})
		}
	}
}

func TestBrokenTLS(t *testing.T) {
	for name, s := range map[string]struct {
		act func(net.Conn)
		why talk.Why
	}{
		"plain text":    {func(c net.Conn) { hear(c); _, _ = io.WriteString(c, good+"\r\nhello") }, talk.TLSFailed},
		"closes":        {func(c net.Conn) { hear(c) }, talk.TLSFailed},
		"resets":        {func(c net.Conn) { hear(c); slam(c) }, talk.TLSFailed},
		"never answers": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, talk.ConnectTimeout},
		"echoes":        {func(c net.Conn) { _, _ = io.Copy(c, c) }, talk.TLSFailed},
		"endless hello": {func(c net.Conn) {
			hear(c)
			flood(c, "\x16\x03\x03\x40\x00\x02\x00\xff\xff"+strings.Repeat("\x00", 0x3ffc))
		}, talk.TLSFailed},
		"alert": {func(c net.Conn) { hear(c); _, _ = c.Write([]byte{21, 3, 3, 0, 2, 2, 40}) }, talk.TLSFailed},
		"drips": {func(c net.Conn) { hear(c); drip(c, "\x16\x03\x03\x10\x00\x02\x00\x0f\xfc", 20*time.Millisecond) }, talk.ConnectTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProber(t, probe.Options{})
			r := attempt(t, p, sslGet(serve(t, s.act), 200*time.Millisecond, talk.TLS{}))
			if r.Kind != probe.Answered || r.Verdict.Why != s.why || r.Took > 5*time.Second || s.why == talk.TLSFailed && r.Verdict.Text == "" {
				t.Errorf("%+v, want why %d", r, s.why)
			}
		})
	}
}

// A gigabyte is summed up as it comes, and others get their turn meanwhile.
func TestGigabyte(t *testing.T) {
	const size = 1 << 30
	block := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	sum := md5.New() //nolint:gosec // as above
	for range size / len(block) {
		sum.Write(block)
	}
	big := serve(t, func(c net.Conn) {
		hear(c)
		_, _ = fmt.Fprintf(c, good+"Content-Length: %d\r\n\r\n", size)
		for range size / len(block) {
			if _, err := c.Write(block); err != nil {
				return
			}
		}
	})
	other := serve(t, func(net.Conn) {})
	p := newProber(t, probe.Options{})
	u := conf.URL{Digest: conf.Value[[16]byte]{V: [16]byte(sum.Sum(nil)), At: here}}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p.Start(1, get(big, 20*time.Second, u), time.Now())
	small, slowest := 0, time.Duration(0)
	for done := false; !done; {
		if small < 300 && p.Under() < 2 {
			p.Start(2, tcp(other, 20*time.Second), time.Now())
		}
		results, _, _, err := p.Wait(time.Now().Add(3*time.Minute), true, nil)
		if err != nil || len(results) == 0 {
			t.Fatal(err)
		}
		for _, r := range results {
			if !r.Verdict.OK {
				t.Fatalf("%+v", r)
			}
			if done = r.ID == 1; !done {
				small++
				slowest = max(slowest, r.Took)
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > before.HeapAlloc+(8<<20) {
		t.Errorf("%d bytes of heap before, %d after", before.HeapAlloc, after.HeapAlloc)
	}
	if small < 10 {
		t.Errorf("%d other checks meanwhile, the slowest took %v", small, slowest)
	}
}

func TestHostileMailServers(t *testing.T) {
	const timeout, longest = 200 * time.Millisecond, 900 * time.Millisecond
	for name, s := range map[string]struct {
		act func(net.Conn)
		why talk.Why
	}{
		"good": {func(c net.Conn) {
			_, _ = io.WriteString(c, "220 hi\r\n")
			hear(c)
			_, _ = io.WriteString(c, "250 hi\r\n")
			hear(c)
			_, _ = io.WriteString(c, "221 bye\r\n")
		}, talk.Success},
		"drips":        {func(c net.Conn) { drip(c, "2", 20*time.Millisecond) }, talk.ReadTimeout},
		"one line":     {func(c net.Conn) { flood(c, "2") }, talk.ReadTimeout},
		"many lines":   {func(c net.Conn) { flood(c, "220-x\r\n") }, talk.BadGreeting},
		"silent":       {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, talk.NoAnswer},
		"closes":       {func(net.Conn) {}, talk.EarlyClose},
		"resets early": {slam, talk.ReadFailed},
		"all at once":  {func(c net.Conn) { _, _ = io.WriteString(c, "220 a\r\n250 b\r\n221 c\r\n"); hear(c) }, talk.Success},
		"resets":       {func(c net.Conn) { _, _ = io.WriteString(c, "220 a\r\n"); hear(c); slam(c) }, talk.ReadFailed},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProber(t, probe.Options{Longest: longest})
			call := &talk.Call{To: serve(t, s.act), Timeout: timeout, Talk: talk.NewSMTP("me.example")}
			if r := attempt(t, p, call); r.Verdict.Why != s.why || r.Took > longest+5*time.Second {
				t.Errorf("%+v, want why %d", r, s.why)
			}
		})
	}
}

// udpServer answers every datagram by act.
func udpServer(t testing.TB, act func(c *net.UDPConn, to netip.AddrPort, b []byte)) netip.AddrPort {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 4096)
		for {
			n, from, err := c.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			act(c, from, b[:n])
		}
	}()
	t.Cleanup(func() { <-done })
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestDatagrams(t *testing.T) {
	const timeout = 200 * time.Millisecond
	ask := func(to netip.AddrPort) *talk.Call {
		return &talk.Call{Network: talk.Datagram, To: to, Timeout: timeout, Talk: talk.NewDNS("A", "example.com")}
	}
	prod := func(to netip.AddrPort, require bool) *talk.Call {
		return &talk.Call{Network: talk.Datagram, To: to, Timeout: timeout, AllErrors: true, Talk: talk.NewUDP(&conf.UDPCheck{RequireReply: conf.Value[bool]{V: require}})}
	}
	yes := func(b []byte) []byte { b[2], b[3] = 0x81, 0x80; return b }
	answers := udpServer(t, func(c *net.UDPConn, to netip.AddrPort, b []byte) { _, _ = c.WriteToUDPAddrPort(yes(b), to) })
	mute := udpServer(t, func(*net.UDPConn, netip.AddrPort, []byte) {})
	liar := udpServer(t, func(c *net.UDPConn, to netip.AddrPort, b []byte) {
		for range 200 { // more than one turn hears
			wrong := yes(append([]byte(nil), b...))
			wrong[0]++
			_, _ = c.WriteToUDPAddrPort(wrong, to)
		}
		_, _ = c.WriteToUDPAddrPort(yes(b), to)
	})
	closed := netip.AddrPortFrom(mute.Addr(), nobody(t).Port())
	p := newProber(t, probe.Options{})
	for name, c := range map[string]struct {
		call  *talk.Call
		why   talk.Why
		errno unix.Errno
	}{
		"DNS answers":              {ask(answers), talk.Success, 0},
		"DNS mute":                 {ask(mute), talk.NoAnswer, 0},
		"DNS closed":               {ask(closed), talk.ReadFailed, unix.ECONNREFUSED},
		"DNS many wrong, one good": {ask(liar), talk.Success, 0},
		"UDP answers":              {prod(answers, true), talk.Success, 0},
		"UDP mute":                 {prod(mute, false), talk.Success, 0},
		"UDP mute, required":       {prod(mute, true), talk.NoAnswer, 0},
		"UDP closed":               {prod(closed, false), talk.ReadFailed, unix.ECONNREFUSED},
		"UDP broadcast":            {prod(netip.MustParseAddrPort("255.255.255.255:9"), false), talk.ConnectFailed, unix.EACCES},
	} {
		r := attempt(t, p, c.call)
		if r.Kind != probe.Answered || r.Verdict.Why != c.why || unix.Errno(r.Verdict.Errno) != c.errno {
			t.Errorf("%s: %+v, want why %d, error %v", name, r, c.why, c.errno)
		}
	}
}
