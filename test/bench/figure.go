package main

import (
	"fmt"
	"math"
	"sync"
)

// figure is one line of the table.
type figure struct {
	id    string
	title string
	unit  string
	of    statistic // what of the samples is compared
	aim   float64   // upper bound for Holdfast; NaN for a line that is only for information
	equal bool      // the aim is a ratio to keepalived instead
}

// statistic is what of many samples is the figure.
type statistic float64

const (
	median statistic = 50
	p99    statistic = 99
)

func (s statistic) String() string {
	if s == median {
		return "median"
	}
	return fmt.Sprintf("p%g", float64(s))
}

func (s statistic) of(v []float64) float64 { return percentile(v, float64(s)) }

var none = math.NaN()

// noSlower leaves room for chance where the aim is parity.
const noSlower = 1.05

var figures = append([]figure{
	{id: "kill9", title: "SIGKILL of all: overhead over the floor", unit: "ms", of: median, aim: 0.15},
	{id: "term", title: "SIGTERM: overhead over the floor", unit: "ms", of: median, aim: 0.15},
	{id: "link", title: "link down: overhead over the floor", unit: "ms", of: median, aim: 0.15},
	{id: "garp", title: "first announcement after first advert", unit: "ms", of: median, aim: none},
	{id: "crash", title: "crash of the VRRP process: longest silence", unit: "ms", of: median, aim: 5},
	{id: "drift", title: "advert drift per interval, 1 s, 4 busy", unit: "us", of: median, aim: 10},
	{id: "deviation", title: "advert deviation, 1 s, 4 busy", unit: "us", of: p99, aim: 500},
	{id: "many", title: "1000 instances: worst overhead, first advert", unit: "ms", of: median, aim: 10},
	{id: "many-garp", title: "1000 instances: worst overhead, announcement", unit: "ms", of: median, aim: 10},
	{id: "cpu", title: "1000 instances as master: CPU per minute", unit: "s", of: median, aim: 0.8},
	{id: "cpu-backup", title: "1000 instances as backup: CPU per minute", unit: "s", of: median, aim: none},
	{id: "calls-advert", title: "system calls per advert sent", unit: "", of: median, aim: 1.5},
	{id: "calls-thread", title: "of that by the thread that sends", unit: "", of: median, aim: none},
	{id: "calls-takeover", title: "system calls per takeover", unit: "", of: median, aim: 4},
	{id: "vips", title: "1000 VIPs: last one's first announcement", unit: "ms", of: median, aim: 18},
	{id: "vips-half", title: "1000 VIPs: median one's first announcement", unit: "ms", of: median, aim: none},
	{id: "stop", title: "SIGTERM to exit", unit: "s", of: median, aim: 0.1},
	{id: "stop-many", title: "SIGTERM to exit, master of 1000 instances", unit: "s", of: median, aim: none},
	{id: "test", title: "-t, 1000 instances", unit: "ms", of: median, aim: noSlower, equal: true},
	{id: "load-1k", title: "-t, 1000 real servers", unit: "ms", of: median, aim: noSlower, equal: true},
	{id: "load-1k-mem", title: "-t, 1000 real servers: peak memory (RSS)", unit: "MiB", of: median, aim: none},
	{id: "load-10k", title: "-t, 10000 real servers", unit: "ms", of: median, aim: noSlower, equal: true},
	{id: "load-10k-mem", title: "-t, 10000 real servers: peak memory (RSS)", unit: "MiB", of: median, aim: none},
	{id: "load-vrrp", title: "-t, 4000 instances", unit: "ms", of: median, aim: noSlower, equal: true},
	{id: "load-vrrp-mem", title: "-t, 4000 instances: peak memory (RSS)", unit: "MiB", of: median, aim: none},
	{id: "start", title: "-v: start to exit", unit: "ms", of: median, aim: 15},
	{id: "rss", title: "resident memory (RSS), 200 instances", unit: "MiB", of: median, aim: 25},
	{id: "pss", title: "of that its own share (PSS)", unit: "MiB", of: median, aim: none},
	{id: "beside-idle", title: "advert deviation, 1 s, 5000 real servers, checkers idle", unit: "us", of: p99, aim: none},
	{id: "beside", title: "advert deviation, 1 s, 5000 TCP checks a second", unit: "us", of: p99, aim: none},
	{id: "beside-cpu", title: "of that CPU per 1000 checks, on the host", unit: "s", of: median, aim: none},
	{id: "calls-tcp", title: "system calls per TCP check", unit: "", of: median, aim: 7},
	{id: "calls-tcp-thread", title: "of that by the thread that checks", unit: "", of: median, aim: none},
	{id: "calls-http", title: "system calls per HTTP check", unit: "", of: median, aim: 10},
	{id: "calls-http-thread", title: "of that by the thread that checks", unit: "", of: median, aim: none},
	{id: "cpu-tcp", title: "CPU per 1000 TCP checks, 500 a second, and their server", unit: "s", of: median, aim: 0.8, equal: true},
	{id: "cpu-http", title: "CPU per 1000 HTTP checks, 250 a second, and their server", unit: "s", of: median, aim: 0.8, equal: true},
	{id: "due-tcp", title: "TCP checks done of those due, 500 a second", unit: "", of: median, aim: none},
	{id: "due-http", title: "HTTP checks done of those due, 250 a second", unit: "", of: median, aim: none},
	{id: "dead-tcp", title: "TCP: a dead server leaves IPVS (floor: 0 to 1 s)", unit: "s", of: median, aim: 0.6},
	{id: "back-tcp", title: "TCP: a server comes back to IPVS (floor: 0 to 1 s)", unit: "s", of: median, aim: none},
	{id: "dead-http", title: "HTTP: a dead server leaves IPVS (floor: 0 to 1 s)", unit: "s", of: median, aim: 0.6},
	{id: "back-http", title: "HTTP: a server comes back to IPVS (floor: 1 to 2 s)", unit: "s", of: median, aim: none},
	{id: "saturated", title: "5000 HTTP checks due in 5 s: share done", unit: "", of: median, aim: none},
	{id: "saturated-least", title: "of that the server that is checked least", unit: "", of: median, aim: none},
	{id: "program", title: "10000 real servers programmed at start", unit: "s", of: median, aim: 0.6, equal: true},
	{id: "program-cpu", title: "of that CPU", unit: "s", of: median, aim: none},
	{id: "reload-one", title: "one weight of 10000 changed by reload", unit: "s", of: median, aim: 0.8, equal: true},
	{id: "program-stop", title: "SIGTERM to exit, 10000 real servers", unit: "s", of: median, aim: none},
	{id: "rss-checks", title: "resident memory (RSS), 5000 checked servers, all roles", unit: "MiB", of: median, aim: 40},
	{id: "pss-checks", title: "of that its own share (PSS)", unit: "MiB", of: median, aim: none},
}, lossFigures()...)

// book collects samples by figure and subject. Cases may write to it at the same time.
type book struct {
	mu      sync.Mutex
	samples map[string]map[string][]float64
	notes   []string
	heard   func(id, subject string, v float64) // nil: nobody listens
}

func newBook() *book { return &book{samples: map[string]map[string][]float64{}} }

func (b *book) add(id string, s subject, v ...float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.samples[id] == nil {
		b.samples[id] = map[string][]float64{}
	}
	b.samples[id][s.name] = append(b.samples[id][s.name], v...)
	for i := 0; b.heard != nil && i < len(v); i++ {
		b.heard(id, s.name, v[i])
	}
}

func (b *book) of(id string, s subject) []float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.samples[id][s.name]
}

// note keeps a remark for the end of the table.
func (b *book) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// verdict says whether Holdfast's value meets the aim: "yes", "NO", "" without an aim or a value.
func (f figure) verdict(theirs, ours float64) string {
	bound, v := f.aim, ours
	if f.equal {
		v = ours / theirs
	}
	switch {
	case math.IsNaN(bound) || math.IsNaN(v):
		return ""
	case v <= bound:
		return "yes"
	}
	return "NO"
}
