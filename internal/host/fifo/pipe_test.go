package fifo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func ourselves() Owner { return Owner{os.Geteuid(), os.Getegid()} }

func TestWriteNeverWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	p, err := Open(path, ourselves())
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode()&^0o044 != os.ModeNamedPipe|0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	event := append(bytes.Repeat([]byte("x"), 99), '\n')
	n := 0
	for p.Write(event) {
		n++
	}
	if n < 100 || p.Lost() != 1 {
		t.Errorf("%d events had room, %d lost", n, p.Lost())
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	got := make([]byte, 1<<20)
	read := 0
	for {
		k, err := unix.Read(fd, got[read:])
		if err != nil || k == 0 {
			break
		}
		read += k
	}
	if !bytes.Equal(got[:read], bytes.Repeat(event, n)) {
		t.Errorf("read %d bytes of %d", read, n*len(event))
	}
	if !p.Write(event) {
		t.Error("there is room again, and nothing was written")
	}
	p.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
}

func TestWhatIsThereIsUsedAndLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path, ourselves())
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, link, filepath.Join(dir, "nowhere", "pipe")} {
		if _, err := Open(path, ourselves()); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}
