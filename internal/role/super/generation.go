package super

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/host/logs"
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

// fatal returns the error that forbids to run on this configuration, or nil. The findings say it all.
func (g *generation) fatal() error {
	var code int
	switch g.findings.ExitClass() {
	case diag.ClassAbort:
		code = bus.ExitConfig
	case diag.ClassFatal, diag.ClassInclude:
		code = bus.ExitNoConfig
	default:
		return nil
	}
	err := g.findings.Err()
	if err == nil {
		err = errors.New("no usable configuration")
	}
	return &bus.ExitError{Code: code, Err: err}
}

// report logs findings in keepalived's form, each line once. What keepalived says nothing about is told
// in our own words: warnings and errors always, the rest with -D.
func report(log *slog.Logger, findings *diag.List) {
	seen := map[string]bool{}
	for _, d := range findings.All() {
		level := slog.LevelInfo
		lines := CompatLines(d)
		if len(lines) == 0 {
			lines = []string{OwnLine(d)}
			if d.Severity == diag.Info {
				level = logs.LevelDetail
			}
		}
		for _, l := range lines {
			if !seen[l] {
				seen[l] = true
				log.Log(context.Background(), level, l,
					"code", d.Code, "file", d.At.File(), "line", d.At.Line(), "column", d.At.Col())
			}
		}
	}
}

// CompatLines gives one finding in keepalived's own words; none if keepalived says nothing.
func CompatLines(d diag.Diagnostic) []string {
	var one diag.List
	one.Add(d)
	return diag.CompatLines(&one)
}

// OwnLine gives a finding in our own words on one line.
func OwnLine(d diag.Diagnostic) string {
	line := d.Summary
	if !d.At.IsZero() {
		line = fmt.Sprintf("(%s: Line %d) %s", d.At.File(), d.At.Line(), line)
	}
	if d.Effect != "" {
		line += "; " + d.Effect
	}
	return line
}
