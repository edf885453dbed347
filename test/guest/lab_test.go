package guest

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/internal/lab"
	"holdfast/test/guest/uml"
)

// The lab's cluster behind a router, as a user plays it: in a guest that the lab starts by itself where this kernel has no IPVS. What
// the lab expects has to hold, and both servers have to have served.
func TestLabPlaysACluster(t *testing.T) {
	t.Parallel()
	uml.Need(t)
	// The program's name has to be its own: as keepalived it has no sub-commands.
	program := filepath.Join(t.TempDir(), "holdfast")
	text, err := os.ReadFile(ours(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	var out, lines bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "lab", "--scenario", "dr", "--json")
	cmd.Stdout, cmd.Stderr = &out, &lines
	err = cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	var r lab.Result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s\n%s", err, out.Bytes(), lines.Bytes())
	}
	if len(r.Pairs) != 1 || len(r.Pairs[0].Rows) < 30 || !r.OK || !r.Pairs[0].OK || err != nil {
		t.Errorf("%v: %s\n%s", err, out.Bytes(), lines.Bytes())
	}
	fair := 0
	for _, row := range r.Pairs[0].Rows {
		if !row.OK {
			t.Errorf("%s: expected %s, measured %s", row.Step, row.Want, row.Got)
		}
		if strings.Contains(row.Got, "web1 ") && strings.Contains(row.Got, "web2 ") {
			fair++
		}
	}
	if fair < 4 {
		t.Errorf("in %d steps both have served:\n%s", fair, out.Bytes())
	}
	for _, want := range []string{
		"r1: table 192.168.11.100:80 rr → 192.168.12.121:80 Route 1, 192.168.12.122:80 Route 1",
		"r1: table 192.168.11.100:80 rr → 127.0.0.1:80 Route 1",
		"requests/s: sorry ", "requests/s: web1 ", "r2: advertises virtual router 220 with priority 90",
	} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("nobody said %q:\n%s", want, lines.Bytes())
		}
	}
	if r.Live == nil || r.Live.First <= 0 {
		t.Errorf("the live view began after %+v", r.Live)
	}
}
