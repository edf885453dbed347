package main

import (
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/conf/syntax"
)

func TestListener(t *testing.T) {
	r := &run{book: newBook()}
	l := &listener{run: r}
	for _, part := range []string{"# progress\n@sample back-tcp hold", "fast 0.25\n@sample back-tcp holdfast 0.5\n", "bench: it failed\nbecause\n"} {
		if _, err := l.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if v := r.book.of("back-tcp", subject{name: "holdfast"}); len(v) != 2 || v[0] != 0.25 || v[1] != 0.5 {
		t.Errorf("samples %v", v)
	}
	if got := strings.Join(l.rest, ";"); got != "bench: it failed;because" || l.err != nil {
		t.Errorf("the failure is %q, %v", got, l.err)
	}
	if _, err := l.Write([]byte("@sample back-tcp holdfast much\n")); err != nil || l.err == nil {
		t.Errorf("a sample that is no number: %v, %v", err, l.err)
	}
}

func TestActiveOpens(t *testing.T) {
	n, err := activeOpens("Ip: Forwarding\nIp: 1\nTcp: RtoAlgorithm MaxConn ActiveOpens PassiveOpens\nTcp: 1 -1 4711 2\n")
	if err != nil || n != 4711 {
		t.Errorf("%v, %v", n, err)
	}
	for _, bad := range []string{"", "Tcp: A\nTcp: 1\n", "Tcp: A ActiveOpens\nTcp: 1\n", "Tcp: A ActiveOpens\nTcp: 1 x\n"} {
		if n, err := activeOpens(bad); err == nil {
			t.Errorf("%q gives %v", bad, n)
		}
	}
}

type fileSource string

func (s fileSource) ReadFile(string) ([]byte, error) { return []byte(s), nil }
func (s fileSource) Glob(string) ([]string, error)   { return nil, nil }
func (s fileSource) Getenv(string) string            { return "" }

var _ syntax.Source = fileSource("")

// The farms' configurations are read without a finding, and have as many servers as they should.
func TestFarm(t *testing.T) {
	for _, f := range []farm{{servers: 250, kind: httpCheck, mortals: 20}, {servers: 99, mortals: 1, weight: 2}, {servers: 100, kind: tcpCheck}} {
		cfg, findings := conf.Load(fileSource(f.conf("")), "farm", conf.Options{})
		if len(findings.All()) > 0 {
			t.Fatal(findings.All()[0])
		}
		n := 0
		for _, vs := range cfg.VirtualServers {
			n += len(vs.RealServers)
		}
		if n != f.servers+f.mortals {
			t.Errorf("%+v has %d servers", f, n)
		}
	}
}

// So are those of the cluster, with each pool.
func TestClusterConf(t *testing.T) {
	for p, want := range map[pool]int{poolAtFirst: 2, poolWeighed: 2, poolChanged: 2, poolDrained: 1} {
		for _, n := range []node{nodeA, nodeB} {
			c := &cluster{pool: p}
			cfg, findings := conf.Load(fileSource(c.conf(n)), "cluster", conf.Options{})
			if len(findings.All()) > 0 {
				t.Fatal(findings.All()[0])
			}
			if got := len(cfg.VirtualServers[0].RealServers); got != want || len(cfg.Instances) != 1 {
				t.Errorf("%v has %d servers and %d instances", p, got, len(cfg.Instances))
			}
		}
	}
}
