package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ScriptWord stands for the notify script's path in a router's configuration.
const ScriptWord = "NOTIFY_SCRIPT"

// router is a machine with a daemon on it, and a service: its web server in a cluster, else one for the client's probes.
type router struct {
	*machine
	name   string
	watch  *watch
	tables *tables // nil: nobody asks
	conf   string  // its configuration's path
	daemon *daemon // its latest run
	probed bool    // the client sends it probes
	echo   *echo   // nil when it does not answer them
	off    bool
}

// prepare writes the router's files. Text is its configuration, unless path names one.
func (r *router) prepare(text, path string) error {
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
	if err := r.serve(); err != nil {
		return err
	}
	if r.echo == nil && r.probed {
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
	r.silence()
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

// close ends what runs on it or looks at it.
func (r *router) close() error {
	err := r.crash()
	if r.watch != nil {
		r.watch.stop()
	}
	if r.tables != nil {
		r.tables.stop()
	}
	return err
}
