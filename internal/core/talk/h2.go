package talk

import (
	"bytes"
	"strconv"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2 is one exchange of HTTP/2 (RFC 9113): a connection with a single stream, on which a request goes out and its answer comes in. What
// the answer is good for others decide: HTTP2 and GRPC.
type h2 struct {
	hello []byte // what opens the connection, with the whole request

	in     []byte // what has come of a frame that is not there as a whole
	frame  bytes.Reader
	reader *http2.Framer
	out    bytes.Buffer
	writer *http2.Framer
	fields *hpack.Decoder

	heard   bool   // anything
	settled bool   // the server's preface was there
	headed  bool   // so was the answer's header
	last    bool   // it ends with the header block under way
	ended   bool   // it is complete
	size    int    // of the header block under way, as it counts for SETTINGS_MAX_HEADER_LIST_SIZE
	blocks  int    // frames of that block
	unsaid  uint32 // bytes of DATA that the windows have not been widened by
	echoes  int    // frames that were acknowledged
	wrong   string // why the exchange is over before its time; empty: it is not

	status int   // :status, or -1
	length int64 // content-length, or -1
	grpc   int   // grpc-status, from the header or the trailers, or -1
}

const (
	h2Stream = 1
	h2Frame  = 16 << 10 // longest payload: SETTINGS_MAX_FRAME_SIZE is not changed
	h2Window = 1 << 20  // how much may come unasked
	h2Fields = 64 << 10 // longest header
	h2Blocks = 64       // frames that a header may be cut into
	h2Echoes = 1000     // frames that are acknowledged: a server that does not read would fill our memory with what it is not sent
)

// newH2 makes the exchange of a request: its fields, in order, and its body, which may be empty and is no longer than a frame.
func newH2(body []byte, fields ...hpack.HeaderField) *h2 {
	var block, hello bytes.Buffer
	e := hpack.NewEncoder(&block)
	for _, f := range fields {
		_ = e.WriteField(f) // a bytes.Buffer takes everything, here and below
	}
	hello.WriteString(http2.ClientPreface)
	w := http2.NewFramer(&hello, nil)
	_ = w.WriteSettings(
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: h2Window},
		http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: h2Fields},
	)
	const usual = 1<<16 - 1 // RFC 9113 section 6.9.2
	_ = w.WriteWindowUpdate(0, h2Window-usual)
	first, rest := cut(block.Bytes(), h2Frame)
	_ = w.WriteHeaders(http2.HeadersFrameParam{
		StreamID: h2Stream, BlockFragment: first, EndStream: len(body) == 0, EndHeaders: len(rest) == 0,
	})
	for len(rest) > 0 {
		first, rest = cut(rest, h2Frame)
		_ = w.WriteContinuation(h2Stream, len(rest) == 0, first)
	}
	if len(body) > 0 {
		_ = w.WriteData(h2Stream, true, body)
	}
	return &h2{hello: hello.Bytes()}
}

func cut(b []byte, n int) (first, rest []byte) {
	n = min(n, len(b))
	return b[:n], b[n:]
}

// open begins a connection.
func (h *h2) open() []byte {
	*h = h2{hello: h.hello, status: -1, length: -1, grpc: -1}
	h.reader, h.writer = http2.NewFramer(nil, &h.frame), http2.NewFramer(&h.out, nil)
	h.reader.SetMaxReadFrameSize(h2Frame)
	h.reader.SetReuseFrames()
	const table = 4 << 10 // RFC 9113 section 6.5.2: what it is without a setting of ours
	h.fields = hpack.NewDecoder(table, h.field)
	h.fields.SetMaxStringLength(h2Fields)
	return h.hello
}

// close gives back the memory that an exchange took.
func (h *h2) close() { h.in, h.reader, h.writer, h.fields, h.out = nil, nil, nil, nil, bytes.Buffer{} }

// hear takes what came in pieces, gives the body to body, and says what is to be sent. It stops when the answer has ended, when something is
// wrong, and when body says that it has enough.
func (h *h2) hear(b []byte, body func([]byte) (enough bool)) (say []byte) {
	h.out.Reset()
	h.heard = h.heard || len(b) > 0
	for !h.ended && h.wrong == "" {
		var whole []byte
		if whole, b = h.next(b); whole == nil {
			break
		}
		h.frame.Reset(whole)
		f, err := h.reader.ReadFrame()
		if err != nil {
			h.wrong = "a frame against the rules: " + err.Error()
			break
		}
		if h.take(f, body) {
			break
		}
	}
	return h.out.Bytes()
}

// next takes a frame off b, of which the beginning may have come before; nil: the rest is still to come.
func (h *h2) next(b []byte) (whole, rest []byte) {
	const head = 9 // RFC 9113 section 4.1
	if len(h.in) == 0 && len(b) >= head {
		if n := head + length(b); n <= len(b) && n <= head+h2Frame {
			return b[:n], b[n:] // as most do
		}
	}
	want := head
	for {
		n := min(max(want-len(h.in), 0), len(b))
		h.in, b = append(h.in, b[:n]...), b[n:]
		switch {
		case len(h.in) < want:
			return nil, b
		case want > head || length(h.in) == 0:
			whole, h.in = h.in, h.in[:0]
			return whole, b
		}
		if want = head + length(h.in); want > head+h2Frame {
			h.wrong = "no HTTP/2"
			return nil, nil
		}
	}
}

