package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"holdfast/internal/host/netns"
)

// ScriptWord stands for the notify script's path in a router's configuration.
const ScriptWord = "NOTIFY_SCRIPT"

// router is a namespace with a daemon and a service in it.
type router struct {
	name   string
	space  *netns.Space
	dir    string // its directory: configuration, script, pid files
	watch  *watch
	conf   string  // its configuration's path
	daemon *daemon // its latest run
	echo   *echo   // nil when it does not answer
}

// prepare writes the router's files. Text is its configuration, unless path names one.
func (r *router) prepare(text, path string) error {
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		return fmt.Errorf("lab: %s: %w", r.name, err)
	}
	script, err := writeScript(r.dir)
	if err != nil {
		return err
	}
	if r.conf = path; path != "" {
		return nil
	}
	r.conf = filepath.Join(r.dir, "keepalived.conf")
	return os.WriteFile(r.conf, []byte(strings.ReplaceAll(text, ScriptWord, script)), 0o644)
}

// start brings the service and the daemon up.
func (r *router) start(box *inbox, program string) (err error) {
	if r.running() {
		return fmt.Errorf("lab: %s: already runs", r.name)
	}
	if r.echo == nil {
		if r.echo, err = startEcho(r.space, r.name); err != nil {
			return err
		}
	}
	r.daemon, err = startDaemon(r.space, box, r.name, program, r.conf, r.dir)
	return err
}

// crash ends everything that runs on the router: the daemon with all its processes, and the service.
func (r *router) crash() error {
	if r.echo != nil {
		r.echo.stop()
		r.echo = nil
	}
	if !r.running() {
		return nil
	}
	return r.daemon.kill()
}

// stop asks the daemon for an orderly end and does not wait for it. The service goes on.
func (r *router) stop() error {
	if !r.running() {
		return fmt.Errorf("lab: %s: does not run", r.name)
	}
	if err := r.daemon.stop(); err != nil {
		return fmt.Errorf("lab: %s: %w", r.name, err)
	}
	return nil
}

// running reports whether the daemon's parent process is there.
func (r *router) running() bool {
	if r.daemon == nil {
		return false
	}
	select {
	case <-r.daemon.gone:
		return false
	default:
		return true
	}
}

// close ends what is left, the namespace last.
func (r *router) close() error {
	err := r.crash()
	if r.watch != nil {
		r.watch.stop()
	}
	if r.space != nil {
		r.space.Close()
	}
	return err
}
