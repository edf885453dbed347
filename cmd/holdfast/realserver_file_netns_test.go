package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"holdfast/test/netns/lab"
	"holdfast/test/schema"
)

// judged reads what check --json wrote and holds it against docs/realserver.schema.json.
func judged(t *testing.T, text string) (doc jsonServing) {
	t.Helper()
	s, err := schema.Read("../../docs/realserver.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var any any
	if err := json.Unmarshal([]byte(text), &any); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, fault := range s.Check(any) {
		t.Error(fault)
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// A director's file says which addresses this host must have, and for programs it is said as JSON.
func TestCheckOfFile(t *testing.T) {
	t.Parallel()
	n := lab.New(t).Node("s").Link("eth0", "br0", "10.9.0.2/24")
	conf := filepath.Join(t.TempDir(), "keepalived.conf")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const servers = "real_server 10.9.0.2 80 {\n}\nreal_server 10.9.0.3 80 {\n}\n}\n"
	write("virtual_server 10.9.0.50 80 {\nlvs_method DR\n" + servers + "virtual_server 10.9.0.51 80 {\nlvs_method NAT\n" + servers)
	out, status := realServer(t, n, "check", "-f", conf, "--json")
	doc := judged(t, out)
	if status != statusFound || doc.Ready || len(doc.Addresses) != 1 || doc.Addresses[0].Ready || len(doc.Findings) != 3 || len(doc.Notes) != 1 {
		t.Errorf("exit status %d: %s", status, out)
	}
	for _, f := range doc.Findings {
		for _, command := range f.Mend {
			shell(t, n, command)
		}
	}
	out = done(t, n, "check", "-f", conf, "--json")
	if doc := judged(t, out); !doc.Ready || len(doc.Addresses) != 1 || !doc.Addresses[0].Ready || len(doc.Findings) != 0 {
		t.Errorf("after mending: %s", out)
	}
	if out := done(t, n, "check", "-f", conf); !strings.HasSuffix(out, "\n10.9.0.50: ready\n") || !strings.HasPrefix(out, "note: 10.9.0.51 comes by NAT") {
		t.Errorf("as text: %s", out)
	}
	write("virtual_server 10.9.0.50 80 {\nlvs_method TUN\n" + servers)
	if out, status := realServer(t, n, "check", "-f", conf); status != statusFound || !strings.Contains(out, "there is no interface tunl0 (ipip) [no-tunnel]") {
		// Where the kernel has tunnels of that type, there may be a tunl0, which is down.
		if !strings.Contains(out, "interface tunl0 is down [link-down]") {
			t.Errorf("a tunnel: exit status %d: %s", status, out)
		}
	}
	write("virtual_server 10.9.0.50 80 {\nlvs_method DR\nreal_server 10.9.0.3 80 {\n}\n}\n")
	if out, status := realServer(t, n, "check", "-f", conf); status != statusFound || out != "realserver: check: no virtual server of "+conf+" has a real server with an address of this host\n" {
		t.Errorf("not one of them: exit status %d: %s", status, out)
	}
}

// Several at once wait for each other: none forgets what another has done.
func TestUpAtOnce(t *testing.T) {
	t.Parallel()
	n := lab.New(t).Node("s").Link("eth0", "br0", "10.9.0.2/24")
	before := state(t, n)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if out, status := realServer(t, n, "up", fmt.Sprintf("10.9.0.%d", 50+i)); status != 0 {
				t.Errorf("exit status %d: %s", status, out)
			}
		})
	}
	all.Wait()
	if out := done(t, n, "check"); strings.Count(out, ": ready\n") != 8 {
		t.Error(out)
	}
	done(t, n, "down")
	if after := state(t, n); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
}
