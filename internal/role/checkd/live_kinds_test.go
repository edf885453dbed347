package checkd

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// beforeOne has virtual servers, one for each checker, all before the same real server. Their ports count from 1. Beside them stands one
// with a server of its own, which is checked as often: it is the clock.
func beforeOne(t *testing.T, port int, checkers ...string) (l *live, clock *counter) {
	t.Helper()
	clock = count(t)
	var b strings.Builder
	fmt.Fprintf(&b, "virtual_server 192.0.2.2 1 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 1\n"+
		"real_server 127.0.0.1 %d {\nTCP_CHECK {\n}\n}\n}\n", clock.port)
	for i, c := range checkers {
		fmt.Fprintf(&b, "virtual_server 192.0.2.1 %d {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 1\nalpha\n"+
			"real_server 127.0.0.1 %d {\n%s\n}\n}\n", i+1, port, c)
	}
	return goLive(t, b.String()), clock
}

// up gives the ports of the virtual servers that have their real server, once so many have it, the clock counted, and all have been
// asked again.
func (l *live) up(dests int, clock *counter) (ports []uint16) {
	l.t.Helper()
	l.until(dests)
	clock.more(l.t, 2)
	entries, err := l.Read()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		if len(e.Dests) > 0 && e.Service.Key.Addr.Addr() != netip.MustParseAddr("192.0.2.2") {
			ports = append(ports, e.Service.Key.Addr.Port())
		}
	}
	slices.Sort(ports)
	return ports
}

// A server whose certificate is for another name, from a stranger or about to end takes part for SSL_GET as it was; what a tls block asks keeps
// it out.
func TestCertificatesOnTheWire(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(tls string) string { return "SSL_GET {\n" + tls + "url {\npath /\n}\n}" }
	l, clock := beforeOne(t, s.Listener.Addr().(*net.TCPAddr).Port,
		with(""),
		with("tls {\nverify\nca "+ca+"\nsni example.com\n}\n"),
		with("tls {\nverify\nca "+ca+"\nsni shop.example\n}\n"),
		with("tls {\nverify\n}\n"),
		with("tls {\nexpires_within 60000 fail\n}\n"), // it ends in 2084
		with("tls {\nexpires_within 60000\n}\n"),
		"TCP_CHECK {\ntls {\nmin_version 1.3\n}\n}",
	)
	if got, want := l.up(5, clock), []uint16{1, 2, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("%v are up, not %v", got, want)
	}
}

// A server that speaks HTTP/2 only is none for HTTP_GET as it was.
func TestHTTP2OnTheWire(t *testing.T) {
	s := &http.Server{Handler: http.NotFoundHandler(), Protocols: new(http.Protocols)}
	s.Protocols.SetUnencryptedHTTP2(true)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(socket) }()
	t.Cleanup(func() { _ = s.Close(); <-ended })
	page := "url {\npath /\nstatus_code 404\n}\n"
	l, clock := beforeOne(t, socket.Addr().(*net.TCPAddr).Port, "HTTP_GET {\n"+page+"}", "HTTP_GET {\nhttp_protocol 2\n"+page+"}")
	if got := l.up(2, clock); !slices.Equal(got, []uint16{2}) {
		t.Errorf("%v are up", got)
	}
}

// A service that says of itself that it does not serve is out for GRPC_CHECK; for TCP_CHECK it is as good as ever.
func TestGRPCOnTheWire(t *testing.T) {
	s, state := grpc.NewServer(), health.NewServer()
	healthpb.RegisterHealthServer(s, state)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(socket) }()
	t.Cleanup(func() { s.Stop(); <-ended })
	state.SetServingStatus("shop.Orders", healthpb.HealthCheckResponse_SERVING)
	l, clock := beforeOne(t, socket.Addr().(*net.TCPAddr).Port, "TCP_CHECK {\n}", "GRPC_CHECK {\nretry 0\nservice shop.Orders\n}")
	l.until(3)
	state.SetServingStatus("shop.Orders", healthpb.HealthCheckResponse_NOT_SERVING)
	if got := l.up(2, clock); !slices.Equal(got, []uint16{1}) {
		t.Errorf("%v are up", got)
	}
	state.SetServingStatus("shop.Orders", healthpb.HealthCheckResponse_SERVING)
	l.until(3)
}
