package logs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// handler feeds the lanes of a sink. It copies attributes only if some lane shows them.
type handler struct {
	sink   *Sink
	fixed  string // fields of WithAttrs, encoded for the journal
	prefix string // names of open groups, each followed by '_'
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.sink.level.Level() }

// Handle implements slog.Handler. It never blocks and never fails: what a sink cannot take is counted.
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	e := entry{at: r.Time, level: r.Level, text: r.Message}
	if e.at.IsZero() {
		e.at = time.Now()
	}
	if h.sink.fields {
		e.fixed, e.prefix = h.fixed, h.prefix
		if n := r.NumAttrs(); n > 0 {
			e.attrs = make([]slog.Attr, 0, n)
			r.Attrs(func(a slog.Attr) bool {
				e.attrs = append(e.attrs, freeze(a))
				return true
			})
		}
	}
	closed := h.sink.closed.Load()
	for _, l := range h.sink.lanes {
		if closed {
			l.lose(1)
			continue
		}
		l.offer(e)
	}
	return nil
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 || !h.sink.fields {
		return h
	}
	frozen := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		frozen = append(frozen, freeze(a))
	}
	n := *h
	n.fixed += string(appendFields(nil, h.prefix, frozen))
	return &n
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	n := *h
	n.prefix += name + "_"
	return &n
}

// freeze makes an attribute independent of what its owner does next: the sink's goroutine reads it
// later. Plain values are already so.
func freeze(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindAny:
		v = slog.StringValue(fmt.Sprint(v.Any()))
	case slog.KindGroup:
		g := slices.Clone(v.Group())
		for i := range g {
			g[i] = freeze(g[i])
		}
		v = slog.GroupValue(g...)
	}
	return slog.Attr{Key: a.Key, Value: v}
}
