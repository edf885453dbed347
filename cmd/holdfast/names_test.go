package main

import (
	"io/fs"
	"testing"

	"holdfast/conf/syntax"
)

// host is a host's files by their paths.
type host map[string]string

func (h host) ReadFile(path string) ([]byte, error) {
	if text, ok := h[path]; ok {
		return []byte(text), nil
	}
	return nil, fs.ErrNotExist
}
func (host) Glob(string) ([]string, error) { return nil, fs.ErrNotExist }
func (host) Getenv(string) string          { return "" }

// TestNamesOfTheHost has a route use a name of the host's, and a child that reads the recorded configuration use the same
// after the host's file has changed.
func TestNamesOfTheHost(t *testing.T) {
	files := host{
		"main.conf":               "static_routes {\n10.1.0.0/24 dev eth0 table uplink\n}\n",
		"/etc/iproute2/rt_tables": "77 uplink\n",
	}
	rec := syntax.NewRecorder(files)
	read := loader(&command{}, 1)
	cfg, found := read(rec, "main.conf")
	if found.HasErrors() || len(cfg.Static.Routes) != 1 || cfg.Static.Routes[0].Table.V != 77 {
		t.Fatalf("%v; %+v", found.All(), cfg.Static.Routes)
	}
	files["/etc/iproute2/rt_tables"] = "78 uplink\n"
	cfg, _ = read(rec.Snapshot(), "main.conf")
	if got := cfg.Static.Routes[0].Table.V; got != 77 {
		t.Errorf("a child reads table %d, its parent read 77", got)
	}
	delete(files, "/etc/iproute2/rt_tables")
	if _, found = read(files, "main.conf"); !found.HasErrors() {
		t.Errorf("a name that the host does not have is taken: %v", found.All())
	}

	// The host of this file has no name for 186; others call it bgp.
	files["main.conf"] = "static_routes {\n10.1.0.0/24 dev eth0 protocol bgp\n}\n"
	if _, found = read(files, "main.conf"); !found.HasErrors() {
		t.Error("bgp is taken on a host that does not know it")
	}
	if _, found = loader(&command{}, 0)(files, "main.conf"); found.HasErrors() {
		t.Errorf("bgp is refused when the file is judged for any host: %v", found.All())
	}
}
