package talk_test

import (
	"testing"
	"time"

	"holdfast/internal/core/talk"
)

// What a tls block makes of each checker's calls.
func TestCallsOfTLS(t *testing.T) {
	own := talk.TLSFiles{CA: "/ca", Certificate: "/cert", Key: "/key", Password: "sesame"}
	for _, c := range []struct {
		text string
		want *talk.TLS // nil: plain
	}{
		{"TCP_CHECK {\n}", nil},
		{"HTTP_GET {\nurl {\npath /\n}\n}", nil},
		{"TCP_CHECK {\ntls {\n}\n}", &talk.TLS{}},
		{"TCP_CHECK {\ntls {\nverify\nsni web.example\n}\n}", &talk.TLS{Verify: true, ServerName: "web.example"}},
		{"SMTP_CHECK {\ntls {\nmin_version 1.3\nca /ca\ncertificate /cert\nkey /key\npassword sesame\n}\n}", &talk.TLS{MinVersion: 0x0304, Files: own}},
		{"SMTP_CHECK {\nhost {\nconnect_port 465\n}\ntls {\n}\n}", &talk.TLS{}},
		{"SSL_GET {\nurl {\npath /\n}\n}", &talk.TLS{}},
		{"SSL_GET {\ntls {\nexpires_within 3 fail\n}\nenable_sni\nvirtualhost a.example\nurl {\npath /\n}\n}", &talk.TLS{ServerName: "a.example", Expires: 72 * time.Hour, ExpiresBad: true}},
		{"SSL_GET {\ntls {\nverify\n}\nvirtualhost a.example\nurl {\npath /\n}\n}", &talk.TLS{Verify: true, ServerName: "a.example"}},
		{"SSL_GET {\ntls {\nverify\n}\nvirtualhost a.example:8443\nurl {\npath /\n}\n}", &talk.TLS{Verify: true, ServerName: "a.example"}},
		{"SSL_GET {\ntls {\nverify\n}\nurl {\npath /\n}\n}", &talk.TLS{Verify: true}},
		{"SSL_GET {\ntls {\nsni b.example\n}\nenable_sni\nvirtualhost a.example\nurl {\npath /\ntls_compliant\n}\n}", &talk.TLS{ServerName: "b.example", CloseNotify: true}},
		{"HTTP_GET {\ntls {\n}\nurl {\npath /\n}\n}", &talk.TLS{}},
	} {
		calls := load(t, "virtual_server 10.0.0.1 443 {\nprotocol TCP\nreal_server 10.0.0.2 443 {\n"+c.text+"\n}\n}\n")
		for _, call := range calls[0] {
			if got := call.TLS; (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
				t.Errorf("%s:\n%+v, want %+v", c.text, got, c.want)
			}
		}
		if len(calls[0]) == 0 {
			t.Errorf("%s: no call", c.text)
		}
	}
}

// A conversation that is over keeps nothing of what came, and one whose header comes in one piece copies nothing.
func TestAHeaderIsNotCopied(t *testing.T) {
	calls := load(t, "virtual_server 10.0.0.1 80 {\nprotocol TCP\nreal_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\npath /\n}\n}\n}\n}\n")
	tk, answer := calls[0][0].Talk, []byte(ok+"Content-Length: 5\r\n\r\nhello")
	if n := testing.AllocsPerRun(100, func() {
		tk.Open(1)
		tk.Hear(answer, talk.End{})
		tk.Hear(nil, closed)
	}); n != 0 || !tk.Verdict().OK {
		t.Errorf("%v allocations, %+v", n, tk.Verdict())
	}
}
