package checkd

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"holdfast/internal/core/dump"
	"holdfast/internal/role/bus"
)

// desk keeps what is placed on it.
type desk struct {
	mu    sync.Mutex
	files map[string]string
	full  bool
}

func (s *desk) Place(name string, text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return errors.New("no space left on device")
	}
	s.files[name] = string(text)
	return nil
}

// A signal makes a file of how things stand at that moment.
func TestListing(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		sh := &desk{files: make(map[string]string)}
		r.spool = sh
		r.server("10.0.0.2:80", false)
		r.start(web, Options{Where: dump.Machine{Name: "director", Umask: 0o177}})
		<-r.role.Ready()
		ask := func(want ...string) {
			t.Helper()
			if err := r.parent.Send(bus.Msg{Kind: bus.Dump}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			text := sh.files["keepalived_check.data"]
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("no %q in\n%s", w, text)
				}
			}
		}
		ask("------< Global definitions >------\n", " Router ID = director\n", "quorum_state_up = 1\n   reloaded = 0\n", "Has run = no\n",
			"   RIP = 10.0.0.2, RPORT = 80, WEIGHT = 3 EFF WEIGHT = 3\n")
		r.after(1100 * 1e6)
		ask("alive = 0\n   num failed checkers = 1\n   RS set = 0\n", " [192.0.2.1]:tcp:80 -> [10.0.0.2]:tcp:80\n   Enabled = yes\n   Up = no\n   Has run = yes\n")
		r.reload(web)
		ask("   reloaded = 1\n")
		r.mu.Lock()
		r.events = nil
		r.mu.Unlock()
		sh.full = true
		ask()
		r.happened(fmt.Sprintf(`
			Printing checker data for process(%d) on signal
			no space left on device
		`, os.Getpid()))
		r.end()
	})
}

// With -d it is logged when everything has begun.
func TestDump(t *testing.T) {
	play(t, func(t *testing.T) {
		r := newRig(t)
		r.start(web, Options{Dump: &dump.Machine{Umask: 0o177}})
		<-r.role.Ready()
		synctest.Wait()
		r.mu.Lock()
		text := strings.Join(r.events, "\n")
		r.mu.Unlock()
		for _, want := range []string{" VS VIP = 192.0.2.1, VPORT = 80\n", "     Dest = [10.0.0.2]:80\n"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%q is not there once in\n%s", want, text)
			}
		}
		r.end()
	})
}
