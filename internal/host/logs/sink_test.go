package logs

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDetailGatesLines(t *testing.T) {
	levels := []slog.Level{slog.LevelDebug, LevelExtra, LevelDetail, LevelInfo, LevelNotice, slog.LevelWarn, slog.LevelError}
	for detail, lowest := range []slog.Level{LevelInfo, LevelDetail, LevelExtra, slog.LevelDebug} {
		path := filepath.Join(t.TempDir(), "log")
		s := open(t, Options{File: path, Detail: detail})
		want := 0
		for _, l := range levels {
			s.Logger().Log(context.Background(), l, "line")
			if l >= lowest {
				want++
			}
		}
		s.SetDetail(0)
		s.Logger().Log(context.Background(), LevelDetail, "hidden again")
		shut(t, s)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(b), "\n"); got != want {
			t.Errorf("-D %d times: %d lines, want %d", detail, got, want)
		}
	}
}

func TestFileFormAndRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keepalived_vrrp.log")
	if err := os.WriteFile(path, []byte("from before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{File: path, FlushFile: true})
	tm := time.Date(2026, 11, 5, 8, 18, 24, 0, time.UTC)
	handle(t, s, at(tm, LevelInfo, "one", slog.Int("hidden", 1)))
	read := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	waitFor := func(path, want string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			if b, err := os.ReadFile(path); err == nil && string(b) == want {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%s is %q, want %q", path, read(path), want)
			}
		}
	}
	waitFor(path, "from before\nThu Nov  5 08:18:24 2026: one\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	// Within the next check the old file still gets the lines; none may be lost.
	n := 0
	for ; n < 1000; n++ {
		handle(t, s, at(tm, LevelInfo, "line"))
		if _, err := os.Stat(path); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	handle(t, s, at(tm, LevelInfo, "last"))
	shut(t, s)
	const head = "Thu Nov  5 08:18:24 2026: "
	if got := read(path); !strings.HasSuffix(got, head+"last\n") {
		t.Errorf("the new file is %q", got)
	}
	if got := strings.Count(read(path)+read(path+".1"), head+"line\n"); got != n+1 {
		t.Errorf("%d of %d lines are in the files", got, n+1)
	}
}

func TestOpenSaysWhichFileFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no", "such", "dir")
	_, err := Open(Options{File: path})
	if err == nil || err.Error() != "logs: open: open "+path+": no such file or directory" {
		t.Errorf("error %v", err)
	}
}

func TestEverySinkGetsEveryLine(t *testing.T) {
	path, sock := filepath.Join(t.TempDir(), "f"), socketPath(t)
	srv := listen(t, sock)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s := open(t, Options{Console: true, Stderr: w, Syslog: true, SyslogSocket: sock, File: path})
	s.Logger().Info("everywhere")
	if got := text(hear(t, srv)); got != "everywhere" {
		t.Errorf("syslog: %q", got)
	}
	shut(t, s)
	_ = w.Close()
	b, err := io.ReadAll(r)
	if err != nil || !strings.HasSuffix(string(b), ": everywhere\n") {
		t.Errorf("console: %q, %v", b, err)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.HasSuffix(string(b), ": everywhere\n") {
		t.Errorf("file: %q, %v", b, err)
	}
}

func TestHandleAllocatesNothingWithoutAJournal(t *testing.T) {
	s := &Sink{}
	s.add("x", &fakeOutlet{}, appendConsole, 8)
	h := s.Handler()
	r := at(time.Now(), LevelInfo, "(VI_1) Entering MASTER STATE", slog.Int("priority", 100))
	ctx := context.Background()
	if n := testing.AllocsPerRun(1000, func() { _ = h.Handle(ctx, r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
