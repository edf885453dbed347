package vrrpd

import (
	"log/slog"
	"sync"
	"time"

	"holdfast/internal/core/table"
	"holdfast/internal/host/logs"
)

// sayer is how the world and the hand speak: into a queue of the teller's, which puts their lines and the loop's
// reports into one order. The loop never touches it.
type sayer struct{ q *lineQueue }

type lineQueue struct {
	mu    sync.Mutex
	lines []line
	wake  func()
	full  bool // details are wanted
}

// line is one log line to be.
type line struct {
	at    time.Time
	level slog.Level
	text  string
	attrs []any
}

func (s sayer) info(p *Plan, text string, attrs ...any) { s.add(logs.LevelInfo, p, text, attrs) }
func (s sayer) detail(p *Plan, text string, attrs ...any) {
	if s.q.full {
		s.add(logs.LevelDetail, p, text, attrs)
	}
}

func (s sayer) warn(text string) { s.add(slog.LevelWarn, nil, text, nil) }

// colon is info in the form "(NAME): text", which keepalived uses in one place.
func (s sayer) colon(p *Plan, text string) {
	s.add(logs.LevelInfo, nil, "("+p.VRRP.Name+"): "+text, []any{"instance", p.VRRP.Name})
}

// failed tells of an operation that the kernel refused.
func (s sayer) failed(p *Plan, op table.Op, err error) {
	s.add(logs.LevelInfo, p, "Netlink: error: "+err.Error(), []any{"address", op.Addr.Prefix.String()})
}

func (s sayer) add(level slog.Level, p *Plan, text string, attrs []any) {
	if p != nil {
		text = "(" + p.VRRP.Name + ") " + text
		attrs = append(attrs, "instance", p.VRRP.Name)
	}
	s.q.mu.Lock()
	s.q.lines = append(s.q.lines, line{at: time.Now(), level: level, text: text, attrs: attrs})
	s.q.mu.Unlock()
	s.q.wake()
}

func (q *lineQueue) take() []line {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines := q.lines
	q.lines = nil
	return lines
}
