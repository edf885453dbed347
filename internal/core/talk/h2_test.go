package talk_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"holdfast/conf"
	"holdfast/internal/core/talk"
)

// answer is what a server of HTTP/2 sends.
type answer struct {
	bytes.Buffer
	f *http2.Framer
	b bytes.Buffer
	e *hpack.Encoder
}

// settle begins an answer with the server's preface.
func settle() *answer {
	a := &answer{}
	a.f, a.e = http2.NewFramer(&a.Buffer, nil), hpack.NewEncoder(&a.b)
	a.f.AllowIllegalWrites = true
	_ = a.f.WriteSettings()
	return a
}

// fields adds a header, or trailers.
func (a *answer) fields(last bool, pairs ...string) *answer {
	a.b.Reset()
	for i := 0; i < len(pairs); i += 2 {
		_ = a.e.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	_ = a.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: a.b.Bytes(), EndStream: last, EndHeaders: true})
	return a
}

func (a *answer) data(last bool, b string) *answer {
	_ = a.f.WriteData(1, last, []byte(b))
	return a
}

func (a *answer) frame(kind http2.FrameType, flags http2.Flags, stream uint32, b string) *answer {
	_ = a.f.WriteRawFrame(kind, flags, stream, []byte(b))
	return a
}

// http2Talk is the conversation about one url by http_protocol 2.
func http2Talk(t *testing.T, checker string) talk.Talk {
	t.Helper()
	calls := load(t, "virtual_server 10.0.0.1 80 {\nprotocol TCP\nreal_server 10.0.0.2 80 {\n"+checker+"\n}\n}\n")
	return calls[0][0].Talk
}

const h2Get = "HTTP_GET {\nhttp_protocol 2\nvirtualhost www.example\nurl {\npath /health\n%s}\n}"

func get2(t *testing.T, url string) talk.Talk {
	return http2Talk(t, strings.Replace(h2Get, "%s", url, 1))
}

