package talk_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/talk"
)

// load reads a configuration with one virtual server that has one real server, and gives the calls of its checkers.
func load(t *testing.T, text string) (calls [][]talk.Call) {
	t.Helper()
	c, _ := conf.Load(file(text), "keepalived.conf", conf.Options{})
	for _, vs := range c.VirtualServers {
		for _, rs := range vs.RealServers {
			for _, k := range rs.Checkers {
				calls = append(calls, talk.Calls(vs, rs, k))
			}
		}
	}
	return calls
}

// file is a configuration of one file.
type file string

func (f file) ReadFile(string) ([]byte, error) { return []byte(f), nil }
func (f file) Glob(p string) ([]string, error) { return []string{p}, nil }
func (f file) Getenv(string) string            { return "" }

func TestCallsOfTheCommonOptions(t *testing.T) {
	calls := load(t, `virtual_server 10.0.0.1 80 {
  protocol TCP
  connect_timeout 7
  real_server 10.0.0.2 8080 {
    TCP_CHECK {
    }
    TCP_CHECK {
      connect_ip 10.0.0.3
      connect_port 99
      bindto 10.0.0.9
      bind_port 1234
      bind_if eth7
      fwmark 42
      connect_timeout 2
    }
    PING_CHECK {
    }
    MISC_CHECK {
      misc_path /bin/true
    }
    SMTP_CHECK {
      host {
        connect_ip 10.0.0.4
      }
      host {
        connect_port 26
        connect_timeout 1
      }
    }
  }
}
`)
	if len(calls) != 5 || len(calls[0]) != 1 || len(calls[1]) != 1 || len(calls[3]) != 0 {
		t.Fatalf("calls: %+v", calls)
	}
	plain, full := calls[0][0], calls[1][0]
	plain.Talk, full.Talk = nil, nil
	if want := (talk.Call{Network: talk.Stream, To: netip.MustParseAddrPort("10.0.0.2:8080"), Timeout: 7 * time.Second}); plain != want {
		t.Errorf("%+v, want %+v", plain, want)
	}
	want := talk.Call{
		Network: talk.Stream, To: netip.MustParseAddrPort("10.0.0.3:99"), From: netip.MustParseAddr("10.0.0.9"), FromPort: 1234,
		Interface: "eth7", Mark: 42, Timeout: 2 * time.Second,
	}
	if full != want {
		t.Errorf("%+v, want %+v", full, want)
	}
	if c := calls[2][0]; c.Network != talk.Echo || c.To != netip.MustParseAddrPort("10.0.0.2:0") {
		t.Errorf("PING_CHECK: %+v", c)
	}
	mail := calls[4]
	if len(mail) < 2 || mail[len(mail)-2].To.String() != "10.0.0.4:8080" || mail[len(mail)-1].To.String() != "10.0.0.2:26" || mail[len(mail)-1].Timeout != time.Second {
		t.Errorf("SMTP_CHECK: %+v", mail)
	}
}

// TestCallsThePortOfTheFile: a check connects to the port that the file gives the real server, whatever the table makes of it.
func TestCallsThePortOfTheFile(t *testing.T) {
	for _, c := range []struct{ virtual, kind, real, to, host string }{
		{"fwmark 5", "DR", "10.0.0.2 8080", "10.0.0.2:8080", "10.0.0.2:8080"},
		{"fwmark 5", "NAT", "10.0.0.2 8080", "10.0.0.2:8080", "10.0.0.2:8080"},
		{"10.0.0.1 80", "DR", "10.0.0.2 8080", "10.0.0.2:8080", "10.0.0.2:8080"},
		{"10.0.0.1 80", "NAT", "10.0.0.2", "10.0.0.2:0", "10.0.0.2:0"},
		{"10.0.0.1 80", "TUN", "10.0.0.2", "10.0.0.2:0", "10.0.0.2:0"},
	} {
		calls := load(t, "virtual_server "+c.virtual+" {\nlb_kind "+c.kind+"\nprotocol TCP\nreal_server "+c.real+
			" {\nTCP_CHECK {\n}\nHTTP_GET {\nurl {\npath /\n}\n}\n}\n}\n")
		if tcp := calls[0][0].To.String(); tcp != c.to {
			t.Errorf("%+v: TCP_CHECK connects to %s", c, tcp)
		}
		if said, _ := converse(calls[1][0].Talk, silence); !strings.Contains(said, "Host: "+c.host+"\r\n") || calls[1][0].To.String() != c.to {
			t.Errorf("%+v: HTTP_GET connects to %s and says %q", c, calls[1][0].To, said)
		}
	}
}

// The name in the Host header, and the one in the TLS handshake.
func TestCallsVirtualHost(t *testing.T) {
	const (
		vs  = "virtualhost vs.example\n"
		rs  = "virtualhost rs.example\n"
		chk = "virtualhost chk.example\n"
		url = "virtualhost url.example\n"
		sni = "enable_sni\n"
	)
	for _, c := range []struct{ vs, rs, chk, url, host, sni string }{
		{"", "", "", "", "10.0.0.2:443", ""},
		{vs, "", "", "", "vs.example", ""},
		{vs, rs, "", "", "rs.example", ""},
		{vs, rs, chk, "", "chk.example", ""},
		{vs, rs, chk, url, "url.example", ""},
		{"", "", sni, "", "10.0.0.2:443", ""},
		{vs, "", sni, "", "vs.example", "vs.example"},
		{vs, rs, sni, "", "rs.example", "vs.example"}, // a real server's name is not said
		{"", rs, sni, "", "rs.example", ""},
		{vs, rs, sni + chk, "", "chk.example", "chk.example"},
		{vs, rs, sni + chk, url, "url.example", "url.example"},
		{vs, rs, "sni_name sni.example\n" + chk, url, "url.example", "sni.example"},
	} {
		calls := load(t, "virtual_server 10.0.0.1 443 {\nprotocol TCP\n"+c.vs+"real_server 10.0.0.2 443 {\n"+c.rs+
			"SSL_GET {\n"+c.chk+"url {\npath /\n"+c.url+"}\n}\n}\n}\n")
		call := calls[0][0]
		said, _ := converse(call.Talk, silence)
		want := "GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: " + c.host + "\r\n\r\n"
		if said != want || call.TLS.ServerName != c.sni {
			t.Errorf("%+v: said %q, SNI %q", c, said, call.TLS.ServerName)
		}
	}
}

// Every keyword of a checker that connects has a conversation.
func TestEveryConnectingCheckerTalks(t *testing.T) {
	silent := map[string]bool{"MISC_CHECK": true, "BFD_CHECK": true, "FILE_CHECK": true}
	n := 0
	for _, k := range conf.Keywords() {
		if k.Opens == "" || silent[k.Name] || len(k.Where) != 1 || k.Where[0] != "virtual_server/real_server" {
			continue
		}
		n++
		if !talk.Speaks(k.Name) {
			t.Errorf("%s has no conversation", k.Name)
		}
	}
	const known = 8
	if n != known {
		t.Errorf("%d kinds of checkers that connect, want %d", n, known)
	}
}
