package super

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/role/bus"
)

// Loader makes a configuration from a source: conf.Load, with the options that the command line gives.
type Loader func(src syntax.Source, path string) (*conf.Config, diag.List)

// generation is one configuration as every role sees it: the bytes, and what they mean.
//
// A new one goes through two steps. prepare reads and judges it and changes nothing; only commit makes it
// the one that roles start with, so a bad file leaves the running generation alone.
type generation struct {
	number   int
	config   *conf.Config
	snapshot []byte
	findings diag.List
}

// prepare reads the configuration once, through a recorder, and judges it.
func prepare(number int, disk syntax.Source, path string, load Loader) (*generation, error) {
	rec := syntax.NewRecorder(disk)
	cfg, findings := load(rec, path)
	snapshot, err := rec.Snapshot().MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return &generation{number: number, config: cfg, snapshot: snapshot, findings: findings}, nil
}

// thaw decodes a snapshot with the same code that made it. Its findings are the parent's to report.
func thaw(snapshot []byte, path string, load Loader) (*conf.Config, error) {
	var s syntax.Snapshot
	if err := s.UnmarshalBinary(snapshot); err != nil {
		return nil, err
	}
	cfg, findings := load(&s, path)
	if cfg == nil {
		return nil, &findings
	}
	return cfg, nil
}

// fatal returns the error that forbids to run on this configuration, or nil.
func (g *generation) fatal() error {
	switch class := g.findings.ExitClass(); {
	case class == diag.ClassAbort:
		return &bus.ExitError{Code: bus.ExitConfig, Err: errors.New("configuration is not usable")}
	case class == diag.ClassFatal, g.config == nil:
		return &bus.ExitError{Code: bus.ExitNoConfig, Err: errors.New("no configuration")}
	}
	return nil
}

// report logs the findings in keepalived's form. What keepalived says nothing about is told in our own
// words: warnings and errors always, the rest with -D.
func (g *generation) report(log *slog.Logger, detail slog.Level) {
	for _, d := range g.findings.All() {
		attrs := []any{"code", d.Code, "file", d.At.File, "line", d.At.Line, "column", d.At.Col}
		if lines := CompatLines(d); len(lines) > 0 {
			for _, l := range lines {
				log.Info(l, attrs...)
			}
			continue
		}
		level := detail
		if d.Severity != diag.Info {
			level = slog.LevelInfo
		}
		log.Log(nil, level, ownLine(d), attrs...) //nolint:staticcheck // no context decides about a log line
	}
}

// CompatLines gives a finding in keepalived's own words, each line with its position in front; none if
// keepalived says nothing.
func CompatLines(d diag.Diagnostic) []string {
	if d.Compat == "" {
		return nil
	}
	lines := strings.Split(d.Compat, "\n")
	if d.At.IsZero() {
		return lines
	}
	for i := range lines {
		lines[i] = fmt.Sprintf("(%s: Line %d) %s", d.At.File, d.At.Line, lines[i])
	}
	return lines
}

func ownLine(d diag.Diagnostic) string {
	line := d.Summary
	if !d.At.IsZero() {
		line = fmt.Sprintf("(%s: Line %d) %s", d.At.File, d.At.Line, line)
	}
	if d.Effect != "" {
		line += "; " + d.Effect
	}
	return line
}
