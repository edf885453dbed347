package checkd

import (
	"log/slog"
	"slices"
	"sync"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/host/fifo"
	"holdfast/internal/host/script"
)

// notifier runs the scripts of servers and quorums and writes to the FIFO. It belongs to the teller's goroutine.
type notifier struct {
	runner Runner
	open   func(path string, o fifo.Owner) (FIFO, error) // nil: there are no FIFOs
	log    *slog.Logger
	jobs   *jobs
	before *jobs // of the configuration before, for what is gone now

	fifo     FIFO // nil: none
	fifoConf conf.FIFO
	reader   *script.Proc // of the FIFO; nil: none was started
	readers  sync.WaitGroup
	lost     int
}

// change follows another configuration.
func (n *notifier) change(s *scene) {
	n.jobs, n.before = s.jobs, n.jobs
	was, is := n.fifoConf, s.cfg.Global.LVSNotifyFIFO
	n.fifoConf = is
	if is.Path.V != was.Path.V || is.User.V != was.User.V || is.Group.V != was.Group.V {
		n.close()
		n.create(s)
	}
	n.reread(was.Script)
}

// create makes the FIFO that the configuration names.
func (n *notifier) create(s *scene) {
	f := &n.fifoConf
	if f.Path.V == "" || n.open == nil {
		return
	}
	p, err := n.open(f.Path.V, n.owner(&s.cfg.Global, f))
	if err != nil {
		n.log.Info("Unable to open notify fifo " + f.Path.V + ": " + err.Error())
		return
	}
	n.fifo = p
}

// reread sees to the program that reads the FIFO. compat: one that ends is not started again before the next reload.
func (n *notifier) reread(was *conf.Command) {
	job, runs := n.jobs.notify[n.fifoConf.Script]
	runs = runs && n.fifo != nil
	if n.reader != nil {
		select {
		case <-n.reader.Done():
		default:
			if runs && was != nil && slices.Equal(was.Argv, n.fifoConf.Script.Argv) {
				return
			}
			n.reader.Stop()
		}
		n.reader = nil
	}
	if !runs {
		return
	}
	job.Argv = append(job.Argv[:len(job.Argv):len(job.Argv)], n.fifoConf.Path.V)
	p, err := n.runner.Start(job)
	if err != nil {
		n.log.Info("cannot run lvs notify fifo script: " + err.Error())
		return
	}
	if n.reader = p; p == nil {
		return
	}
	n.readers.Go(func() {
		if end := p.Wait(); !end.Stopped {
			n.log.Info("lvs notify fifo script terminated")
		}
	})
}

// owner is whom the FIFO is made for: the user that its line names, else whom scripts run as, else us.
func (n *notifier) owner(g *conf.Global, f *conf.FIFO) fifo.Owner {
	who := script.Self()
	if f.User.V != "" {
		c, err := script.Lookup(script.Accounts{}, f.User.V, f.Group.V, false)
		if err != nil {
			n.log.Info(err.Error())
		} else {
			who = c
		}
	} else if s := script.StandardUser(g, script.Accounts{}); s.Err == nil {
		who = s.Who
	}
	return fifo.Owner{UID: int(who.UID), GID: int(who.GID)}
}

// close ends the reader and removes the FIFO.
func (n *notifier) close() {
	if n.reader != nil {
		n.reader.Stop()
		n.readers.Wait()
		n.reader = nil
	}
	if n.fifo != nil {
		n.fifo.Close()
		n.fifo = nil
	}
}

func (n *notifier) run(c *conf.Command) {
	job, ok := n.jobs.notify[c]
	if !ok && n.before != nil {
		job, ok = n.before.notify[c]
	}
	if !ok {
		return
	}
	if _, err := n.runner.Start(job); err != nil {
		n.log.Info("cannot run notify script: " + err.Error())
	}
}

// announce writes what programs are told.
func (n *notifier) announce(r *check.Report) {
	if n.fifo == nil {
		return
	}
	var line string
	switch r.Kind {
	case check.ServerUp:
		line = "RS " + rsName(r) + " " + vsName(r) + " UP"
	case check.ServerDown:
		line = "RS " + rsName(r) + " " + vsName(r) + " DOWN"
	case check.QuorumUp:
		line = "VS " + vsName(r) + " UP"
	case check.QuorumDown:
		line = "VS " + vsName(r) + " DOWN"
	default:
		return
	}
	if n.fifo.Write([]byte(line + "\n")) {
		n.lost = 0
	} else if n.lost++; n.lost == 1 {
		n.log.Debug("nobody reads " + n.fifoConf.Path.V + ": what does not fit is lost")
	}
}
