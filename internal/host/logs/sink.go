package logs

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// A Sink is the open set of sinks of one process.
type Sink struct {
	lanes  []*lane
	level  slog.LevelVar
	closed atomic.Bool
	fields bool // some lane shows attributes
}

// Open opens the sinks that o asks for. It fails on a file that cannot be opened and on a closed stderr;
// syslog may come later than we do, and until it is there its lines wait in the queue.
func Open(o Options) (*Sink, error) {
	o = o.withDefaults()
	s := &Sink{}
	s.SetDetail(o.Detail)
	if o.Console {
		out, err := newConsole(o.Stderr)
		if err != nil {
			return nil, fmt.Errorf("logs: open console: %w", err)
		}
		s.add("the console", out, appendConsole, o.Queue)
	}
	if o.File != "" {
		out, err := openFile(o.File, o.FlushFile)
		if err != nil {
			for _, l := range s.lanes {
				_ = l.out.close()
			}
			return nil, fmt.Errorf("logs: open: %w", err)
		}
		s.add("the log file", out, appendConsole, o.Queue)
	}
	if o.Syslog {
		if o.underJournal() {
			s.fields = true
			s.add("the journal", newDatagram(o.JournalSocket), journalForm(o.Ident, o.Facility), o.Queue)
		} else {
			s.add("syslog", newDatagram(o.SyslogSocket), syslogForm(o.Ident, o.Facility), o.Queue)
		}
	}
	for _, l := range s.lanes {
		go l.run()
	}
	return s, nil
}

func (s *Sink) add(name string, out outlet, form form, queue int) {
	s.lanes = append(s.lanes, newLane(name, out, form, queue))
}

// SetDetail changes how many times -D counts as given, while running: 0 passes LevelInfo and above, 1
// LevelDetail, 2 LevelExtra, 3 everything.
func (s *Sink) SetDetail(n int) { s.level.Set(threshold(n)) }

// Handler returns the handler that feeds every sink. It may be used from any goroutine and never
// blocks; after Close it counts records as lost.
func (s *Sink) Handler() slog.Handler { return &handler{sink: s} }

// Logger returns a logger on Handler.
func (s *Sink) Logger() *slog.Logger { return slog.New(s.Handler()) }

// Dropped returns how many records sinks have lost so far. A record lost by two sinks counts twice.
func (s *Sink) Dropped() uint64 {
	var n uint64
	for _, l := range s.lanes {
		n += l.lost.Load()
	}
	return n
}

// Close stops taking records and waits up to timeout for what is queued to be written; the rest counts
// as lost. A sink that is not there at all (no syslogd) is not waited for. The error names every sink
// that lost records in closing.
func (s *Sink) Close(timeout time.Duration) error {
	if s.closed.Swap(true) {
		return nil
	}
	before := make([]uint64, len(s.lanes))
	for i, l := range s.lanes {
		before[i] = l.lost.Load()
		close(l.stop)
	}
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for _, l := range s.lanes {
		select {
		case <-l.done:
			continue
		case <-deadline.C:
		}
		break
	}
	for _, l := range s.lanes {
		close(l.abort)
	}
	var errs []error
	for i, l := range s.lanes {
		if err := l.abandon(before[i]); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
