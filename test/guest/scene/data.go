package scene

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// listing is what the checkers write on SIGUSR1.
const listing = "keepalived_check.data"

// dataLimit is how long that may take.
const dataLimit = 10 * time.Second

// data has the daemon write the listing and records it.
func (g *stage) data([]string) error {
	if g.run == nil {
		return errors.New("nothing runs")
	}
	path := filepath.Join(g.dir, listing)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return err
	}
	events := os.NewFile(uintptr(fd), "inotify")
	defer events.Close()
	if _, err := unix.InotifyAddWatch(fd, g.dir, unix.IN_OPEN|unix.IN_CLOSE_WRITE|unix.IN_MOVED_TO); err != nil {
		return err
	}
	if err := g.run.Process.Signal(unix.SIGUSR1); err != nil {
		return err
	}
	if err := events.SetReadDeadline(time.Now().Add(dataLimit)); err != nil {
		return err
	}
	// keepalived makes the file, and opens it anew to write it: it is complete when it is not empty and was closed last.
	closed, b := false, make([]byte, 4096)
	for complete := false; !complete; {
		n, err := events.Read(b)
		if err != nil {
			return fmt.Errorf("no %s: %w", listing, err)
		}
		for e := b[:n]; len(e) >= unix.SizeofInotifyEvent; {
			size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(e[12:]))
			if strings.TrimRight(string(e[unix.SizeofInotifyEvent:size]), "\x00") == listing {
				closed = binary.NativeEndian.Uint32(e[4:]) != unix.IN_OPEN
			}
			e = e[size:]
		}
		st, err := os.Stat(path)
		complete = err == nil && st.Size() > 0 && closed
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for l := range strings.Lines(string(text)) {
		l = strings.TrimRight(strings.ReplaceAll(l, g.dir, "$W"), "\n")
		g.record.add("data", ranAt.ReplaceAllString(l, "Last ran = TIME"))
	}
	return nil
}

// ranAt is when a script was last run.
var ranAt = regexp.MustCompile(`Last ran = \d+\.\d{6} \(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\.\d{6}\)`)
