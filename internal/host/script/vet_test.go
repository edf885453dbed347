package script

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"holdfast/conf"
	"holdfast/conf/diag"
)

// source is a configuration without includes.
type source string

func (s source) ReadFile(string) ([]byte, error) { return []byte(s), nil }
func (source) Glob(string) ([]string, error)     { return nil, os.ErrNotExist }
func (source) Getenv(string) string              { return "" }

// The same for the scripts of virtual servers.
func TestVetServers(t *testing.T) {
	const (
		misc      = "MISC_CHECK {\n misc_path \"/usr/bin/true a\"\n}\n"
		miscOwn   = "MISC_CHECK {\n misc_path /usr/bin/true\n user web\n}\n"
		miscOther = "MISC_CHECK {\n misc_path /usr/bin/true\n user nosuch\n}\n"
		miscGone  = "MISC_CHECK {\n misc_path /nowhere/x\n}\n"
		up        = "notify_up /usr/bin/true\n"
		upOther   = "notify_up /usr/bin/true nosuch\n"
		unknown   = "global_defs {\n script_user nosuch\n}\n"
		secure    = "global_defs {\n enable_script_security\n}\n"

		violation = "SECURITY VIOLATION - check scripts are being executed but script_security not enabled."
	)
	server := func(inner string) string {
		return "virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nreal_server 192.0.2.2 80 {\n" + inner + "}\n}\n"
	}
	for name, c := range map[string]struct {
		text string
		runs []bool
		told []string // keepalived's lines of -t
	}{
		"default":            {server(misc + up), []bool{true, true}, []string{violation}},
		"own user":           {server(miscOwn), []bool{true}, []string{violation}},
		"own user gone":      {server(miscOther), []bool{false}, []string{"(f: Line 8) Failed to set uid/gid for misc checker script '/usr/bin/true' - removing"}},
		"notify's user gone": {server(upOther), []bool{false}, nil},
		"no such program":    {server(miscGone), []bool{false}, nil},
		"quorum": {"virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\nquorum_up /usr/bin/true\nquorum_down /nowhere/x\n" +
			"real_server 192.0.2.2 80 {\n}\n}\n", []bool{true, false}, []string{violation}},
		"script_user gone": {unknown + server(misc), []bool{false}, []string{
			"(f: Line 2) Error setting global script uid/gid", "(f: Line 11) Unable to set default user for misc script '/usr/bin/true' 'a' - removing",
		}},
		"security": {secure + server(misc), []bool{false}, []string{
			"(f: Line 11) Unable to set default user keepalived_script for script",
			"(f: Line 11) Unable to set default user for misc script '/usr/bin/true' 'a' - removing",
		}},
		"security with an account": {secure + server(miscOwn), []bool{true}, nil},
		"nothing":                  {server(""), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, found := conf.Load(source(c.text), "f", conf.Options{})
			if found.HasErrors() {
				t.Fatal(found.Error())
			}
			files := Checker{Files: Disk{}, Dir: "/", Security: cfg.Global.EnableScriptSecurity.V}
			v := VetServers(cfg, &files, accounts{"web": {33, 33}})
			var runs []bool
			for i := range v.Scripts {
				_, ok := v.Scripts[i].Job()
				runs = append(runs, ok)
			}
			// notify_up stands before the checkers in the list.
			if got, want := fmt.Sprint(runs), fmt.Sprint(c.runs); got != want {
				t.Errorf("run %s, want %s", got, want)
			}
			findings := v.Findings()
			if got, want := strings.Join(diag.CompatLines(&findings), "\n"), strings.Join(c.told, "\n"); got != want {
				t.Errorf("told:\n%s\nwant:\n%s", got, want)
			}
			// The process says so too, among more.
			var said []string
			for _, l := range v.Told() {
				said = append(said, l.Text)
			}
			for _, want := range c.told {
				if !slices.Contains(said, want) {
					t.Errorf("the process does not say %q, but\n%s", want, strings.Join(said, "\n"))
				}
			}
		})
	}
}

// The same for startup_script and shutdown_script, whose account is looked for where they stand.
func TestVetStart(t *testing.T) {
	const violation = "SECURITY VIOLATION - start/shutdown scripts are being executed but script_security not enabled."
	for name, c := range map[string]struct{ text, told string }{
		"default":             {"startup_script /usr/bin/true", violation},
		"own user":            {"startup_script /usr/bin/true web", violation},
		"own user gone":       {"shutdown_script /usr/bin/true nosuch", "(f: Line 2) Invalid shutdown script"},
		"own group gone":      {"shutdown_script /usr/bin/true web nosuch", "(f: Line 2) Invalid shutdown script"},
		"script_user gone":    {"script_user nosuch\nstartup_script /usr/bin/true", "(f: Line 2) Error setting global script uid/gid\n(f: Line 3) Invalid startup script"},
		"no such program":     {"startup_script /nowhere/x", ""},
		"directory":           {"startup_script /usr", violation},
		"security above":      {"enable_script_security\nstartup_script /usr/bin/true", "(f: Line 3) Unable to set default user keepalived_script for script\n(f: Line 3) Invalid startup script"},
		"security below":      {"startup_script /usr/bin/true\nenable_script_security", ""},
		"security, user":      {"enable_script_security\nscript_user web\nstartup_script /usr/bin/true", ""},
		"security, user late": {"enable_script_security\nstartup_script /usr/bin/true\nscript_user web", "(f: Line 3) Unable to set default user keepalived_script for script\n(f: Line 3) Invalid startup script"},
		"nothing":             {"router_id x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, found := conf.Load(source("global_defs {\n"+c.text+"\n}\n"), "f", conf.Options{})
			if found.HasErrors() {
				t.Fatal(found.Error())
			}
			files := Checker{Files: Disk{}, Dir: "/", Security: cfg.Global.EnableScriptSecurity.V}
			findings := VetStart(cfg, &files, accounts{"web": {33, 33}}).Findings()
			if got := strings.Join(diag.CompatLines(&findings), "\n"); got != c.told {
				t.Errorf("told:\n%s\nwant:\n%s", got, c.told)
			}
		})
	}
}

