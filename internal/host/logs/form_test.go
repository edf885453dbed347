package logs

import (
	"bytes"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The lines were written by keepalived 2.2.7 to its console (-n -l), on a clock set back for the
// one-digit day, and to a socket bound to /dev/log. Only its process number is replaced.
var goldens = []struct {
	at       time.Time
	ident    string
	facility int
	level    slog.Level
	text     string
	console  string
	syslog   string
}{
	{
		at: time.Date(2026, 11, 5, 8, 18, 24, 0, time.UTC), ident: "Keepalived", level: LevelInfo,
		text:    "Starting Keepalived v2.2.7 (01/16,2022)",
		console: "Thu Nov  5 08:18:24 2026: Starting Keepalived v2.2.7 (01/16,2022)\n",
	},
	{
		at: time.Date(2026, 11, 20, 8, 18, 24, 999999999, time.UTC), ident: "Keepalived_vrrp", facility: FacilityDaemon, level: LevelDetail,
		text:    "Registering Kernel netlink reflector",
		console: "Fri Nov 20 08:18:24 2026: Registering Kernel netlink reflector\n",
		syslog:  "<30>Nov 20 08:18:24 Keepalived_vrrp[PID]: Registering Kernel netlink reflector",
	},
	{
		at: time.Date(2026, 11, 20, 8, 18, 24, 0, time.UTC), ident: "Keepalived", facility: FacilityLocal0 + 3, level: LevelInfo,
		text:    "Opening file '/etc/keepalived/keepalived.conf'.",
		console: "Fri Nov 20 08:18:24 2026: Opening file '/etc/keepalived/keepalived.conf'.\n",
		syslog:  "<158>Nov 20 08:18:24 Keepalived[PID]: Opening file '/etc/keepalived/keepalived.conf'.",
	},
}

func TestFormsAreKeepaliveds(t *testing.T) {
	pid := strconv.Itoa(os.Getpid())
	for _, g := range goldens {
		e := entry{at: g.at, level: g.level, text: g.text, attrs: []slog.Attr{slog.Int("vrid", 51)}}
		if got := string(appendConsole(nil, &e)); got != g.console {
			t.Errorf("console\n got %q\nwant %q", got, g.console)
		}
		if g.syslog == "" {
			continue
		}
		want := strings.ReplaceAll(g.syslog, "PID", pid)
		if got := string(syslogForm(g.ident, g.facility)(nil, &e)); got != want {
			t.Errorf("syslog\n got %q\nwant %q", got, want)
		}
	}
	// RFC 3164 §4.1.2: a day of one digit is preceded by a space.
	e := entry{at: goldens[0].at, level: slog.LevelError, text: "x"}
	if got, want := string(syslogForm("K", FacilityUser)(nil, &e)), "<11>Nov  5 08:18:24 K["+pid+"]: x"; got != want {
		t.Errorf("syslog\n got %q\nwant %q", got, want)
	}
}

func TestSeverity(t *testing.T) {
	for l, want := range map[slog.Level]int{
		slog.LevelDebug: 7, LevelExtra: 6, LevelDetail: 6, LevelInfo: 6, LevelNotice: 5,
		slog.LevelWarn: 4, slog.LevelError: 3, slog.LevelError + 4: 2,
	} {
		if got := severity(l); got != want {
			t.Errorf("severity(%v) = %d, want %d", l, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for _, tc := range [][2]string{
		{"/tmp/keepalived.log", "/tmp/keepalived_vrrp.log"},
		{"/var/log.d/keepalived", "/var/log.d/keepalived_vrrp"},
		{"keepalived", "keepalived_vrrp"},
		{"/a.b/c.d.log", "/a.b/c.d_vrrp.log"},
	} {
		if got := FileName(tc[0], "_vrrp"); got != tc[1] {
			t.Errorf("FileName(%q) = %q, want %q", tc[0], got, tc[1])
		}
	}
}

func FuzzTextStaysOneLine(f *testing.F) {
	for _, s := range []string{"plain", "two\nlines", "tab\tstays", "\x1b[31mred\x7f", "", "Grüße", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := appendClean(nil, s)
		if i := bytes.IndexFunc(got, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); i >= 0 {
			t.Errorf("%q has a control byte", got)
		}
		if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) && string(got) != s {
			t.Errorf("%q changed to %q", s, got)
		}
	})
}

func TestControlBytesShowInOctal(t *testing.T) {
	if got := string(appendClean(nil, "a\nb\x1b\x7f")); got != "a#012b#033#177" {
		t.Errorf("got %q", got)
	}
}
