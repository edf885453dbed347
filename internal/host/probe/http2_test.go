package probe_test

import (
	"crypto/md5" //nolint:gosec // the keyword digest
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// listen gives a listener on loopback, and its address.
func listen(t *testing.T) (net.Listener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l, l.Addr().(*net.TCPAddr).AddrPort()
}

func get2(to netip.AddrPort, u conf.URL, how *talk.TLS) *talk.Call {
	if how != nil {
		how.Protocol = "h2"
	}
	return &talk.Call{To: to, Timeout: 5 * time.Second, TLS: how, Talk: talk.NewHTTP2(&u, "www.example", to, how != nil)}
}

// HTTP/2 with Go's server: plain, from the first byte, and inside TLS.
func TestHTTP2(t *testing.T) {
	pair, _, _ := certificate(t, time.Now().Add(time.Hour))
	page := make([]byte, 3<<20)
	mux := http.NewServeMux()
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) })
	mux.HandleFunc("/what", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s %s", r.Proto, r.Host) })
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for _, how := range []*talk.TLS{nil, {}} {
		t.Run(fmt.Sprintf("TLS %v", how != nil), func(t *testing.T) {
			s := &http.Server{Handler: mux, Protocols: new(http.Protocols), TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}}}
			s.Protocols.SetHTTP2(how != nil)
			s.Protocols.SetUnencryptedHTTP2(how == nil)
			l, to := listen(t)
			ended := make(chan error, 1)
			go func() {
				if how != nil {
					ended <- s.ServeTLS(l, "", "")
				} else {
					ended <- s.Serve(l)
				}
			}()
			t.Cleanup(func() { _ = s.Close(); <-ended })
			p := newProber(t, probe.Options{})
			for path, c := range map[string]struct {
				url  conf.URL
				why  talk.Why
				code int
			}{
				"/what":  {conf.URL{Digest: digest([]byte("HTTP/2.0 www.example"))}, talk.Success, 200},
				"/big":   {conf.URL{Digest: conf.Value[[16]byte]{V: md5.Sum(page), At: here}}, talk.Success, 200}, //nolint:gosec // as above
				"/gone":  {conf.URL{}, talk.BadStatus, 410},
				"/none":  {conf.URL{Status: []conf.StatusRange{{From: 404, To: 404}}}, talk.Success, 404},
				"/abort": {conf.URL{}, talk.BadProtocol, -1},
			} {
				c.url.Path = text(path)
				if r := attempt(t, p, get2(to, c.url, how)); r.Verdict.Why != c.why || r.Verdict.Code != c.code {
					t.Errorf("%s: %+v", path, r)
				}
			}
			slow := get2(to, conf.URL{Path: text("/slow")}, how)
			slow.Timeout = 200 * time.Millisecond
			if r := attempt(t, p, slow); r.Verdict.Why != talk.ReadTimeout {
				t.Errorf("silence: %+v", r)
			}
		})
	}
	t.Run("a server of HTTP/1", func(t *testing.T) {
		to, states := secret(t, &tls.Config{Certificates: []tls.Certificate{pair}}, "hello")
		r := attempt(t, newProber(t, probe.Options{}), get2(to, conf.URL{Path: text("/")}, &talk.TLS{}))
		if r.Verdict.Why != talk.TLSFailed || r.Verdict.Text != "the server does not speak h2" {
			t.Errorf("%+v", r)
		}
		<-states
		if r := attempt(t, newProber(t, probe.Options{}), get2(page1(t), conf.URL{Path: text("/")}, nil)); r.Verdict.Why != talk.BadProtocol {
			t.Errorf("plain: %+v", r)
		}
	})
}

// A server that wants every ping echoed and reads nothing does not fill the memory.
func TestHTTP2Pings(t *testing.T) {
	settings, ping := "\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\x00\x00\x08\x06\x00\x00\x00\x00\x0012345678"
	for _, heavy := range []bool{false, true} {
		to := serve(t, func(c net.Conn) {
			_, _ = c.Write([]byte(settings))
			flood(c, ping)
		})
		call := get2(to, conf.URL{Path: text("/")}, nil)
		call.Heavy = heavy
		if r := attempt(t, newProber(t, probe.Options{}), call); r.Verdict.Why != talk.BadProtocol || r.Verdict.Text != "too many pings" {
			t.Errorf("heavy %v: %+v", heavy, r)
		}
	}
}

