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

// Loader makes a configuration from a source: conf.Load, with the options that the command line gives, and without the
// blocks of those keywords.
type Loader func(src syntax.Source, path string, skip ...string) (*conf.Config, diag.List)

// generation is one configuration as every role sees it: the bytes, and what of their meaning the parent goes by. The rest, which
// may be large, is gone once it was judged.
//
// A new one goes through two steps. prepare reads and judges it and changes nothing; only commit makes it
// the one that roles start with, so a bad file leaves the running generation alone.
type generation struct {
	number   int
	global   conf.Global
	wanted   map[string]bool // roles by name
	snapshot []byte
	findings diag.List
}

// prepare reads the configuration once, through a recorder. What it means is returned beside the generation.
func prepare(number int, disk syntax.Source, o *Options) (*generation, *conf.Config, error) {
	rec := syntax.NewRecorder(disk)
	cfg, findings := o.Load(rec, o.Flags.ConfigFile)
	snapshot, err := rec.Snapshot().MarshalBinary()
	if err != nil {
		return nil, nil, fmt.Errorf("prepare: %w", err)
	}
	g := &generation{number: number, global: cfg.Global, wanted: map[string]bool{}, snapshot: snapshot, findings: findings}
	for i := range o.Roles {
		g.wanted[o.Roles[i].Name] = o.Roles[i].Wanted(cfg, o.Flags)
	}
	return g, cfg, nil
}

// thaw decodes a snapshot with the same code that made it, but for what the role has no use for. Its findings are the parent's
// to report.
func thaw(snapshot []byte, path string, load Loader, skip []string) (*conf.Config, error) {
	var s syntax.Snapshot
	if err := s.UnmarshalBinary(snapshot); err != nil {
		return nil, err
	}
	cfg, findings := load(&s, path, skip...)
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