// length is that of a frame's payload.
func length(head []byte) int { return int(head[0])<<16 | int(head[1])<<8 | int(head[2]) }

// take acts on a frame.
func (h *h2) take(f http2.Frame, body func([]byte) bool) (enough bool) {
	if _, is := f.(*http2.SettingsFrame); !is && !h.settled {
		h.wrong = "no HTTP/2"
		return false
	}
	switch f := f.(type) {
	case *http2.SettingsFrame:
		h.settled = true
		if !f.IsAck() && h.echo() {
			_ = h.writer.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() && h.echo() {
			_ = h.writer.WritePing(true, f.Data)
		}
	case *http2.GoAwayFrame:
		if f.LastStreamID < h2Stream || f.ErrCode != http2.ErrCodeNo {
			h.wrong = "the server goes away: " + f.ErrCode.String()
		}
	case *http2.RSTStreamFrame:
		h.wrong = "the server ends the stream: " + f.ErrCode.String()
	case *http2.HeadersFrame:
		h.size, h.blocks = 0, 0
		h.block(f.StreamID, f.HeaderBlockFragment(), f.HeadersEnded(), f.StreamEnded())
	case *http2.ContinuationFrame:
		h.block(f.StreamID, f.HeaderBlockFragment(), f.HeadersEnded(), false)
	case *http2.DataFrame:
		return h.data(f, body)
	case *http2.PushPromiseFrame:
		h.wrong = "a promise that was not asked for"
	}
	return false
}

// echo reports whether one more frame is acknowledged.
func (h *h2) echo() bool {
	if h.echoes++; h.echoes > h2Echoes {
		h.wrong = "too many pings"
	}
	return h.wrong == ""
}

// block takes a part of a header or of trailers. The flag that the stream ends is in its first part.
func (h *h2) block(stream uint32, part []byte, whole, last bool) {
	h.blocks++
	h.size += len(part)
	if _, err := h.fields.Write(part); err != nil {
		h.wrong = "a header against the rules: " + err.Error()
	}
	switch {
	case h.wrong != "":
	case stream != h2Stream:
		h.wrong = "an answer that was not asked for"
	case h.size > h2Fields, h.blocks > h2Blocks:
		h.wrong = "the header is too long"
	}
	if h.wrong != "" {
		return
	}
	h.last = h.last || last
	if !whole {
		return
	}
	if err := h.fields.Close(); err != nil {
		h.wrong = "a header against the rules: " + err.Error()
		return
	}
	const final = 200
	switch {
	case h.headed:
	case h.status >= final, h.status < 0:
		h.headed = true
	default:
		h.status, h.length = -1, -1 // what is told meanwhile (1xx)
	}
	h.ended = h.last
}

// field takes one field of a header or of trailers.
func (h *h2) field(f hpack.HeaderField) {
	h.size += int(f.Size())
	switch f.Name {
	case ":status":
		if n, err := strconv.ParseUint(f.Value, 10, 16); err == nil && !h.headed {
			h.status = int(n)
		}
	case "content-length":
		if n, err := strconv.ParseUint(f.Value, 10, 63); err == nil && !h.headed && h.length < 0 {
			h.length = int64(n)
		}
	case "grpc-status":
		h.grpc = -1
		if n, err := strconv.ParseUint(f.Value, 10, 16); err == nil {
			h.grpc = int(n)
		}
	}
}

// data takes a part of the body, and widens the windows by what has come when that is much.
func (h *h2) data(f *http2.DataFrame, body func([]byte) bool) (enough bool) {
	if f.StreamID != h2Stream || !h.headed {
		h.wrong = "a body without a header"
		return false
	}
	h.unsaid += f.Length
	if h.unsaid >= h2Window/2 && !f.StreamEnded() {
		_ = h.writer.WriteWindowUpdate(0, h.unsaid)
		_ = h.writer.WriteWindowUpdate(h2Stream, h.unsaid)
		h.unsaid = 0
	}
	if b := f.Data(); len(b) > 0 && body(b) {
		return true
	}
	h.ended = f.StreamEnded()
	return false
}

// failed gives the verdict on an exchange that ended before its answer did: by end, or because something is wrong.
func (h *h2) failed(end End, v *Verdict) {
	switch {
	case h.wrong != "":
		v.OK, v.Why, v.Text = false, BadProtocol, h.wrong
	case end.Kind == Closed && !h.headed:
		v.OK, v.Why = false, NoData
	default:
		v.end(end, h.heard)
	}
}

// requestFields are those that every request of ours begins with.
func requestFields(method, path, host string, secured bool) []hpack.HeaderField {
	scheme := "http"
	if secured {
		scheme = "https"
	}
	return []hpack.HeaderField{
		{Name: ":method", Value: method}, {Name: ":scheme", Value: scheme}, {Name: ":authority", Value: host}, {Name: ":path", Value: path},
	}
}
