package rig

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"holdfast/internal/lab/record"
)

// The lab's notify script is this very program, named in a #! line with the word "lab": the kernel then
// runs "holdfast lab SCRIPT ARGUMENTS". It says what it was called with to the socket in the lab's
// directory and ends. No shell is needed.
const (
	notifySocket = "notify.sock"
	notifyScript = "notify"
)

// desk receives what the notify scripts say.
type desk struct {
	conn *net.UnixConn
	done chan struct{}
}

// openDesk listens in dir. Scripts may run as another user.
func openDesk(dir string, box *inbox) (*desk, error) {
	path := filepath.Join(dir, notifySocket)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("lab: notify socket: %w", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		conn.Close()
		return nil, fmt.Errorf("lab: notify socket: %w", err)
	}
	d := &desk{conn, make(chan struct{})}
	go func() {
		defer close(d.done)
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if node, pid, text, ok := readReport(string(buf[:n])); err == nil && ok {
				box.put(record.Event{At: box.now(), Kind: record.Notified, Node: node, Seq: pid, Text: text})
			}
		}
	}()
	return d, nil
}

func (d *desk) close() {
	d.conn.Close()
	<-d.done
}

// writeScript puts a router's notify script into its directory and returns its path.
func writeScript(dir string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("lab: notify script: %w", err)
	}
	path := filepath.Join(dir, notifyScript)
	if err := os.WriteFile(path, []byte("#!"+self+" lab\n"), 0o755); err != nil {
		return "", fmt.Errorf("lab: notify script: %w", err)
	}
	return path, nil
}

// Report is the notify script's whole work: args are the script's path and what it was called with. The
// router is the directory that the script lies in.
func Report(args []string) error {
	if len(args) < 2 || filepath.Base(args[0]) != notifyScript {
		return errors.New("lab: notify: called without a script and its arguments")
	}
	dir := filepath.Dir(args[0])
	path := filepath.Join(filepath.Dir(dir), notifySocket)
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("lab: notify: %w", err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "%s %d %s", filepath.Base(dir), os.Getpid(), strings.Join(args[1:], " "))
	return err
}

// readReport takes a notify script's datagram apart: router, process id, arguments.
func readReport(s string) (node string, pid int, text string, ok bool) {
	parts := strings.SplitN(s, " ", 3)
	if len(parts) != 3 {
		return "", 0, "", false
	}
	pid, err := strconv.Atoi(parts[1])
	return parts[0], pid, parts[2], err == nil
}
