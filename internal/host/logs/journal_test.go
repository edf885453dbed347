package logs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// parseNative reads the journal's native form by its description, as journald does.
func parseNative(b string) (map[string]string, error) {
	out := map[string]string{}
	for b != "" {
		eol := strings.IndexByte(b, '\n')
		if eol < 0 {
			return nil, errors.New("no end of line")
		}
		line := b[:eol]
		b = b[eol+1:]
		name, value, plain := strings.Cut(line, "=")
		if !plain {
			if len(b) < 8 {
				return nil, errors.New("no length")
			}
			n := binary.LittleEndian.Uint64([]byte(b))
			if uint64(len(b)) < 8+n+1 || b[8+n] != '\n' {
				return nil, errors.New("bad length")
			}
			value, b = b[8:8+n], b[8+n+1:]
		}
		if name == "" || len(name) > 64 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			return nil, fmt.Errorf("bad name %q", name)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%s twice", name)
		}
		out[name] = value
	}
	return out, nil
}

func TestJournalGetsFields(t *testing.T) {
	path := socketPath(t)
	srv := listen(t, path)
	s := open(t, Options{
		Ident: "Keepalived_vrrp", Syslog: true, JournalSocket: path, SyslogSocket: "/nonexistent",
		Getenv: func(name string) string { return map[string]string{"JOURNAL_STREAM": "8:1234"}[name] },
	})
	log := s.Logger().With("instance", "VI_1").WithGroup("advert").With("from", netip.MustParseAddr("10.9.0.2"))
	log.Warn("(VI_1) Entering MASTER STATE", "priority", 100, "took", 3*time.Second,
		slog.Group("peer", "note", "two\nlines"), "err", errors.New("no route"), "bad-näme", true)
	got, err := parseNative(hear(t, srv))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"MESSAGE": "(VI_1) Entering MASTER STATE", "PRIORITY": "4",
		"SYSLOG_IDENTIFIER": "Keepalived_vrrp", "SYSLOG_FACILITY": "3", "SYSLOG_PID": strconv.Itoa(os.Getpid()),
		"HOLDFAST_INSTANCE": "VI_1", "HOLDFAST_ADVERT_FROM": "10.9.0.2", "HOLDFAST_ADVERT_PRIORITY": "100",
		"HOLDFAST_ADVERT_TOOK": "3s", "HOLDFAST_ADVERT_PEER_NOTE": "two\nlines", "HOLDFAST_ADVERT_ERR": "no route",
		"HOLDFAST_ADVERT_BAD_N__ME": "true",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	shut(t, s)
}

func TestJournalIsForServicesOnly(t *testing.T) {
	path := socketPath(t)
	_ = listen(t, path)
	env := map[string]string{"INVOCATION_ID": "0af1"}
	o := Options{JournalSocket: path, Getenv: func(n string) string { return env[n] }}.withDefaults()
	if !o.underJournal() {
		t.Error("a systemd service does not use the journal")
	}
	off := o
	off.Journal = JournalNever
	if off.underJournal() {
		t.Error("JournalNever is not obeyed")
	}
	gone := o
	gone.JournalSocket = path + "x"
	if gone.underJournal() {
		t.Error("uses a journal that is not there")
	}
	clear(env)
	if o.underJournal() {
		t.Error("uses the journal without systemd")
	}
}

func FuzzJournalFields(f *testing.F) {
	f.Add("message", "key", "value", int64(1))
	f.Add("two\nlines", "", "=\n=", int64(-1))
	f.Add("", "ÄÖ=\n", "\n", int64(0))
	f.Add("x", strings.Repeat("k", 100), "\x00", int64(0))
	f.Fuzz(func(t *testing.T, msg, key, value string, n int64) {
		e := entry{text: msg, attrs: []slog.Attr{slog.String(key, value)}, prefix: "g_", fixed: string(appendFields(nil, "", []slog.Attr{slog.Int64("n", n)}))}
		got, err := parseNative(string(journalForm("ident", FacilityDaemon)(nil, &e)))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"MESSAGE": msg, "PRIORITY": "6", "SYSLOG_IDENTIFIER": "ident", "SYSLOG_FACILITY": "3",
			"SYSLOG_PID": strconv.Itoa(os.Getpid()), "HOLDFAST_N": strconv.FormatInt(n, 10),
		}
		if key != "" {
			want[fieldName("g_"+key)] = value
		}
		if !maps.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
