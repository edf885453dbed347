package talk_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"holdfast/internal/core/talk"
)

var (
	closed  = talk.End{Kind: talk.Closed}
	silence = talk.End{Kind: talk.Silence}
	reset   = talk.End{Kind: talk.Failed, Errno: 104}
)

// converse lets a talk hear pieces and then the end, and gives what it said and its verdict.
func converse(tk talk.Talk, end talk.End, pieces ...[]byte) (said string, v talk.Verdict) {
	var out strings.Builder
	say, done := tk.Open(0x1234_5678_9abc_def0)
	out.Write(say)
	for _, p := range pieces {
		if done {
			break
		}
		say, done = tk.Hear(p, talk.End{})
		out.Write(say)
	}
	if !done {
		if say, done = tk.Hear(nil, end); !done || say != nil {
			panic("a talk goes on after its end")
		}
	}
	return out.String(), tk.Verdict()
}

// pieces cuts b as t draws.
func pieces(t *rapid.T, b []byte) (cut [][]byte) {
	for len(b) > 0 {
		n := rapid.IntRange(1, len(b)).Draw(t, "piece")
		cut, b = append(cut, b[:n]), b[n:]
	}
	return cut
}

// The verdict does not depend on how the network cuts a stream, nor on what the talk was used for before.
func samePieces(t *testing.T, make func() talk.Talk, stream string, end talk.End) {
	t.Helper()
	_, want := converse(make(), end, []byte(stream))
	if want.Declared < 0 {
		want.Received = 0 // a verdict may come before the rest
	}
	used := make()
	rapid.Check(t, func(t *rapid.T) {
		_, v := converse(used, end, pieces(t, []byte(stream))...)
		if v.Declared < 0 {
			v.Received = 0
		}
		if v != want {
			t.Fatalf("in pieces: %+v; as a whole: %+v", v, want)
		}
	})
}