func TestHTTP2Verdicts(t *testing.T) {
	const hello = "digest 5d41402abc4b2a76b9719d911017c592\n"
	long := strings.Repeat("x", 16<<10)
	for name, c := range map[string]struct {
		url    string
		answer *answer
		end    talk.End
		why    talk.Why
		code   int
	}{
		"plain":                  {"", settle().fields(false, ":status", "200").data(true, "hello"), closed, talk.Success, 200},
		"no body":                {"", settle().fields(true, ":status", "204"), closed, talk.Success, 204},
		"empty frame at the end": {"", settle().fields(false, ":status", "200").data(false, "hello").data(true, ""), closed, talk.Success, 200},
		"trailers":               {hello, settle().fields(false, ":status", "200").data(false, "hello").fields(true, "x", "y"), closed, talk.Success, 200},
		"status":                 {"", settle().fields(true, ":status", "503"), closed, talk.BadStatus, 503},
		"digest":                 {hello, settle().fields(false, ":status", "200", "content-length", "5").data(false, "hel").data(true, "lo"), closed, talk.Success, 200},
		"another digest":         {hello, settle().fields(false, ":status", "200").data(true, "hallo"), closed, talk.BadDigest, 200},
		"regex":                  {"regex \"hel+o\"\n", settle().fields(false, ":status", "200").data(true, "say hello"), closed, talk.Success, 200},
		"regex fails":            {"regex \"hel+o\"\n", settle().fields(false, ":status", "200").data(true, "say no"), closed, talk.BadMatch, 200},
		"told meanwhile":         {"", settle().fields(false, ":status", "103", "link", "x").fields(true, ":status", "200"), closed, talk.Success, 200},
		"pings and settings":     {"", settle().frame(http2.FramePing, 0, 0, "12345678").frame(http2.FrameSettings, 0, 0, "").frame(77, 0, 0, "unknown").fields(true, ":status", "200"), closed, talk.Success, 200},
		"goes away afterwards":   {"", settle().frame(http2.FrameGoAway, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x00").fields(true, ":status", "200"), closed, talk.Success, 200},
		"goes away":              {"", settle().frame(http2.FrameGoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x00"), silence, talk.BadProtocol, -1},
		"reset":                  {"", settle().fields(false, ":status", "200").frame(http2.FrameRSTStream, 0, 1, "\x00\x00\x00\x02"), silence, talk.BadProtocol, 200},
		"cut short":              {"", settle().fields(false, ":status", "200").data(false, "hel"), closed, talk.EarlyClose, 200},
		"silent in the middle":   {"", settle().fields(false, ":status", "200").data(false, "hel"), silence, talk.ReadTimeout, 200},
		"settings and silence":   {"", settle(), silence, talk.ReadTimeout, -1},
		"settings and the end":   {"", settle(), closed, talk.NoData, -1},
		"no settings":            {"", &answer{}, silence, talk.NoAnswer, -1},
		"body without a header":  {"", settle().data(true, "hello"), silence, talk.BadProtocol, -1},
		"another stream":         {"", settle().frame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, 3, "\x88"), silence, talk.BadProtocol, -1},
		"a promise":              {"", settle().frame(http2.FramePushPromise, http2.FlagPushPromiseEndHeaders, 1, "\x00\x00\x00\x02\x88"), silence, talk.BadProtocol, -1},
		"bad compression":        {"", settle().frame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, 1, "\xff\xff\xff\xff"), silence, talk.BadProtocol, -1},
		"header without an end":  {"", endless(settle(), ""), silence, talk.BadProtocol, -1},
		"header too long":        {"", endless(settle(), "\x00\x01a\x7f\x81\x7c"+long[:16000]), silence, talk.BadProtocol, -1},
		"frame too long":         {"", settle().frame(http2.FrameData, 0, 1, long+"x"), silence, talk.BadProtocol, -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, v := converse(get2(t, c.url), c.end, c.answer.Bytes())
			if v.Why != c.why || v.OK != (c.why == talk.Success) || v.Code != c.code {
				t.Errorf("%+v", v)
			}
			if v.Why == talk.BadProtocol && v.Text == "" {
				t.Error("nothing is said of what is wrong")
			}
			samePieces(t, func() talk.Talk { return get2(t, c.url) }, c.answer.String(), c.end)
		})
	}
	if _, v := converse(get2(t, ""), closed, []byte("HTTP/1.1 400 Bad Request\r\n\r\n")); v.Why != talk.BadProtocol {
		t.Errorf("a server of HTTP/1: %+v", v)
	}
}

// endless begins a header that does not end, each part with the bytes of part.
func endless(a *answer, part string) *answer {
	a.frame(http2.FrameHeaders, 0, 1, "\x88")
	for range 100 {
		a.frame(http2.FrameContinuation, 0, 1, part)
	}
	return a
}

// What is asked, as a server reads it.
func TestHTTP2Request(t *testing.T) {
	said, _ := converse(get2(t, ""), closed, settle().frame(http2.FramePing, 0, 0, "12345678").Bytes())
	rest, is := strings.CutPrefix(said, http2.ClientPreface)
	if !is {
		t.Fatalf("%q", said)
	}
	f := http2.NewFramer(nil, strings.NewReader(rest))
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var got []string
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			break
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			for _, h := range frame.Fields {
				got = append(got, h.Name+" "+h.Value)
			}
			if !frame.StreamEnded() {
				t.Error("the request goes on")
			}
		case *http2.PingFrame:
			got = append(got, "ping "+string(frame.Data[:]))
		case *http2.SettingsFrame:
			if frame.IsAck() {
				got = append(got, "settled")
			}
		}
	}
	want := ":method GET|:scheme http|:authority www.example|:path /health|user-agent KeepAliveClient|settled|ping 12345678"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

// A body of any length is taken: the windows are widened as it comes.
func TestHTTP2LongBody(t *testing.T) {
	tk := talk.Talk(get2(t, "digest 00000000000000000000000000000000\n"))
	tk.Open(1)
	tk.Hear(settle().fields(false, ":status", "200").Bytes(), talk.End{})
	room, part := map[uint32]int{0: 1 << 20, 1: 1 << 20}, (&answer{})
	part.f = http2.NewFramer(&part.Buffer, nil)
	_ = part.f.WriteData(1, false, make([]byte, 16<<10))
	for sent := 0; sent < 40<<20; sent += 16 << 10 {
		if room[0] -= 16 << 10; room[0] < 0 {
			t.Fatalf("no room after %d bytes", sent)
		}
		if room[1] -= 16 << 10; room[1] < 0 {
			t.Fatalf("no room in the stream after %d bytes", sent)
		}
		say, done := tk.Hear(part.Bytes(), talk.End{})
		if done {
			t.Fatalf("over after %d bytes: %+v", sent, tk.Verdict())
		}
		f := http2.NewFramer(nil, bytes.NewReader(say))
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				break
			}
			if w, is := frame.(*http2.WindowUpdateFrame); is {
				room[w.StreamID] += int(w.Increment)
			}
		}
	}
}

