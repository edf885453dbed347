package guest

import (
	"crypto/md5" //nolint:gosec // the digest of SSL_GET
	"crypto/tls"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/test/netns/lab"
)

const (
	natVirtual = "172.16.28.65"
	natServer  = "172.16.28.8"
)

// playNAT is the story of 003-20, which has one director. Its real server is the virtual address itself, and nobody has the pages of
// its digests, so that it can only be out; with a server and with pages of its own it serves.
func playNAT(t *testing.T, seat lab.Seat, dir string) {
	text := seed(t, dir, "003-20")
	script := lab.File(notifyScript, lab.RecorderScript)
	service := "-A -t " + natVirtual + ":80 -s rr -p 50"
	t.Run("as it is", func(t *testing.T) {
		t.Parallel()
		l := lab.New(t)
		a := l.Node("a").Link("eth1", "br0", "172.16.28.1/24")
		d := a.Start(seat, text, script)
		awaitTable(t, a, patient, service)
		l.Until("it is master", patient, func() bool { return a.Has(natVirtual) })
		endNAT(t, a, d)
	})
	t.Run("with a server", func(t *testing.T) {
		t.Parallel()
		l := lab.New(t)
		a := l.Node("a").Link("eth0", "br0", "192.168.200.5/24").Link("eth1", "br1", "172.16.28.1/24")
		err := a.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0) })
		if err != nil {
			t.Fatal(err)
		}
		client := l.Node("c").Link("eth0", "br0", "192.168.200.9/24")
		client.IP("route add 172.16.28.0/24 via 192.168.200.5")
		s := l.Node("s").Link("eth0", "br1", natServer+"/24")
		s.IP("route add default via 172.16.28.1")

		page := "Server " + natServer
		server := serveTLS(t, s, natServer+":80", page)
		sum := fmt.Sprintf("%x", md5.Sum([]byte(page+"\n"))) //nolint:gosec // as above
		config := strings.NewReplacer(
			"real_server "+natVirtual, "real_server "+natServer,
			"ff20ad2481f97b1754ef3e12ecd3a9cc", sum, "9b3a0c85a887a256d6939da88aabd8cd", sum,
		).Replace(text)
		d := a.Start(seat, config, script)
		l.Until("it is master", patient, func() bool { return a.Has(natVirtual) })
		l.Until("the pages are what they should be", patient, func() bool { return d.Said("succeed") })
		full := []string{service, "-a -t " + natVirtual + ":80 -r " + natServer + ":80 -m -w 1"}
		awaitTable(t, a, 0, full...)
		want := []string{"TCP " + natVirtual + ":80 rr persistent 50", "-> " + natServer + ":80 Masq 1 0 0"}
		if diff := cmp.Diff(want, shown(t, a)); diff != "" {
			t.Errorf("ipvsadm -Ln (-want +got):\n%s", diff)
		}
		if got, err := fetchTLS(client, natVirtual+":80"); got != page || err != nil {
			t.Errorf("the client gets %q, %v", got, err)
		}

		server.say("something else")
		awaitTable(t, a, patient, service)
		if got, err := fetchTLS(client, natVirtual+":80"); err == nil {
			t.Errorf("without a server the client gets %q", got)
		}
		server.say(page)
		awaitTable(t, a, patient, full...)
		await(t, "the client is served", 5*time.Second, func() bool {
			got, err := fetchTLS(client, natVirtual+":80")
			return err == nil && got == page
		})
		endNAT(t, a, d)
	})
}

func endNAT(t *testing.T, a *lab.Node, d *lab.Daemon) {
	t.Helper()
	if code := d.Stop(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	awaitTable(t, a, 0)
	if a.Has(natVirtual) {
		t.Error("the address stays behind")
	}
}

func fetchTLS(n *lab.Node, addr string) (string, error) {
	c, err := dial(n, addr)
	if err != nil {
		return "", err
	}
	s := tls.Client(c, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // its certificate is the test's own
	defer s.Close()
	return ask(s, addr)
}
