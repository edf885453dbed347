package script

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/test/netns/need"
)

// Bodies of configurations beside global_defs.
const (
	aRouter = "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress { 198.51.100.9 }\n}\n"
	aServer = "virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n}\n}\n"
	aScript = "vrrp_script c {\nscript /bin/true\n}\n"
	secure  = "enable_script_security\n"
)

// bodies are what global_defs may be beside.
var bodies = map[string]string{
	"nothing": "", "router": aRouter, "server": aServer, "all": aScript + aServer + aRouter,
}

// globals are lines of global_defs; @ is a directory with programs.
func globals() []string {
	var out []string
	programs := []string{
		"/bin/true", "true", "nosuchprogram", "/nowhere/x", "/etc", "@/plain", "@/good", "@/open", `"@/good a b"`, "/bin/true root",
		"/bin/true root root", "/bin/true nosuchuser", "/bin/true root nosuchgroup", "/nowhere/x nosuchuser", "/bin/true 0",
	}
	for _, k := range []string{"notify_fifo_script", "vrrp_notify_fifo_script", "lvs_notify_fifo_script", "startup_script", "shutdown_script"} {
		if k == "shutdown_script" {
			programs = []string{"/bin/true", "/nowhere/x", "@/open", "/bin/true nosuchuser"}
		}
		for _, p := range programs {
			out = append(out, k+" "+p+"\n", secure+k+" "+p+"\n")
		}
	}
	for _, k := range []string{"notify_fifo", "vrrp_notify_fifo", "lvs_notify_fifo"} {
		for _, owner := range []string{"", " root", " nosuchuser", " root nosuchgroup", " root root", " 0"} {
			out = append(out, k+" @/fifo"+owner+"\n", secure+k+" @/fifo"+owner+"\n"+k+"_script /bin/true\n")
		}
	}
	return append(out,
		"script_user nosuchuser\n", "script_user root\n", "script_user root nosuchgroup\n", "script_user 0\n",
		"script_user nosuchuser\nstartup_script /bin/true\n", "script_user root\nstartup_script /bin/true\n",
		"script_user root\n"+secure+"startup_script @/open\nshutdown_script @/good\n",
		"script_user nosuchuser\nnotify_fifo_script /bin/true\n",
		secure+"startup_script /bin/true\nshutdown_script /bin/true\n",
		secure+"vrrp_notify_fifo_script /bin/true\nnotify_fifo_script /bin/true\nshutdown_script /bin/true\n",
		"startup_script /bin/true nosuchuser\nshutdown_script @/open\n",
	)
}

// TestJudgeBesideKeepalived holds what Judge says and decides against keepalived -t, for every line of global_defs that names a
// program or an account.
func TestJudgeBesideKeepalived(t *testing.T) {
	ns := need.Namespace(t, "hfjudge")
	if _, _, err := (Accounts{}).User(DefaultUser); err == nil {
		t.Skip("needs a host without the account " + DefaultUser)
	}
	dir := "/run/hfjudge" // under /tmp no path is safe
	dir = fmt.Sprintf("%s%d", dir, os.Getpid())
	t.Cleanup(func() { os.RemoveAll(dir) })
	err := errors.Join(os.Mkdir(dir, 0o755), os.Chmod(dir, 0o755))
	for name, mode := range map[string]os.FileMode{"plain": 0o644, "good": 0o755, "open": 0o777} {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.WriteFile(path, []byte("#!/bin/sh\n"), mode), os.Chmod(path, mode))
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			for _, g := range globals() {
				text := "global_defs {\n" + strings.ReplaceAll(g, "@", dir) + "}\n" + body
				want, status := keepalivedSays(t, ns, filepath.Join(dir, "f.conf"), text)
				got, ours := judgeSays(t, text)
				if d := cmp.Diff(want, got); d != "" || status != ours {
					t.Errorf("%s exit status %d, keepalived's is %d; lines -keepalived +ours:\n%s", g, ours, status, d)
				}
			}
		})
	}
}

func judgeSays(t *testing.T, text string) ([]string, int) {
	t.Helper()
	cfg, list := conf.Load(source(text), "f.conf", conf.Options{})
	list.Join(Judge(cfg))
	return said(strings.Join(diag.CompatLines(&list), "\n")), list.ExitClass().ExitStatus()
}

func keepalivedSays(t *testing.T, ns, path, text string) ([]string, int) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", ns, "keepalived", "-t", "-f", path)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it may signal its process group
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said(string(out)), cmd.ProcessState.ExitCode()
}

var fileName = regexp.MustCompile(`^\((?:[^():]*: )?Line`)

// said are the lines, sorted, each once, without the file's name.
func said(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		if l != "" {
			out = append(out, fileName.ReplaceAllString(l, "(Line"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
