package plane

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// settings are the kernel's settings of IPVS in one network namespace.
type settings interface {
	read(name string) (int, error)
	write(name string, v int) error
}

// Setting returns a setting of IPVS, such as expire_nodest_conn.
func (c *Conn) Setting(name string) (int, error) { return c.settings.read(name) }

// SetSetting changes one.
func (c *Conn) SetSetting(name string, v int) error { return c.settings.write(name, v) }

// settingsDir is where the kernel has them; whose they are follows from the network namespace of the thread that looks.
const settingsDir = "/proc/sys/net/ipv4/vs"

// files are the real ones, of the network namespace with that descriptor; 0: our own.
type files int

func (f files) read(name string) (v int, err error) {
	err = f.inside(func() error {
		b, err := os.ReadFile(filepath.Join(settingsDir, filepath.Base(name)))
		if err != nil {
			return err
		}
		v, err = strconv.Atoi(strings.TrimSpace(string(b)))
		return err
	})
	return v, err
}

func (f files) write(name string, v int) error {
	return f.inside(func() error {
		w, err := os.OpenFile(filepath.Join(settingsDir, filepath.Base(name)), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = w.WriteString(strconv.Itoa(v))
		if e := w.Close(); err == nil {
			err = e
		}
		return err
	})
}

// inside does something in the network namespace. The thread that went there ends with its goroutine.
func (f files) inside(do func() error) error {
	if f == 0 {
		return do()
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(int(f), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("enter the network namespace: %w", err)
			return
		}
		done <- do()
	}()
	return <-done
}

// memory are settings in memory, all of them 0 to begin with.
type memory struct {
	mu     sync.Mutex
	values map[string]int
}

func (m *memory) read(name string) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[name], nil
}

func (m *memory) write(name string, v int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[name] = v
	return nil
}
