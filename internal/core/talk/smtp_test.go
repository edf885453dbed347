package talk_test

import (
	"strings"
	"testing"

	"holdfast/internal/core/talk"
)

// Where keepalived 2.2.7 was asked the same, it gave the same verdict, and complained as often about long lines.
func TestSMTPVerdicts(t *testing.T) {
	const helo = "HELO me.example\r\n"
	x := strings.Repeat("x", 3000)
	for name, c := range map[string]struct {
		heard, said string
		end         talk.End
		why         talk.Why
		code, over  int
	}{
		"good":                   {"220 hi\r\n250 hi\r\n221 bye\r\n", helo + "QUIT\r\n", closed, talk.Success, 221, 0},
		"line feeds alone":       {"220 hi\n250 hi\n221 bye\n", helo + "QUIT\r\n", closed, talk.Success, 221, 0},
		"QUIT refused":           {"220 hi\r\n250 hi\r\n500 no\r\n", helo + "QUIT\r\n", closed, talk.Success, 500, 0},
		"busy":                   {"421 busy\r\n", "", closed, talk.BadGreeting, 421, 0},
		"garbage":                {"garbage\r\n", "", closed, talk.BadGreeting, -1, 0},
		"code alone":             {"220\r\n", "", closed, talk.BadGreeting, 220, 0},
		"glued":                  {"220x\r\n", "", closed, talk.BadGreeting, 220, 0},
		"greeting of more lines": {"220-a\r\n220 b\r\n", "", closed, talk.BadGreeting, 220, 0},
		"HELO refused":           {"220 hi\r\n500 what\r\n", helo, closed, talk.BadHELO, 500, 0},
		"HELO of more lines":     {"220 hi\r\n250-a\r\n250 b\r\n", helo, closed, talk.BadHELO, 250, 0},
		"closes at once":         {"", "", closed, talk.EarlyClose, -1, 0},
		"closes after greeting":  {"220 hi\r\n", helo, closed, talk.EarlyClose, 220, 0},
		"closes before goodbye":  {"220 hi\r\n250 hi\r\n", helo + "QUIT\r\n", closed, talk.EarlyClose, 250, 0},
		"resets":                 {"220 hi\r\n250 hi\r\n", helo + "QUIT\r\n", reset, talk.ReadFailed, 250, 0},
		"silent":                 {"", "", silence, talk.NoAnswer, -1, 0},
		"silent in a line":       {"220 nolf", "", silence, talk.ReadTimeout, -1, 0},
		"510 bytes":              {"220 " + x[:504] + "\r\n250 hi\r\n221 bye\r\n", helo + "QUIT\r\n", closed, talk.Success, 221, 0},
		"512 bytes":              {"220 " + x[:506] + "\r\n", "", closed, talk.BadGreeting, -1, 1},
		"1024 bytes":             {"220 " + x[:1018] + "\r\n", "", closed, talk.BadGreeting, -1, 2},
		"3006 bytes":             {"220 " + x + "\r\n", "", closed, talk.BadGreeting, -1, 5},
	} {
		t.Run(name, func(t *testing.T) {
			said, v := converse(talk.NewSMTP("me.example"), c.end, lines(c.heard)...)
			if said != c.said || v.Why != c.why || v.OK != (c.why == talk.Success) || v.Code != c.code || v.Overflows != c.over {
				t.Errorf("said %q, %+v; want %q, why %d, code %d, %d long lines", said, v, c.said, c.why, c.code, c.over)
			}
			samePieces(t, func() talk.Talk { return talk.NewSMTP("me.example") }, c.heard, c.end)
		})
	}
}

func lines(s string) (l [][]byte) {
	for _, line := range strings.SplitAfter(s, "\n") {
		l = append(l, []byte(line))
	}
	return l
}

func FuzzSMTP(f *testing.F) {
	f.Add("220 a\r\n250 b\r\n221 c\r\n", uint16(3))
	f.Add(strings.Repeat("2", 2000), uint16(511))
	f.Fuzz(func(t *testing.T, heard string, cut uint16) {
		at := min(int(cut), len(heard))
		_, a := converse(talk.NewSMTP("x"), closed, []byte(heard))
		_, b := converse(talk.NewSMTP("x"), closed, []byte(heard[:at]), []byte(heard[at:]))
		a.Received, b.Received = 0, 0 // a verdict may come before the rest
		if a != b {
			t.Errorf("as a whole %+v, in two parts %+v", a, b)
		}
	})
}
