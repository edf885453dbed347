package talk_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the keyword digest
	"net/netip"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/internal/core/talk"
)

var here = diag.NewFile("test.conf", "x").Span(0, 1)

func set[T any](v T) conf.Value[T] { return conf.Value[T]{V: v, At: here} }

func sum(s string) conf.Value[[16]byte] { return set(md5.Sum([]byte(s))) } //nolint:gosec // as above

func regex(p string, options ...string) conf.Regex {
	return conf.Regex{Pattern: set(p), Options: set(options)}
}

const ok = "HTTP/1.0 200 OK\r\n"

// Where keepalived 2.2.7 was asked the same, it gave the same verdict.
func TestHTTPVerdicts(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for name, c := range map[string]struct {
		url    conf.URL
		answer string
		end    talk.End
		why    talk.Why
		code   int
		note   bool // the lengths differ
	}{
		"plain":                           {conf.URL{}, ok + "Content-Length: 5\r\n\r\nhello", closed, talk.Success, 200, false},
		"empty body":                      {conf.URL{}, ok + "Content-Length: 0\r\n\r\n", closed, talk.Success, 200, false},
		"no length":                       {conf.URL{Digest: sum("hello")}, ok + "\r\nhello", closed, talk.Success, 200, false},
		"not found":                       {conf.URL{}, "HTTP/1.0 404 Not Found\r\n\r\n", closed, talk.BadStatus, 404, false},
		"status in a range":               {conf.URL{Status: []conf.StatusRange{{From: 300, To: 399}, {From: 404, To: 404}}}, "HTTP/1.0 404 Not Found\r\n\r\n", closed, talk.Success, 404, false},
		"status in none":                  {conf.URL{Status: []conf.StatusRange{{From: 300, To: 399}, {From: 404, To: 404}}}, ok + "\r\n", closed, talk.BadStatus, 200, false},
		"no reason":                       {conf.URL{}, "HTTP/1.0 200\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"no reason, more lines":           {conf.URL{}, "HTTP/1.0 200\r\nServer: x y\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"blank reason":                    {conf.URL{}, "HTTP/1.0 200 \r\n\r\nhello", closed, talk.Success, 200, false},
		"two blanks":                      {conf.URL{}, "HTTP/1.0  200 OK\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"glued":                           {conf.URL{}, "HTTP/1.0 200OK x\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"without a version":               {conf.URL{}, "200 OK\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"other protocol":                  {conf.URL{}, "SSH-2.0-x 200 OK\r\n\r\nhello", closed, talk.Success, 200, false},
		"signed":                          {conf.URL{}, "HTTP/1.0 +200 OK\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"four digits":                     {conf.URL{}, "HTTP/1.0 2000 OK\r\n\r\nhello", closed, talk.BadStatus, 2000, false},
		"continue first":                  {conf.URL{}, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", closed, talk.BadStatus, 100, false},
		"garbage":                         {conf.URL{}, "foo bar\r\n\r\nhello", closed, talk.BadStatus, -1, false},
		"bare line feeds":                 {conf.URL{}, "HTTP/1.0 200 OK\nContent-Length: 5\n\nhello", closed, talk.NoData, -1, false},
		"nothing":                         {conf.URL{}, "", closed, talk.NoData, -1, false},
		"header without end":              {conf.URL{}, ok + "Foo: bar\r\n", closed, talk.NoData, -1, false},
		"header of 4095 bytes":            {conf.URL{}, ok + "X: " + strings.Repeat("a", 4095-len(ok)-7) + "\r\n\r\nhello", closed, talk.Success, 200, false},
		"header of 30 KiB":                {conf.URL{}, ok + strings.Repeat("X-Filler: "+long[:100]+"\r\n", 300) + "\r\nhello", closed, talk.NoData, -1, false},
		"too short":                       {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 10\r\n\r\nhello", closed, talk.Success, 200, true},
		"too long, sum of the length":     {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 5\r\n\r\nhelloworld", closed, talk.Success, 200, true},
		"two lengths":                     {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 5\r\nContent-Length: 10\r\n\r\nhelloworld", closed, talk.Success, 200, true},
		"length with letters":             {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 5abc\r\n\r\nhelloworld", closed, talk.BadDigest, 200, false},
		"negative length":                 {conf.URL{Digest: sum("hello")}, ok + "Content-Length: -1\r\n\r\nhello", closed, talk.Success, 200, false},
		"length beyond all numbers":       {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 99999999999999999999999\r\n\r\nhello", closed, talk.Success, 200, false},
		"length 0 and a body":             {conf.URL{Digest: sum("hello")}, ok + "Content-Length: 0\r\n\r\nhello", closed, talk.BadDigest, 200, true},
		"other digest":                    {conf.URL{Digest: sum("hello")}, ok + "\r\nhallo", closed, talk.BadDigest, 200, false},
		"status before digest":            {conf.URL{Digest: sum("hello")}, "HTTP/1.0 500 Oh\r\n\r\nhallo", closed, talk.BadStatus, 500, false},
		"digest before regex":             {conf.URL{Digest: sum("hello"), Regex: regex("foo")}, ok + "\r\nhallo", closed, talk.BadDigest, 200, false},
		"chunks as they are":              {conf.URL{Digest: sum("5\r\nhello\r\n0\r\n\r\n")}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", closed, talk.Success, 200, false},
		"compressed as it is":             {conf.URL{Digest: sum("\x1f\x8b bomb")}, ok + "Content-Encoding: gzip\r\n\r\n\x1f\x8b bomb", closed, talk.Success, 200, false},
		"silence at once":                 {conf.URL{}, "", silence, talk.NoAnswer, -1, false},
		"silence in the header":           {conf.URL{}, "HTTP", silence, talk.ReadTimeout, -1, false},
		"silence after all, still open":   {conf.URL{}, ok + "Content-Length: 5\r\n\r\nhello", silence, talk.ReadTimeout, 200, false},
		"reset":                           {conf.URL{}, "", reset, talk.ReadFailed, -1, false},
		"reset after all":                 {conf.URL{}, ok + "\r\nhello", reset, talk.ReadFailed, 200, false},
		"regex":                           {conf.URL{Regex: regex("hel+o")}, ok + "\r\nxxhello yy", closed, talk.Success, 200, false},
		"regex fails":                     {conf.URL{Regex: regex("hallo")}, ok + "\r\nxxhello yy", closed, talk.BadMatch, 200, false},
		"regex does not see the header":   {conf.URL{Regex: regex("HTTP")}, ok + "\r\nxxhello yy", closed, talk.BadMatch, 200, false},
		"regex at the end":                {conf.URL{Regex: regex("hello$")}, ok + "\r\nxxhello", closed, talk.Success, 200, false},
		"regex before the last line feed": {conf.URL{Regex: regex("hello$")}, ok + "\r\nxxhello\n", closed, talk.Success, 200, false},
		"regex at the very end":           {conf.URL{Regex: regex("hello$", "dollar_endonly")}, ok + "\r\nxxhello\n", closed, talk.BadMatch, 200, false},
		"caseless":                        {conf.URL{Regex: regex("HELLO", "caseless")}, ok + "\r\nxxhello", closed, talk.Success, 200, false},
		"dot and line feed":               {conf.URL{Regex: regex("x.h")}, ok + "\r\nx\nhello", closed, talk.BadMatch, 200, false},
		"dotall":                          {conf.URL{Regex: regex("x.h", "dotall")}, ok + "\r\nx\nhello", closed, talk.Success, 200, false},
		"multiline":                       {conf.URL{Regex: regex("^hello", "multiline")}, ok + "\r\nxx\nhello yy", closed, talk.Success, 200, false},
		"extended":                        {conf.URL{Regex: regex("he llo", "extended")}, ok + "\r\nhello", closed, talk.Success, 200, false},
		"lookbehind":                      {conf.URL{Regex: regex("(?<=x)hello")}, ok + "\r\nxxhello yy", closed, talk.Success, 200, false},
		"back-reference":                  {conf.URL{Regex: regex(`(l)\1`)}, ok + "\r\nhello", closed, talk.Success, 200, false},
		"bytes, not characters":           {conf.URL{Regex: regex("c..d")}, ok + "\r\nabc\u00e9def", closed, talk.Success, 200, false},
		"characters with utf":             {conf.URL{Regex: regex("c.d", "utf")}, ok + "\r\nabc\u00e9def", closed, talk.Success, 200, false},
		"behind 200 kB":                   {conf.URL{Regex: regex("foobar")}, ok + "\r\n" + long + "foobar" + long, closed, talk.Success, 200, false},
		"beginning of 400 kB":             {conf.URL{Regex: regex("^x+foo")}, ok + "\r\n" + long + "foobar" + long, closed, talk.BadMatch, 200, false},
		"a regex that explodes":           {conf.URL{Regex: regex(`(?<!y)(x+x+)+y`)}, ok + "\r\n" + long[:60000], closed, talk.RegexFailed, 200, false},
		"a regex that explodes in a fool": {conf.URL{Regex: regex(`(x+x+)+y`)}, ok + "\r\n" + long[:60000], closed, talk.BadMatch, 200, false},
		"a regex that nobody can compile": {conf.URL{Regex: regex(`(unclosed`)}, ok + "\r\nhello", closed, talk.Success, 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, v := converse(talk.NewHTTP(&c.url, "1.0", "", target), c.end, []byte(c.answer))
			if v.Why != c.why || v.OK != (c.why == talk.Success) || v.Code != c.code || v.Mismatch() != c.note {
				t.Errorf("verdict %+v, want why %d, code %d, lengths differ %v", v, c.why, c.code, c.note)
			}
			if len(c.answer) > 1000 {
				return
			}
			samePieces(t, func() talk.Talk { return talk.NewHTTP(&c.url, "1.0", "", target) }, c.answer, c.end)
		})
	}
}

var target = netip.MustParseAddrPort("10.8.1.1:80")

// Where a match may begin, in bytes of the body.
func TestRegexOffsets(t *testing.T) {
	far := strings.Repeat("x", 150_000)
	for _, c := range []struct {
		body     string
		min, max uint32
		want     talk.Why
	}{
		{"xxhello", 2, 0, talk.Success},
		{"xxhello", 3, 0, talk.BadMatch},
		{"xxhello", 100, 0, talk.BadMatch},
		{"xxhello", 0, 3, talk.Success},
		{"xxhello", 0, 2, talk.BadMatch},
		{"hello hello", 1, 7, talk.Success},
		{"hello hello", 1, 6, talk.BadMatch},
		{far + "hello", 150_000, 150_001, talk.Success},
		{far + "hello", 150_001, 0, talk.BadMatch},
		{far + "hello", 0, 150_000, talk.BadMatch},
		{"hello" + far, 5000, 0, talk.BadMatch},
	} {
		r := regex("hello")
		r.MinOffset = set(c.min)
		if c.max != 0 {
			r.MaxOffset = set(c.max)
		}
		_, v := converse(talk.NewHTTP(&conf.URL{Regex: r}, "1.0", "", target), closed, []byte(ok+"\r\n"+c.body))
		if v.Why != c.want {
			t.Errorf("%d bytes, offsets %d to %d: %d, want %d", len(c.body), c.min, c.max, v.Why, c.want)
		}
		r.NoMatch = set(true)
		if _, v = converse(talk.NewHTTP(&conf.URL{Regex: r}, "1.0", "", target), closed, []byte(ok+"\r\n"+c.body)); v.OK == (c.want == talk.Success) {
			t.Errorf("%d bytes, offsets %d to %d, no match wanted: %+v", len(c.body), c.min, c.max, v)
		}
	}
}

// A body without end is given up once nothing in it counts any more.
func TestHTTPEndlessBody(t *testing.T) {
	for name, c := range map[string]struct {
		url  conf.URL
		why  talk.Why
		done bool
	}{
		"nothing asked": {conf.URL{}, talk.Success, true},
		"bad status":    {conf.URL{Status: []conf.StatusRange{{From: 300, To: 300}}, Digest: sum("x")}, talk.BadStatus, true},
		"regex found":   {conf.URL{Regex: regex("yz")}, talk.Success, true},
		"digest":        {conf.URL{Digest: sum("x")}, talk.Success, false},
		"regex, never":  {conf.URL{Regex: regex("not there")}, talk.BadMatch, true},
	} {
		h := talk.NewHTTP(&c.url, "1.0", "", target)
		h.Open(0)
		h.Hear([]byte(ok+"\r\n"), talk.End{})
		piece, done := bytes.Repeat([]byte("xyz"), 20000), false
		for i := 0; i < 400 && !done; i++ {
			_, done = h.Hear(piece, talk.End{})
		}
		if done != c.done || done && h.Verdict().Why != c.why {
			t.Errorf("%s: done %v, %+v", name, done, h.Verdict())
		}
	}
}

func TestHTTPRequest(t *testing.T) {
	six := netip.MustParseAddrPort("[fd08::1]:8080")
	for _, c := range []struct {
		protocol, host string
		to             netip.AddrPort
		want           string
	}{
		{"1.0", "", target, "GET /p HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.8.1.1:80\r\n\r\n"},
		{"1.0", "", six, "GET /p HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: [fd08::1]:8080\r\n\r\n"},
		{"1.0C", "chk.example", target, "GET /p HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: chk.example\r\n\r\n"},
		{"1.1", "", target, "GET /p HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: 10.8.1.1:80\r\n\r\n"},
	} {
		said, _ := converse(talk.NewHTTP(&conf.URL{Path: set("/p")}, c.protocol, c.host, c.to), silence)
		if said != c.want {
			t.Errorf("says %q, want %q", said, c.want)
		}
	}
}

func FuzzHTTP(f *testing.F) {
	f.Add(ok+"Content-Length: 5\r\n\r\nhello", uint16(7), uint8(0))
	f.Add("HTTP/1.0 200\r\n\r\n", uint16(1), uint8(1))
	f.Fuzz(func(t *testing.T, answer string, cut uint16, end uint8) {
		url := conf.URL{Digest: sum("hello"), Regex: regex("h.*o$")}
		a, b := talk.NewHTTP(&url, "1.1", "", target), talk.NewHTTP(&url, "1.1", "", target)
		at := min(int(cut), len(answer))
		_, whole := converse(a, talk.End{Kind: talk.EndKind(1 + end%3)}, []byte(answer))
		_, parts := converse(b, talk.End{Kind: talk.EndKind(1 + end%3)}, []byte(answer[:at]), []byte(answer[at:]))
		if whole != parts {
			t.Errorf("as a whole %+v, in two parts %+v", whole, parts)
		}
		if whole.OK && !strings.Contains(answer, "hello") {
			t.Error("good without its digest")
		}
	})
}
