package conf_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/test/netns/need"
)

const keepalived = "/usr/sbin/keepalived"

// TestOracle holds what we say about a configuration against what keepalived -t says: the same lines and the
// same exit status. It runs in a network namespace with eth0, eth1, eth2 and lo.
func TestOracle(t *testing.T) {
	ns := need.Namespace(t, "hfconf")
	archives, err := filepath.Glob("testdata/oracle/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no snippets: %v", err)
	}
	for _, path := range archives {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimSuffix(filepath.Base(path), ".txtar")
		dir := t.TempDir()
		for _, f := range ar.Files {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range ar.Files {
			if !strings.HasSuffix(f.Name, ".conf") {
				continue // included by another one
			}
			t.Run(kind+"/"+strings.TrimSuffix(f.Name, ".conf"), func(t *testing.T) {
				compareWithOracle(t, ns, dir, f.Name)
			})
		}
	}
}

// TestOracleExamples does the same for whole files: our own, and those in the folder that HOLDFAST_SEEDS names
// or that lies beside the repository.
func TestOracleExamples(t *testing.T) {
	ns := need.Namespace(t, "hfconf")
	for _, dir := range exampleFolders() {
		files, err := filepath.Glob(filepath.Join(dir, "*.conf"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no examples: %v", dir, err)
		}
		for _, f := range files {
			t.Run(filepath.Base(f), func(t *testing.T) { compareWithOracle(t, ns, dir, filepath.Base(f)) })
		}
	}
}

func exampleFolders() []string {
	dirs := []string{"testdata/examples"}
	if d := os.Getenv("HOLDFAST_SEEDS"); d != "" {
		dirs = append(dirs, d)
	} else if _, err := os.Stat("../../shared/seeds/configs"); err == nil {
		dirs = append(dirs, "../../shared/seeds/configs")
	}
	return dirs
}

// structural are the findings behind which keepalived's reading of braces parts from ours: it goes on line by line, we
// skip the block. Only what comes before is compared, and the exit status.
var structural = map[string]bool{
	"unknown-block": true, "unexpected-open-brace": true, "missing-open-brace": true, "missing-argument": true,
	"web-white-space": true, "group-name": true,
}

func compareWithOracle(t *testing.T, ns, dir, name string) {
	cmd := exec.Command("ip", "netns", "exec", ns, keepalived, "-t", "-f", name, "-i", "oracle")
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code < 0 || code > 127 {
		t.Fatalf("keepalived crashed on it: %v", err)
	}

	cfg, list := conf.Load(dirSource{dir}, name, conf.Options{ConfigID: "oracle", CPUs: 2})
	addHostFindings(cfg, &list)
	limit := 1 << 30
	for _, d := range list.All() {
		if structural[d.Code] && d.Class != diag.ClassNone {
			limit = min(limit, d.At.Line())
		}
		if d.Code == "web-white-space" {
			limit = 0
		}
	}
	want := normalLines(said.String(), name, limit)
	got := normalLines(strings.Join(diag.CompatLines(&list), "\n"), name, limit)
	if !maps.Equal(want, got) {
		for _, l := range slices.Sorted(maps.Keys(want)) {
			if !got[l] {
				t.Errorf("only keepalived: %s", l)
			}
		}
		for _, l := range slices.Sorted(maps.Keys(got)) {
			if !want[l] {
				t.Errorf("only we:         %s", l)
			}
		}
	}
	if want, got := cmd.ProcessState.ExitCode(), list.ExitClass().ExitStatus(); want != got {
		t.Errorf("exit status %d, keepalived's is %d", got, want)
	}
}

var (
	lineNumber = regexp.MustCompile(`^\((?:([^():]+): )?Line (\d+)\) `)
	// noise are lines that say nothing about the configuration.
	noise = regexp.MustCompile(`^(Script user '|WARNING - default user )`)
)

// normalLines makes a set of lines: the main file's name is dropped, as keepalived itself does in the parent.
func normalLines(text, name string, limit int) map[string]bool {
	out := map[string]bool{}
	for l := range strings.SplitSeq(text, "\n") {
		l = strings.TrimRight(l, " ")
		if l == "" || noise.MatchString(l) {
			continue
		}
		if m := lineNumber.FindStringSubmatch(l); m != nil {
			if n, _ := strconv.Atoi(m[2]); n > limit && (m[1] == "" || m[1] == name) {
				continue
			}
			if m[1] == name {
				l = "(Line " + m[2] + ") " + l[len(m[0]):]
			}
		} else if limit < 1<<30 {
			continue // told at the end, when everything after the limit has had its say
		}
		out[l] = true
	}
	return out
}

// addHostFindings reports interfaces that the namespace lacks, and scripts that no host has, as the daemon does.
func addHostFindings(cfg *conf.Config, l *diag.List) {
	for _, s := range cfg.Scripts {
		if len(cfg.Instances) > 0 && strings.HasPrefix(s.Command.Argv[0], "/nowhere/") {
			l.Add(conf.InaccessibleScript(s))
		}
	}
	found, _ := conf.CheckInterfaces(cfg, map[string]bool{
		"lo": true, "eth0": false, "eth1": false, "eth2": false, "p0": false, "p1": false, "p2": false,
	})
	l.Add(found.All()...)
}
