package probe_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the keyword digest
	"crypto/rand"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/probe"
)

// Servers that others wrote, as they are delivered.

// run starts a program that serves until the end of the test, and waits until to takes connections.
func run(t *testing.T, to netip.AddrPort, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Skipf("needs %s: not installed", name)
		}
	}
	var out bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-exited
		if t.Failed() {
			t.Logf("%s: %s", name, out.String())
		}
	})
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		c, err := net.Dial("tcp", to.String())
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-exited:
			t.Fatalf("%s ended: %s", name, out.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("%s does not serve", name)
}

func digest(b []byte) conf.Value[[16]byte] {
	return conf.Value[[16]byte]{V: md5.Sum(b), At: here} //nolint:gosec // as above
}

func text(s string) conf.Value[string] {
	return conf.Value[string]{V: s, At: here}
}

func TestNginx(t *testing.T) {
	_, cert, key := certificate(t, time.Now().Add(time.Hour))
	dir := t.TempDir()
	plain, secured := nobodies(t)
	big := make([]byte, 10<<20)
	_, _ = rand.Read(big)
	if err := os.WriteFile(filepath.Join(dir, "big"), big, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(dir, "password")
	file := filepath.Join(dir, "nginx.conf")
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
    listen %[2]s;
    listen %[3]s ssl;
    ssl_certificate %[4]s;
    ssl_certificate_key %[5]s;
    ssl_password_file %[6]s;
    default_type text/plain;
    root %[1]s;
    location = / { return 200 "hello\n"; }
    location = /moved { return 302 /; }
    location = /gone { return 410; }
    location = /host { return 200 "$host $server_protocol $ssl_server_name"; }
  }
}
`, dir, plain, secured, cert, key, password)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, plain, "nginx", "-e", "stderr", "-p", dir, "-c", file)
	p := newProber(t, probe.Options{})
	for _, protocol := range []string{"1.0", "1.0C", "1.1"} {
		for _, c := range []struct {
			url  conf.URL
			why  talk.Why
			code int
		}{
			{conf.URL{Path: text("/")}, talk.Success, 200},
			{conf.URL{Path: text("/"), Digest: digest([]byte("hello\n"))}, talk.Success, 200},
			{conf.URL{Path: text("/"), Digest: digest([]byte("hallo\n"))}, talk.BadDigest, 200},
			{conf.URL{Path: text("/"), Regex: conf.Regex{Pattern: text("^hel+o$")}}, talk.Success, 200},
			{conf.URL{Path: text("/"), Regex: conf.Regex{Pattern: text(`(?<=e)(l)\1o`)}}, talk.Success, 200},
			{conf.URL{Path: text("/big"), Digest: digest(big)}, talk.Success, 200},
			{conf.URL{Path: text("/moved")}, talk.BadStatus, 302},
			{conf.URL{Path: text("/gone"), Status: []conf.StatusRange{{From: 410, To: 410}}}, talk.Success, 410},
			{conf.URL{Path: text("/none")}, talk.BadStatus, 404},
			{conf.URL{Path: text("/host"), Regex: conf.Regex{Pattern: text("^web.example HTTP/" + protocol[:3])}}, talk.Success, 200},
			{conf.URL{Path: text("bad path")}, talk.BadStatus, 400},
		} {
			for _, to := range []netip.AddrPort{plain, secured} {
				u := c.url
				call := &talk.Call{To: to, Timeout: 5 * time.Second, Talk: talk.NewHTTP(&u, protocol, "web.example", to)}
				if to == secured {
					call.TLS = &talk.TLS{ServerName: "web.example"}
				}
				r := attempt(t, p, call)
				if r.Verdict.Why != c.why || r.Verdict.Code != c.code || r.Verdict.Mismatch() {
					t.Errorf("%s %s, TLS %v: %+v, want why %d, code %d", protocol, u.Path.V, call.TLS != nil, r, c.why, c.code)
				}
			}
		}
	}
}

func TestDnsmasq(t *testing.T) {
	to := nobody(t)
	run(t, to, "dnsmasq", "-k", "-C", "/dev/null", "-u", "root", "-x", "", "-p", strconv.Itoa(int(to.Port())), "--listen-address=127.0.0.1", "--bind-interfaces",
		"--no-resolv", "--no-hosts", "--local=/example.com/", "--address=/www.example.com/192.0.2.1", "--mx-host=example.com,www.example.com")
	p := newProber(t, probe.Options{})
	for _, c := range []struct {
		kind, name string
		why        talk.Why
		code       int
	}{
		{"A", "www.example.com", talk.Success, 0},
		{"MX", "example.com.", talk.Success, 0},
		{"A", "nobody.example.com", talk.BadRcode, 3},
		{"SOA", ".", talk.BadRcode, 5},
		{"TXT", "example.org", talk.BadRcode, 5},
	} {
		call := &talk.Call{Network: talk.Datagram, To: to, Timeout: 5 * time.Second, Talk: talk.NewDNS(c.kind, c.name)}
		if r := attempt(t, p, call); r.Verdict.Why != c.why || r.Verdict.Code != c.code {
			t.Errorf("%s %s: %+v, want why %d, rcode %d", c.kind, c.name, r, c.why, c.code)
		}
	}
}

func TestExim(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: exim takes a configuration from root only")
	}
	if _, err := exec.LookPath("exim4"); err != nil {
		t.Skip("needs exim4: not installed")
	}
	owner, err := user.Lookup("Debian-exim")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	dir, to := t.TempDir(), nobody(t)
	file := filepath.Join(dir, "exim.conf")
	text := "primary_hostname = mail.example\nspool_directory = " + dir + "\nlog_file_path = " + dir + "/%s.log\nhost_lookup =\nrfc1413_query_timeout = 0s\n" +
		"helo_verify_hosts =\ndaemon_smtp_ports = " + strconv.Itoa(int(to.Port())) + "\nlocal_interfaces = 127.0.0.1\nbegin routers\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	run(t, to, "exim4", "-bdf", "-C", file, "-q30m")
	p := newProber(t, probe.Options{})
	for _, c := range []struct {
		helo string
		why  talk.Why
		code int
	}{{"me.example", talk.Success, 221}, {"bad_name!", talk.BadHELO, 501}} {
		call := &talk.Call{To: to, Timeout: 20 * time.Second, Talk: talk.NewSMTP(c.helo)}
		if r := attempt(t, p, call); r.Verdict.Why != c.why || r.Verdict.Code != c.code {
			t.Errorf("%s: %+v, want why %d, code %d", c.helo, r, c.why, c.code)
		}
	}
}