const serving = "\x00\x00\x00\x00\x02\x08\x01"

func TestGRPCVerdicts(t *testing.T) {
	check := func() talk.Talk { return talk.NewGRPC("shop.Orders", "grpc.example", false) }
	header := []string{":status", "200", "content-type", "application/grpc"}
	reply := func(message, status string) *answer {
		return settle().fields(false, header...).data(false, message).fields(true, "grpc-status", status)
	}
	for name, c := range map[string]struct {
		answer *answer
		why    talk.Why
		code   int
	}{
		"serving":              {reply(serving, "0"), talk.Success, 1},
		"message in two parts": {settle().fields(false, header...).data(false, serving[:4]).data(false, serving[4:]).fields(true, "grpc-status", "0"), talk.Success, 1},
		"fields of tomorrow":   {reply("\x00\x00\x00\x00\x15\x12\x03abc\x08\x01\x19abcdefgh\x25abcd", "0"), talk.Success, 1},
		"not serving":          {reply("\x00\x00\x00\x00\x02\x08\x02", "0"), talk.NotServing, 2},
		"unknown":              {reply("\x00\x00\x00\x00\x00", "0"), talk.NotServing, 0},
		"no such service":      {settle().fields(true, append(header, "grpc-status", "5", "grpc-message", "unknown service")...), talk.BadGRPC, 5},
		"no health service":    {settle().fields(true, append(header, "grpc-status", "12")...), talk.BadGRPC, 12},
		"status after all":     {reply(serving, "14"), talk.BadGRPC, 14},
		"no gRPC":              {settle().fields(true, ":status", "404"), talk.BadStatus, 404},
		"no status":            {settle().fields(false, header...).data(true, serving), talk.BadProtocol, -1},
		"no message":           {settle().fields(false, header...).fields(true, "grpc-status", "0"), talk.BadProtocol, -1},
		"compressed":           {reply("\x01\x00\x00\x00\x02\x08\x01", "0"), talk.BadProtocol, -1},
		"two messages":         {reply(serving+serving, "0"), talk.BadProtocol, -1},
		"message cut short":    {reply("\x00\x00\x00\x00\x02\x08", "0"), talk.BadProtocol, -1},
		"number without end":   {reply("\x00\x00\x00\x00\x02\x08\xff", "0"), talk.BadProtocol, -1},
		"string without end":   {reply("\x00\x00\x00\x00\x02\x12\x7f", "0"), talk.BadProtocol, -1},
		"group":                {reply("\x00\x00\x00\x00\x01\x0b", "0"), talk.BadProtocol, -1},
		"too long":             {reply(strings.Repeat("x", 2000), "0"), talk.BadProtocol, -1},
		"closed in the middle": {settle().fields(false, header...), talk.EarlyClose, -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, v := converse(check(), closed, c.answer.Bytes())
			if v.Why != c.why || v.OK != (c.why == talk.Success) || v.Code != c.code {
				t.Errorf("%+v", v)
			}
			samePieces(t, check, c.answer.String(), closed)
		})
	}
}

// FuzzHTTP2 lets servers answer anything to both conversations that speak HTTP/2.
func FuzzHTTP2(f *testing.F) {
	f.Add(settle().fields(false, ":status", "200").data(true, "hello").Bytes(), uint8(3))
	f.Add(settle().fields(false, ":status", "200").data(false, serving).fields(true, "grpc-status", "0").Bytes(), uint8(9))
	f.Add(endless(settle(), "").Bytes(), uint8(200))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		u := conf.URL{Path: set("/"), Digest: sum("hello"), Regex: regex("x")}
		to := netip.MustParseAddrPort("10.0.0.2:80")
		for _, tk := range []talk.Talk{talk.NewHTTP2(&u, "", to, false), talk.NewGRPC("s", "h", false)} {
			_, done := tk.Open(1)
			for rest := b; !done && len(rest) > 0; {
				n := min(int(piece)+1, len(rest))
				_, done = tk.Hear(rest[:n], talk.End{})
				rest = rest[n:]
			}
			if !done {
				if _, done = tk.Hear(nil, silence); !done {
					t.Fatal("goes on after the end")
				}
			}
			if v := tk.Verdict(); v.OK != (v.Why == talk.Success) {
				t.Fatalf("%+v", v)
			}
		}
	})
}
