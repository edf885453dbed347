package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/explain"
)

var scriptRules = []Rule{
	{
		Text: explain.Text{
			Code: "LINT030", Title: "a script nobody tracks",
			Means: "A vrrp_script is defined, and no track_script block of an instance or a sync group names it.",
			Hurts: "The script never runs. The node does not notice what the script was written to notice.",
			Example: `vrrp_script chk_nginx {
    script "/usr/bin/pgrep nginx"
}
vrrp_instance VI_1 {
    # no track_script
}`,
			Mend: "Name it in a track_script block of the instance, or remove it.",
		},
		one: untracked,
	},
	{
		Text: explain.Text{
			Code: "LINT031", Title: "a script may run longer than its interval",
			Means: "timeout is larger than interval. A script that still runs when its turn comes misses the turn.",
			Hurts: "When the service hangs, which is when it matters, each run takes the whole timeout: a failure is noticed after fall times the " +
				"timeout, not the interval.",
			Example: `vrrp_script chk_nginx {
    script "/usr/local/bin/check"
    interval 2
    timeout 30
    fall 3                  # a hanging check counts after 90 s
}`,
			Mend: "Choose a timeout of at most the interval; without timeout it is the interval.",
		},
		one: slowScript,
	},
	{
		Text: explain.Text{
			Code: "LINT032", Title: "a failure of the script counts only after a long time",
			Means: "A script runs each interval and must fail fall times in a row. Here this takes a minute or more.",
			Hurts: "The addresses stay for that time where the service is down.",
			Example: `vrrp_script chk_nginx {
    script "/usr/bin/pgrep nginx"
    interval 30
    fall 3                  # 90 s
}`,
			Mend: "Run the script more often: interval 2 and fall 3 are usual.",
		},
		one: lateScript,
	},
	{
		Text: explain.Text{
			Code: "LINT033", Title: "shell syntax in a command that no shell reads",
			Means: "Commands are run directly. Words such as |, &&, > and 2>&1 mean something to a shell only; here they are handed to the program as arguments.",
			Hurts: "The program gets arguments it does not expect: the check fails always, or never, and files are not written.",
			Example: `vrrp_script chk_web {
    script "/usr/bin/curl -s http://127.0.0.1/ > /dev/null"
}`,
			Mend: "Put the line into a script file with #!/bin/sh, or write: script \"/bin/sh -c 'COMMAND'\".",
		},
		one: shellSyntax,
	},
	{
		Text: explain.Text{
			Code: "LINT034", Title: "the same notify command for MASTER and for BACKUP or FAULT",
			Means: "notify_master and notify_backup or notify_fault run the same command with the same arguments. Nothing is added to the arguments of these.",
			Hurts: "The script cannot know which of the two has happened, and does in both cases what it was written to do in one.",
			Example: `vrrp_instance VI_1 {
    notify_master "/etc/keepalived/notify.sh"
    notify_backup "/etc/keepalived/notify.sh"
}`,
			Mend: "Give the state as an argument (\"/etc/keepalived/notify.sh master\"), or use the one keyword notify, which adds the type, " +
				"the name, the state and the priority.",
		},
		one: sameNotify,
	},
	{
		Text: explain.Text{
			Code: "LINT035", Title: "mail is wanted and cannot be sent",
			Means: "Mail needs smtp_server and at least one address in notification_email. Here alerts are asked for, or somebody to get them is named, and one of the two is missing. Or smtp_auth is to log in and smtp_tls does not encrypt.",
			Hurts: "No mail is sent; of a server or recipients that are missing no error says so.",
			Example: `global_defs {
    notification_email {
        ops@example.org
    }
    # no smtp_server
}`,
			Mend: "Say smtp_server and notification_email in global_defs, and smtp_tls beside smtp_auth.",
		},
		one: noMail,
	},
}

func untracked(n *node, say report) {
	used := map[string]bool{}
	for _, in := range n.cfg.Instances {
		for i := range in.TrackScripts {
			used[in.TrackScripts[i].Name] = true
		}
	}
	for _, g := range n.cfg.Groups {
		for i := range g.TrackScripts {
			used[g.TrackScripts[i].Name] = true
		}
	}
	if len(n.cfg.Instances) == 0 {
		return // a part of a configuration, or scripts kept for another file
	}
	for _, s := range n.cfg.Scripts {
		if used[s.Name] {
			continue
		}
		say(finding{
			at: s.At, severity: diag.Warning,
			summary: "nobody tracks " + s.Name,
			effect:  "the script never runs",
			suggest: "name it in a track_script block of an instance, or remove it",
		})
	}
}

func slowScript(n *node, say report) {
	for _, s := range n.cfg.Scripts {
		if s.Timeout.V <= s.Interval.V {
			continue
		}
		say(finding{
			at: first(s.Timeout.At, s.At), severity: diag.Warning, in: withinScript(s),
			summary: fmt.Sprintf("a timeout of %s is longer than the interval of %s", span(s.Timeout.V), span(s.Interval.V)),
			effect: fmt.Sprintf("when the script hangs it misses its next turns, and counts as failed after %s, not after %s",
				span(s.Timeout.V*time.Duration(s.Fall.V)), span(s.Interval.V*time.Duration(s.Fall.V))),
			suggest: "choose a timeout of at most the interval",
		})
	}
}

// lateFailure is how long a failure may last before it counts.
const lateFailure = time.Minute

