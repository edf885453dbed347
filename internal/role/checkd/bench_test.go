package checkd

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/lvs"
	"holdfast/internal/host/plane"
)

// silent is a kernel that does what it is told in no time.
type silent struct{ entries []lvs.Entry }

func (s *silent) Read(...lvs.Key) ([]lvs.Entry, error)   { return s.entries, nil }
func (s *silent) Apply(ops []lvs.Op) []error             { return make([]error, len(ops)) }
func (s *silent) Flush() error                           { return nil }
func (s *silent) Timeouts() (conf.LVSTimeouts, error)    { return conf.LVSTimeouts{}, nil }
func (s *silent) SetTimeouts(conf.LVSTimeouts) error     { return nil }
func (s *silent) SyncDaemons(...plane.Daemon) error      { return nil }
func (s *silent) Setting(string) (int, error)            { return 0, nil }
func (s *silent) SetSetting(string, int) error           { return nil }
func (s *silent) Counts(...lvs.Key) ([]lvs.Count, error) { return nil, nil }
func (s *silent) Close() error                           { return nil }

// BenchmarkStart programs 10,000 real servers, the kernel's own work left out.
func BenchmarkStart(b *testing.B) {
	var text strings.Builder
	text.WriteString("virtual_server 192.0.2.1 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n")
	for i := range 10000 {
		fmt.Fprintf(&text, " real_server 10.%d.%d.%d 80 {\n }\n", i/62500, i/250%250, i%250+1)
	}
	text.WriteString("}\n")
	cfg, _ := conf.Load(file(text.String()), "keepalived.conf", conf.Options{})
	b.ReportAllocs()
	for b.Loop() {
		r := newRig(nil)
		role := New(Options{
			Config: cfg, Log: slog.New(slog.DiscardHandler), Host: Host{Kernel: &silent{}, Prober: newFakeProber(r), Scripts: r},
			random: func(time.Duration) time.Duration { return 0 }, KeepTable: true,
		})
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- role.Run(ctx) }()
		<-role.Ready()
		stop()
		<-done
	}
}
