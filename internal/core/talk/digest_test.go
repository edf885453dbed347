package talk_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the keyword digest
	"io"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/internal/core/talk"
)

// What genhash prints is the digest with which HTTP_GET is content, whatever the server does; where there is none, HTTP_GET
// fails for the same reason.
func TestDigestIsTheCheckers(t *testing.T) {
	for name, answer := range map[string]string{
		"plain":           ok + "Content-Length: 5\r\n\r\nhello",
		"no length":       ok + "\r\nhello",
		"too short":       ok + "Content-Length: 10\r\n\r\nhello",
		"too long":        ok + "Content-Length: 5\r\n\r\nhelloworld",
		"two lengths":     ok + "Content-Length: 5\r\nContent-Length: 10\r\n\r\nhelloworld",
		"length 0":        ok + "Content-Length: 0\r\n\r\nhello",
		"empty":           ok + "\r\n",
		"chunks":          ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"big":             ok + "\r\n" + strings.Repeat("0123456789", 50_000),
		"redirect":        "HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\nmoved",
		"not found":       "HTTP/1.0 404 Not Found\r\n\r\nhello",
		"longest header":  ok + "X: " + strings.Repeat("a", 4095-len(ok)-7) + "\r\n\r\nhello",
		"longer header":   ok + "X: " + strings.Repeat("a", 4096-len(ok)-7) + "\r\n\r\nhello",
		"no end":          ok,
		"nothing":         "",
		"bare line feeds": "HTTP/1.0 200 OK\n\nhello",
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []talk.End{closed, reset, silence} {
				d := talk.NewDigest("/", "1.0", "", target, nil)
				said, mine := converse(d, end, []byte(answer))
				url := conf.URL{
					Path: set("/"), Digest: set(d.Sum()),
					Status: []conf.StatusRange{{From: 200, To: 299}, {From: 302, To: 302}, {From: 404, To: 404}},
				}
				asked, theirs := converse(talk.NewHTTP(&url, "1.0", "", target), end, []byte(answer))
				if mine.OK != theirs.OK || mine.Why != theirs.Why || said != asked {
					t.Errorf("genhash says %q: %+v; the checker %q: %+v", said, mine, asked, theirs)
				}
				url.Digest.V[0]++
				if _, v := converse(talk.NewHTTP(&url, "1.0", "", target), end, []byte(answer)); v.OK {
					t.Error("the checker is content with another digest")
				}
			}
		})
	}
}

// A page without a good status counts to its end, be it long.
func TestDigestOfBadStatus(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)
	for _, status := range []string{"HTTP/1.0 500 Oh\r\n\r\n", "HTTP/1.0 200\r\n\r\n"} {
		d := talk.NewDigest("/", "1.0", "", target, nil)
		_, v := converse(d, closed, []byte(status), body)
		if !v.OK || d.Sum() != md5.Sum(body) { //nolint:gosec // as above
			t.Errorf("%q: %+v, %x", status, v, d.Sum())
		}
	}
}

func TestDigestShows(t *testing.T) {
	var out strings.Builder
	d := talk.NewDigest("/", "1.0", "", target, &out)
	converse(d, closed, []byte(ok), []byte("X: \x00y\r\n\r\nhello, \xe4ll\n"), []byte("more"))
	const want = `-----------------------[    HTTP Header Buffer    ]-----------------------
-----------------------[    HTTP Header Buffer    ]-----------------------
0000  48 54 54 50 2f 31 2e 30 - 20 32 30 30 20 4f 4b 0d   HTTP/1.0 200 OK.
0016  0a 58 3a 20 00 79 0d 0a - 0d 0a                     .X: .y....      
-----------------------[ HTTP Header Ascii Buffer ]-----------------------
HTTP/1.0 200 OK` + "\r" + `
X: 
-----------------------[        HTML Buffer        ]-----------------------
0000  68 65 6c 6c 6f 2c 20 e4 - 6c 6c 0a                  hello, .ll.     
0000  6d 6f 72 65             -                           more            

-----------------------[    HTML hash resulting    ]-----------------------
0000  88 66 00 eb 92 db 1d 49 - 8a 1e 4a 9c 4e b9 08 3f   .f.....I..J.N..?
-----------------------[ HTML hash final resulting ]-----------------------
`
	if out.String() != want {
		t.Errorf("shows\n%swant\n%s", out.String(), want)
	}
}

func FuzzDigest(f *testing.F) {
	f.Add(ok+"Content-Length: 5\r\n\r\nhello", uint16(7))
	f.Add(ok+strings.Repeat("X", 5000), uint16(4095))
	f.Fuzz(func(t *testing.T, answer string, cut uint16) {
		at := min(int(cut), len(answer))
		a, b := talk.NewDigest("/", "1.0", "", target, io.Discard), talk.NewDigest("/", "1.0", "", target, nil)
		_, whole := converse(a, closed, []byte(answer))
		_, parts := converse(b, closed, []byte(answer[:at]), []byte(answer[at:]))
		if whole != parts || a.Sum() != b.Sum() {
			t.Errorf("as a whole %+v %x, in two parts %+v %x", whole, a.Sum(), parts, b.Sum())
		}
	})
}
