package format_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf/format"
	"holdfast/test/netns/need"
)

const keepalived = "/usr/sbin/keepalived"

// TestOracle has keepalived judge the corpus before and after formatting, and whole configurations once more after their
// layout has been spoilt in ways that keepalived does not mind: the verdict must stay, and spoilt files must come out as
// the others do.
func TestOracle(t *testing.T) {
	ns := need.Namespace(t, "hffmt")
	var compared atomic.Int64
	var all sync.WaitGroup
	places := make(chan struct{}, 16) // keepalived waits more than it works
	for path, files := range corpus(t) {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			compareFiles(t, ns, path, files, &compared)
		})
	}
	all.Wait()
	t.Logf("%d files", compared.Load())
}

// compareFiles holds one archive's files, as they are and formatted, against keepalived.
func compareFiles(t *testing.T, ns, path string, files mapSource, compared *atomic.Int64) {
	dir := t.TempDir()
	for name, text := range files {
		if !strings.HasSuffix(name, ".conf") && name != "in" && name != "out" {
			continue
		}
		out, list := format.Source(name, []byte(text))
		if list.HasErrors() {
			continue
		}
		compared.Add(1)
		want := verdict(t, ns, dir, files, name, text)
		if d := cmp.Diff(want, verdict(t, ns, dir, files, name, string(out))); d != "" {
			t.Errorf("keepalived reads this differently when it is formatted (-before +after):\n%s\n%s", text, d)
		}
		if !strings.HasSuffix(path, ".conf") {
			continue
		}
		for how, spoil := range spoilers {
			bad := spoil(string(out))
			if d := cmp.Diff(want, verdict(t, ns, dir, files, name, bad)); d != "" {
				continue // this way, the file means something else
			}
			again, list := format.Source(name, []byte(bad))
			if list.HasErrors() {
				t.Errorf("%s: %v:\n%s", how, list.Err(), bad)
				continue
			}
			if d := cmp.Diff(string(out), string(again)); d != "" && !strings.Contains(bad, "\u00a0") {
				t.Errorf("%s: not mended (-want +got):\n%s", how, d)
			}
			if bytes.Equal(again, out) {
				continue
			}
			if d := cmp.Diff(want, verdict(t, ns, dir, files, name, string(again))); d != "" {
				t.Errorf("%s: keepalived reads the result differently (-before +after):\n%s\n%s", how, bad, d)
			}
		}
	}
}

var (
	openAtEnd = regexp.MustCompile(`(?m)^( *)([^ \n@#!~$;"'\\/][^\n@#!~$;"'\\/]*) \{$`)
	closeLine = regexp.MustCompile(`(?m)^([^\n#!~$;@"'\\/]*)\n *\}$`)
)

// spoilers change the layout of formatted text.
var spoilers = map[string]func(string) string{
	"braces on lines of their own": func(s string) string { return openAtEnd.ReplaceAllString(s, "$1$2\n\n$1 {") },
	"braces that touch":            func(s string) string { return openAtEnd.ReplaceAllString(s, "$1$2{") },
	"closing braces joined":        func(s string) string { return closeLine.ReplaceAllString(s, "$1}") },
}

// patience is how long keepalived may take over one file; some bombs it reads until it is killed.
const patience = 10 * time.Second

// verdict is what keepalived -t says of text as one of files, put into dir, without the numbers of lines.
func verdict(t *testing.T, ns, dir string, files mapSource, name, text string) []string {
	t.Helper()
	for k, v := range files {
		if k == name {
			v = text
		}
		path := filepath.Join(dir, k)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(v), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ip", "netns", "exec", ns, keepalived, "-t", "-f", name, "-i", "main")
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code < 0 || code > 127 {
		return []string{"it crashes or goes on for ever"}
	}
	out := lineNumbers.ReplaceAllString(said.String(), "Line N")
	return append(strings.Split(out, "\n"), cmd.ProcessState.String())
}

var lineNumbers = regexp.MustCompile(`\bLine \d+\b`)
