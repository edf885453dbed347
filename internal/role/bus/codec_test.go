package bus

import (
	"errors"
	"strings"
	"testing"
)

func TestDecodeRefuses(t *testing.T) {
	for name, packet := range map[string]string{
		"empty":            "",
		"not json":         "stop",
		"array":            `[1]`,
		"no kind":          `{}`,
		"kind zero":        `{"kind":0}`,
		"kind unknown":     `{"kind":99}`,
		"kind too wide":    `{"kind":256}`,
		"unknown field":    `{"kind":1,"who":"me"}`,
		"two messages":     `{"kind":1}{"kind":1}`,
		"half an escape":   `{"kind":13,"subject":"a%4"}`,
		"trailing junk":    `{"kind":1}x`,
		"cut in the midst": `{"kind":1,"tex`,
		"too long":         `{"kind":1,"text":"` + strings.Repeat("x", MaxPacket) + `"}`,
	} {
		if m, err := Decode([]byte(packet)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: Decode = %+v, %v; want ErrMalformed", name, m, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := Encode(Msg{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("zero Msg: %v, want ErrMalformed", err)
	}
	if _, err := Encode(Msg{Kind: Stop, Text: strings.Repeat("x", MaxPacket)}); !errors.Is(err, ErrTooBig) {
		t.Errorf("long text: %v, want ErrTooBig", err)
	}
}

// A subject is the same bytes at the other end.
func TestSubjects(t *testing.T) {
	for _, s := range []string{"instance VI_1", "virtual_server group Büro", "group B\xfcro", "100%", "%41", "\x00\n\"/?#+ ", strings.Repeat("\xff", 9000)} {
		p, err := Encode(Msg{Kind: Fact, Subject: s, Text: "up"})
		if err != nil {
			t.Fatal(err)
		}
		if m, err := Decode(p); err != nil || m.Subject != s {
			t.Errorf("%.40q came as %.40q, %v", s, m.Subject, err)
		}
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := Stop; k.known(); k++ {
		if n := k.String(); n == "" || seen[n] {
			t.Errorf("kind %d: name %q is empty or taken", k, n)
		} else {
			seen[n] = true
		}
	}
	if len(seen) < 7 {
		t.Errorf("%d kinds have a name, want at least 7", len(seen))
	}
}

// Whatever decodes must encode again to something that decodes to the same message.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"kind":1}`))
	f.Add([]byte(`{"kind":6,"gen":3}`))
	f.Add([]byte(`{"kind":7,"gen":-1,"text":"\u00e9\n"}`))
	f.Add([]byte(`{"kind":300}`))
	f.Add([]byte(`{"kind":13,"subject":"B%FCro%25","text":"up"}`))
	f.Add([]byte("{\"kind\":1,\"text\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, p []byte) {
		m, err := Decode(p)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("Decode: %v does not wrap ErrMalformed", err)
			}
			return
		}
		again, err := Encode(m)
		if errors.Is(err, ErrTooBig) {
			return // escapes may make a message longer than it came
		}
		if err != nil {
			t.Fatalf("Encode(%+v): %v", m, err)
		}
		if back, err := Decode(again); err != nil || back != m {
			t.Fatalf("Decode(Encode(%+v)) = %+v, %v", m, back, err)
		}
	})
}