// What the parent says depends on whether VRRP looks at the readers of its FIFOs itself.
func TestJudgeStart(t *testing.T) {
	const text = "global_defs {\nenable_script_security\nstartup_script /bin/true\nnotify_fifo /f nosuch\nnotify_fifo_script /nowhere/x web\n" +
		"lvs_notify_fifo /l web nosuch\nlvs_notify_fifo_script /nowhere/y web\n}\n"
	for name, c := range map[string]struct{ text, want string }{
		"alone": {text, "3 Unable to set default user keepalived_script for script\n3 Invalid startup script\n5 \n7 \n4 \n6 \n"},
		"with VRRP": {
			text + "vrrp_instance VI {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n 192.0.2.1\n}\n}\n",
			"3 Invalid startup script\n7 \n4 \n6 \n",
		},
	} {
		cfg, _ := conf.Load(source(c.text), "f", conf.Options{})
		files := Checker{Files: Disk{}, Dir: "/", Security: true}
		list := JudgeStart(cfg, &files, accounts{"web": {33, 33}})
		var got strings.Builder
		for _, d := range list.All() {
			fmt.Fprintln(&got, d.At.Line(), d.Compat)
		}
		if got.String() != c.want {
			t.Errorf("%s:\n%swant:\n%s", name, got.String(), c.want)
		}
	}
}

// Whom scripts run as, and what is said if that is nobody.
func TestVet(t *testing.T) {
	const (
		chk      = "vrrp_script chk {\n script /usr/bin/true\n}\n"
		chkOwn   = "vrrp_script chk {\n script /usr/bin/true\n user web\n}\n"
		chkOther = "vrrp_script chk {\n script /usr/bin/true\n user nosuch\n}\n"
		vi       = "vrrp_instance VI {\n interface eth0\n virtual_router_id 1\n notify_master /usr/bin/true\n}\n"
		viOther  = "vrrp_instance VI {\n interface eth0\n virtual_router_id 1\n notify_master /usr/bin/true nosuch\n}\n"
		unknown  = "global_defs {\n script_user nosuch\n}\n"
		known    = "global_defs {\n script_user web\n}\n"
		secure   = "global_defs {\n enable_script_security\n}\n"

		violation = "SECURITY VIOLATION - scripts are being executed but script_security not enabled."
	)
	self := Self().UID
	for name, c := range map[string]struct {
		text string
		uids []int    // -1: not run
		told []string // keepalived's lines of -t
	}{
		"default":                         {chk + vi, []int{int(self), int(self)}, []string{violation}},
		"script_user":                     {known + chk + vi, []int{33, 33}, []string{violation}},
		"own user":                        {chkOwn + vi, []int{33, int(self)}, []string{violation}},
		"script_user, gone":               {unknown + chk + vi, []int{-1, -1}, []string{"(f: Line 2) Error setting global script uid/gid", "(f: Line 6) Unable to set default user for vrrp script chk - removing"}},
		"own user, with script_user gone": {unknown + chkOwn + vi, []int{33, -1}, []string{"(f: Line 2) Error setting global script uid/gid", violation}},
		"own users gone":                  {chkOther + viOther, []int{-1, -1}, []string{"(f: Line 3) Unable to set uid/gid for script '/usr/bin/true'"}},
		"security": {secure + chk + vi, []int{-1, -1}, []string{
			"(f: Line 6) Unable to set default user keepalived_script for script", "(f: Line 6) Unable to set default user for vrrp script chk - removing",
		}},
		"security, notify only":       {secure + vi, []int{-1}, []string{"(f: Line 7) Unable to set default user keepalived_script for script"}},
		"security with an account":    {secure + chkOwn, []int{33}, nil},
		"script_user gone, no script": {unknown, nil, []string{"(f: Line 2) Error setting global script uid/gid"}},
		"nothing":                     {"", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, found := conf.Load(source(c.text), "f", conf.Options{})
			if found.HasErrors() {
				t.Fatal(found.Error())
			}
			files := Checker{Files: Disk{}, Dir: "/", Security: cfg.Global.EnableScriptSecurity.V}
			v := Vet(cfg, &files, accounts{"web": {33, 33}})
			var uids []int
			for i := range v.Scripts {
				uid := -1
				if job, ok := v.Scripts[i].Job(); ok && job.User != nil {
					uid = int(job.User.UID)
				} else if ok {
					uid = int(self)
				}
				uids = append(uids, uid)
			}
			if got, want := fmt.Sprint(uids), fmt.Sprint(c.uids); got != want {
				t.Errorf("run as %s, want %s", got, want)
			}
			findings := v.Findings()
			if got, want := strings.Join(diag.CompatLines(&findings), "\n"), strings.Join(c.told, "\n"); got != want {
				t.Errorf("told:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
