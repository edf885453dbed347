package plane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"holdfast/ipvs"
)

// Conn is the IPVS of one network namespace. Its methods may be called concurrently; they wait for each other.
type Conn struct {
	mu     sync.Mutex
	dial   func() (*ipvs.Client, error)
	client *ipvs.Client  // nil: to be dialed
	ours   map[bool]ours // the sync daemons that this Conn has started, the master's by true
	closed bool
	space  *os.File // nil: our own

	settings settings

	memory []ipvs.Op // for apply
}

// Options of Open. The zero value is the network namespace of the calling thread.
type Options struct {
	NetNS int      // descriptor of another network namespace, to stay open as long as the Conn; 0: none
	Space *os.File // the same as a file that becomes the Conn's: closed with it, or when Open fails
}

// Open connects to the kernel's IPVS. If the kernel has none, it is tried once to load the module.
func Open(o Options) (*Conn, error) {
	in := ipvs.Options{NetNS: o.NetNS}
	if o.Space != nil {
		in.NetNS = int(o.Space.Fd())
	}
	tried := false
	conn, err := New(func() (*ipvs.Client, error) {
		c, err := ipvs.Dial(in)
		var missing *ipvs.MissingError
		if tried || !errors.As(err, &missing) {
			return c, err
		}
		tried = true
		if failed := load(missing.Modules[0]); failed != nil {
			return nil, fmt.Errorf("%w (%w)", err, failed)
		}
		return ipvs.Dial(in)
	})
	switch {
	case err == nil:
		conn.space, conn.settings = o.Space, files(in.NetNS)
	case o.Space != nil:
		_ = o.Space.Close()
	}
	return conn, err
}

// New makes a Conn that connects by dial, at once and whenever a connection has failed.
func New(dial func() (*ipvs.Client, error)) (*Conn, error) {
	client, err := dial()
	if err != nil {
		return nil, err
	}
	return &Conn{dial: dial, client: client, ours: make(map[bool]ours), settings: &memory{values: make(map[string]int)}}, nil
}

// Close ends the connection. The table stays as it is.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	var errs []error
	if c.client != nil {
		errs = append(errs, c.client.Close())
	}
	if c.space != nil {
		errs = append(errs, c.space.Close())
	}
	return errors.Join(errs...)
}

// use returns a connection that works; the caller has the lock.
func (c *Conn) use() (*ipvs.Client, error) {
	if c.closed {
		return nil, fmt.Errorf("plane: %w", os.ErrClosed)
	}
	if c.client != nil && c.client.Broken() != nil {
		_ = c.client.Close() // it is given up because it does not work
		c.client = nil
	}
	if c.client == nil {
		client, err := c.dial()
		if err != nil {
			return nil, err
		}
		c.client = client
	}
	return c.client, nil
}

// modprobePath is where the kernel keeps the path of the program that it loads modules with; empty if it must not.
const modprobePath = "/proc/sys/kernel/modprobe"

// loadPatience is how long the program may take: the callers of a Conn wait for each other.
const loadPatience = 10 * time.Second

// load loads a module of the kernel.
func load(module string) error {
	text, err := os.ReadFile(modprobePath)
	if errors.Is(err, os.ErrNotExist) {
		return errors.New("this kernel cannot load modules")
	}
	if err != nil {
		return err
	}
	program := strings.TrimSpace(string(text))
	if program == "" {
		return errors.New("the kernel is told not to load modules: " + modprobePath + " is empty")
	}
	return execute(loadPatience, program, module)
}

// execute runs a program that has so long to end.
func execute(patience time.Duration, program, module string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, module)
	cmd.WaitDelay = time.Second // for whoever else holds its output
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if said := strings.TrimSpace(string(out)); said != "" {
		return fmt.Errorf("%s %s: %w: %.200s", program, module, err, said)
	}
	return fmt.Errorf("%s %s: %w", program, module, err)
}