// page1 serves a page by HTTP/1.
func page1(t *testing.T) netip.AddrPort {
	return serve(t, func(c net.Conn) {
		hear(c)
		_, _ = c.Write([]byte(good + "Content-Length: 5\r\n\r\nhello"))
	})
}

// HTTP/2 with nginx, inside TLS and plain.
func TestHTTP2Nginx(t *testing.T) {
	_, cert, key := certificate(t, time.Now().Add(time.Hour))
	dir := t.TempDir()
	plain, secured := nobodies(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file, password := filepath.Join(dir, "nginx.conf"), filepath.Join(dir, "password")
	for name, text := range map[string]string{password: "sesame\n", file: fmt.Sprintf(`
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events { }
http {
  access_log off;
  client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
  server {
    listen %[2]s http2;
    listen %[3]s ssl http2;
    ssl_certificate %[4]s;
    ssl_certificate_key %[5]s;
    ssl_password_file %[6]s;
    location / { return 200 "$server_protocol $http2 $host"; }
  }
}
`, dir, plain, secured, cert, key, password)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, plain, "nginx", "-e", "stderr", "-p", dir, "-c", file)
	p := newProber(t, probe.Options{})
	if r := attempt(t, p, get2(plain, conf.URL{Path: text("/"), Digest: digest([]byte("HTTP/2.0 h2c www.example"))}, nil)); !r.Verdict.OK {
		t.Errorf("plain: %+v", r)
	}
	if r := attempt(t, p, get2(secured, conf.URL{Path: text("/"), Digest: digest([]byte("HTTP/2.0 h2 www.example"))}, &talk.TLS{})); !r.Verdict.OK {
		t.Errorf("TLS: %+v", r)
	}
}

// The health service of grpc-go, plain and inside TLS.
func TestGRPC(t *testing.T) {
	pair, _, _ := certificate(t, time.Now().Add(time.Hour))
	for _, secured := range []bool{false, true} {
		t.Run(fmt.Sprintf("TLS %v", secured), func(t *testing.T) {
			var opts []grpc.ServerOption
			if secured {
				opts = append(opts, grpc.Creds(credentials.NewServerTLSFromCert(&pair)))
			}
			p := newProber(t, probe.Options{})
			ask := func(to netip.AddrPort, service string) talk.Verdict {
				call := &talk.Call{To: to, Timeout: 5 * time.Second, Talk: talk.NewGRPC(service, "grpc.example", secured)}
				if secured {
					call.TLS = &talk.TLS{Protocol: "h2"}
				}
				return attempt(t, p, call).Verdict
			}
			to, state := healthServer(t, true, opts...)
			state.SetServingStatus("shop.Orders", healthpb.HealthCheckResponse_SERVING)
			state.SetServingStatus("shop.Stock", healthpb.HealthCheckResponse_NOT_SERVING)
			for service, want := range map[string]talk.Verdict{
				"":            {OK: true, Code: 1},
				"shop.Orders": {OK: true, Code: 1},
				"shop.Stock":  {Why: talk.NotServing, Code: 2},
				"shop.None":   {Why: talk.BadGRPC, Code: 5},
			} {
				if v := ask(to, service); v.OK != want.OK || v.Why != want.Why || v.Code != want.Code {
					t.Errorf("%q: %+v", service, v)
				}
			}
			state.Shutdown()
			if v := ask(to, "shop.Orders"); v.Why != talk.NotServing || v.Code != 2 {
				t.Errorf("shut down: %+v", v)
			}
			bare, _ := healthServer(t, false, opts...)
			if v := ask(bare, ""); v.Why != talk.BadGRPC || v.Code != 12 {
				t.Errorf("without a health service: %+v", v)
			}
		})
	}
}

// healthServer runs a server of gRPC, perhaps with a health service.
func healthServer(t *testing.T, with bool, opts ...grpc.ServerOption) (netip.AddrPort, *health.Server) {
	t.Helper()
	s, state := grpc.NewServer(opts...), health.NewServer()
	if with {
		healthpb.RegisterHealthServer(s, state)
	}
	l, to := listen(t)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); <-ended })
	return to, state
}
