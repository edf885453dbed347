package names

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/test/netns/need"
)

// disk is the host as keepalived sees it in judged: etc stands for /etc/iproute2.
type disk struct{ etc string }

func (d disk) ReadFile(path string) ([]byte, error) {
	if file, ok := strings.CutPrefix(path, "/etc/iproute2/"); ok {
		path = filepath.Join(d.etc, file)
	}
	return os.ReadFile(path)
}
func (disk) Glob(string) ([]string, error) { return nil, fs.ErrNotExist }
func (disk) Getenv(string) string          { return "" }

var _ syntax.Source = disk{}

// words are what the test puts behind each option: names of every kind that a file may define, and numbers.
var words = []string{
	"unspec", "local", "main", "default", "one", "hex", "octal", "plus", "first", "second", "three", "comment", "bad", "digit", "gap", "binary",
	"minus", "largest", "larger", "hash", "bang", "own", "static", "kernel", "keepalived", "bgp", "zebra", "babel", "global", "site",
	"nowhere", "universe", "cosmos", "AF11", "EF", "tcp", "vrrp", "ddp", "nosuch", "77", "0x4e", "300",
}

// options are lines with a place for a name.
var options = []string{
	"10.1.0.0/24 dev eth0 no_track table %s", "10.1.0.0/24 dev eth0 no_track protocol %s", "10.1.0.0/24 dev eth0 no_track scope %s",
	"10.1.0.0/24 dev eth0 no_track realms %s", "10.1.0.0/24 dev eth0 no_track realms one/%s", "10.1.0.0/24 dev eth0 no_track tos %s",
}

var ruleOptions = []string{
	"from 10.1.0.0/24 preference 5 table %s", "from 10.1.0.0/24 preference 5 table 9 suppress_ifgroup %s", "from 10.1.0.0/24 preference 5 table 9 ipproto %s",
}

// TestHostBesideKeepalived holds what a configuration of all these lines comes to against what keepalived -t says, on
// a host that has every file, one that has none, and one as it was installed.
func TestHostBesideKeepalived(t *testing.T) {
	ns := need.Namespace(t, "hfnames")
	need.Command(t, "unshare", "util-linux")
	all := t.TempDir()
	for _, file := range []string{"rt_tables", "rt_protos", "rt_scopes", "rt_realms", "rt_dsfield", "group"} {
		for path, text := range map[string]string{file: tables, file + ".d/own.conf": "99 own\n"} {
			path = filepath.Join(all, path)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, etc := range map[string]string{"all": all, "none": t.TempDir(), "installed": "/etc/iproute2"} {
		t.Run(name, func(t *testing.T) {
			file := write(t, allNames())
			src := disk{etc}
			names := Host(src)
			names.Only = true
			_, list := conf.Load(src, file, conf.Options{Names: names})
			got := complaints(strings.Join(diag.CompatLines(&list), "\n"))
			want := complaints(judged(t, ns, etc, file))
			if len(want) < 20 {
				t.Fatalf("keepalived complains about %d lines only", len(want))
			}
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
		})
	}
}

// write makes a configuration file.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "names.conf")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// allNames is a configuration with every word behind every option.
func allNames() string {
	var b strings.Builder
	b.WriteString("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress { 198.51.100.9 }\nvirtual_routes {\n")
	for _, o := range options {
		for _, w := range words {
			fmt.Fprintf(&b, o+"\n", w)
		}
	}
	b.WriteString("}\nvirtual_rules {\n")
	for _, o := range ruleOptions {
		for _, w := range words {
			fmt.Fprintf(&b, o+"\n", w)
		}
	}
	b.WriteString("}\n}\n")
	return b.String()
}

// judged is what keepalived -t says where etc is /etc/iproute2.
func judged(t *testing.T, ns, etc, file string) string {
	t.Helper()
	cmd := exec.Command("ip", "netns", "exec", ns, "unshare", "--mount", "--propagation", "private", "sh", "-c",
		`mount -t tmpfs none /run && mount --bind "$0" /etc/iproute2 && exec keepalived -t -f "$1"`, etc, file)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it may signal its process group
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out)
}

var lineOf = regexp.MustCompile(`^\([^()]*Line \d+\) `)

// complaints makes a set of the lines about lines of the file; the file's name is dropped.
func complaints(text string) map[string]bool {
	out := map[string]bool{}
	for l := range strings.SplitSeq(text, "\n") {
		if m := lineOf.FindString(l); m != "" {
			out[m[strings.Index(m, "Line"):]+l[len(m):]] = true
		}
	}
	return out
}