func lateScript(n *node, say report) {
	for _, s := range n.cfg.Scripts {
		late := s.Interval.V * time.Duration(s.Fall.V)
		if late < lateFailure {
			continue
		}
		at := first(s.Interval.At, s.Fall.At, s.At)
		if s.Interval.V < 10*time.Second {
			at = first(s.Fall.At, at)
		}
		say(finding{
			at: at, severity: diag.Warning, in: withinScript(s),
			summary: fmt.Sprintf("a failure of %s counts after %s (interval %s, fall %d)", s.Name, span(late), span(s.Interval.V), s.Fall.V),
			effect:  "the addresses stay for that time where the check fails",
			suggest: "run it more often: interval 2 and fall 3 are usual",
		})
	}
}

// operators mean something to a shell and are arguments to everything else.
var operators = []string{"|", "||", "&&", "&", ";", ">", ">>", "<", "<<", "2>&1", "&>"}

// shells read their arguments themselves.
var shells = []string{"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox", "env", "ssh", "su", "sudo", "perl", "python", "python3", "awk", "expr", "find", "test", "["}

func shellWord(argv []string) string {
	if len(argv) == 0 || slices.Contains(shells, path.Base(argv[0])) {
		return ""
	}
	for _, w := range argv[1:] {
		if slices.Contains(operators, w) {
			return w
		}
		for _, op := range []string{">", ">>", "1>", "2>", "&>"} {
			if strings.HasPrefix(w, op+"/") {
				return w
			}
		}
	}
	return ""
}

// eachCommand visits the commands of a file with the block that they stand in.
func (n *node) eachCommand(visit func(*conf.Command, diag.Context)) {
	for _, s := range n.cfg.Scripts {
		if s.Command != nil {
			visit(s.Command, withinScript(s))
		}
	}
	for _, g := range n.cfg.Groups {
		for _, c := range g.Notify.Commands() {
			visit(c, withinGroup(g))
		}
	}
	for _, in := range n.cfg.Instances {
		for _, c := range in.Notify.Commands() {
			visit(c, within(in))
		}
	}
	for _, vs := range n.cfg.VirtualServers {
		for _, c := range []*conf.Command{vs.QuorumUp, vs.QuorumDown} {
			if c != nil {
				visit(c, withinVirtual(vs))
			}
		}
		for _, rs := range vs.RealServers {
			for _, c := range []*conf.Command{rs.NotifyUp, rs.NotifyDown} {
				if c != nil {
					visit(c, withinReal(rs))
				}
			}
		}
	}
}

func shellSyntax(n *node, say report) {
	n.eachCommand(func(c *conf.Command, in diag.Context) {
		w := shellWord(c.Argv)
		if w == "" {
			return
		}
		say(finding{
			at: c.At, severity: diag.Warning, in: in,
			summary: fmt.Sprintf("no shell reads this: '%s' is an argument of %s", w, c.Argv[0]),
			effect:  c.Argv[0] + " gets words that were meant for a shell",
			suggest: "put the line into a script file, or write \"/bin/sh -c '…'\"",
		})
	})
}

func sameNotify(n *node, say report) {
	look := func(nt *conf.Notify, in diag.Context) {
		if nt.Master == nil {
			return
		}
		for _, other := range []struct {
			c    *conf.Command
			name string
		}{{nt.Backup, "notify_backup"}, {nt.Fault, "notify_fault"}} {
			if other.c == nil || !slices.Equal(other.c.Argv, nt.Master.Argv) {
				continue
			}
			say(finding{
				at: other.c.At, severity: diag.Warning, in: in,
				summary: other.name + " runs the same command as notify_master at " + nt.Master.At.String(),
				effect:  "the script cannot tell the one from the other",
				suggest: "give the state as an argument, or use the keyword notify, which adds it",
			})
		}
	}
	for _, g := range n.cfg.Groups {
		look(&g.Notify, withinGroup(g))
	}
	for _, in := range n.cfg.Instances {
		look(&in.Notify, within(in))
	}
}

func noMail(n *node, say report) {
	g := &n.cfg.Global
	wanted := func() (diag.Span, bool) {
		for _, v := range []conf.Value[bool]{g.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlertChecker} {
			if v.V && v.Set() {
				return v.At, true
			}
		}
		for _, in := range n.cfg.Instances {
			if in.SMTPAlert.V && in.SMTPAlert.Set() {
				return in.SMTPAlert.At, true
			}
		}
		for _, s := range n.cfg.Groups {
			if s.SMTPAlert.V && s.SMTPAlert.Set() {
				return s.SMTPAlert.At, true
			}
		}
		for _, vs := range n.cfg.VirtualServers {
			if vs.SMTPAlert.V && vs.SMTPAlert.Set() {
				return vs.SMTPAlert.At, true
			}
		}
		return diag.Span{}, false
	}
	at, alerts := wanted()
	switch {
	case g.SMTPUser.Set() && (!g.SMTPTLS.Set() || g.SMTPTLS.V == "off"):
		say(finding{
			at: g.SMTPUser.At, severity: diag.Warning,
			summary: "smtp_auth without smtp_tls: a password is not sent in the clear",
			effect:  "no mail is sent", suggest: "add to global_defs: smtp_tls starttls",
		})
	case len(g.NotificationEmail) > 0 && !g.SMTPServer.Set():
		say(finding{
			at: g.NotificationEmail[0].At, severity: diag.Warning,
			summary: "there is somebody to mail to and no smtp_server",
			effect:  "no mail is sent", suggest: "add to global_defs: smtp_server HOST",
		})
	case alerts && len(g.NotificationEmail) == 0:
		say(finding{
			at: at, severity: diag.Warning,
			summary: "alerts are wanted and notification_email names nobody",
			effect:  "no mail is sent", suggest: "add to global_defs: notification_email { ADDRESS }",
		})
	}
}
