package names

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/test/netns/need"
)

// alone is a resolver that reaches no name server.
var alone = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("network is unreachable")
}}

func TestOthers(t *testing.T) {
	for text, want := range map[string]string{
		"hosts: files dns\n":  "",
		"passwd: nis\nnot it": "",
		" hosts:files mdns4_minimal [NOTFOUND=return UNAVAIL=continue]dns # winbind\n": "mdns4_minimal",
		"hosts: files\nhosts:\tnis resolve":                                            "nis resolve",
	} {
		if got := strings.Join(Others(host{"/etc/nsswitch.conf": text}), " "); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got := Others(host{}); got != nil {
		t.Errorf("without the file: %v", got)
	}
}

// TestResolveInTime has a name server that takes the question and never answers.
func TestResolveInTime(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", silent.LocalAddr().String())
	}}
	begin := time.Now()
	err = resolve(r, "mail.example.com", 50*time.Millisecond)
	if err == nil || err.Error() != "no answer within 50ms" {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(begin); took > 4*time.Second { // the resolver's own patience is five
		t.Errorf("it took %v", took)
	}
	if err := resolve(alone, "mail.example.com", Patience); err == nil || strings.Contains(err.Error(), "mail.example.com") {
		t.Errorf("without a name server: %v", err)
	}
}

// TestResolveBesideKeepalived compares what leads to an address with what keepalived takes for an smtp_server, without a network.
func TestResolveBesideKeepalived(t *testing.T) {
	ns := need.Namespace(t, "hfresolve")
	need.Command(t, "unshare", "util-linux")
	for _, name := range []string{
		"192.0.2.1", "localhost", "1.2.3", "1.2", "16909060", "0x7f.1", "0x7f.0.0.01", "010.1.1.1", "1.2.3.256", "1.2.65536", "1.2.65535", "256.1",
		"1.2.3.4.5", "4294967295", "4294967296", "+1.2.3.4", "fe80::1", "fe80::1%lo", "::ffff:192.0.2.1", "1:2:3", "mail.invalid", "nosuchhost", "1.2.3.x",
	} {
		file := write(t, "global_defs {\nsmtp_server "+name+"\n}\n")
		want := strings.Contains(judged(t, ns, t.TempDir(), file), "Invalid smtp server "+name+" 25")
		if got := resolve(alone, name, Patience); (got != nil) != want {
			t.Errorf("%s: %v; keepalived refuses it: %t", name, got, want)
		}
	}
}

func FuzzOthers(f *testing.F) {
	f.Add("hosts: files mdns4_minimal [NOTFOUND=return] dns # x\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range Others(host{"/etc/nsswitch.conf": text}) {
			if o == "" || o == "files" || o == "dns" || strings.ContainsAny(o, " \t\n#") {
				t.Errorf("%q: source %q", text, o)
			}
		}
	})
}
