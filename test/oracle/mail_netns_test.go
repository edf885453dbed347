package oracle

import (
	"bufio"
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/netns/lab"
	"holdfast/test/netns/need"
)

// The mail server is a station of a network of its own, so that alerts about a link that is down find their way.
const (
	mailNet  = "br1"
	postAddr = "10.8.0.3"
	python   = "/usr/bin/python3"
)

// letters is a mail server that others wrote, and what it has got.
type letters struct {
	*stage
	dir  string
	seen map[string]bool
}

// mailed starts a mail server that keeps what it gets as files.
func (s *stage) mailed(t *testing.T) *letters {
	need.Command(t, python, "a mail server that others wrote (python3-aiosmtpd)")
	s.Segment(mailNet)
	s.a.Link("eth1", mailNet, "10.8.0.1/24")
	s.x.Link("eth1", mailNet, postAddr+"/24")
	p := &letters{stage: s, dir: filepath.Join(t.TempDir(), "mail"), seen: map[string]bool{}}
	cmd := exec.Command(python, "-m", "aiosmtpd", "-n", "-l", postAddr+":25", "-c", "aiosmtpd.handlers.Mailbox", p.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.x.Do(cmd.Start); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	s.Until("the mail server listens", 20*time.Second, func() bool {
		return s.x.Do(func() error {
			c, err := net.Dial("tcp", postAddr+":25")
			if err == nil {
				c.Close()
			}
			return err
		}) == nil
	})
	return p
}

func (p *letters) fresh() (paths []string) {
	all, _ := filepath.Glob(filepath.Join(p.dir, "new", "*"))
	return slices.DeleteFunc(all, func(f string) bool { return p.seen[f] })
}

// collect waits for n more mails, which keepalived sends beside each other, and returns them in an order of their own.
func (p *letters) collect(t *testing.T, event string, n int) []string {
	p.Until(fmt.Sprintf("%d mails, %s", n, event), 15*time.Second, func() bool { return len(p.fresh()) >= n })
	var all []string
	for _, f := range p.fresh() {
		p.seen[f] = true
		all = append(all, readLetter(t, f))
	}
	slices.Sort(all)
	return append([]string{event}, all...)
}

// readLetter returns a mail with its envelope: every field in its place, and the date's form in place of the date.
func readLetter(t *testing.T, file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n\n")
	var b strings.Builder
	for in := bufio.NewScanner(strings.NewReader(head)); in.Scan(); {
		name, value, _ := strings.Cut(in.Text(), ":")
		switch {
		case strings.EqualFold(name, "X-Peer"):
			continue
		case name == "Date":
			when, err := mail.ParseDate(strings.TrimSpace(value))
			if err != nil || time.Since(when).Abs() > time.Minute {
				t.Errorf("date %q: %v", value, err)
			}
			value = fmt.Sprintf(" in form %t", when.Format(time.RFC1123Z) == strings.TrimSpace(value))
		}
		b.WriteString(name + ":" + value + " | ")
	}
	return b.String() + fmt.Sprintf("%q", body)
}

var mailGlobals = []string{
	"notification_email {", "  one@example.net two@example.net", "  three@example.net", "}",
	"notification_email_from lb1@example.org", "smtp_server " + postAddr, "smtp_helo_name lb1.example.org", "smtp_connect_timeout 5",
}

func mailedInstance(name string, vrid int, extra ...string) lab.VI {
	return lab.VI{Name: name, VRID: vrid, State: "BACKUP", Prio: 100, Interval: "1", VIPs: []string{fmt.Sprintf("10.9.0.%d/24", vrid-1)}, Extra: extra}
}

// An instance and its group through all states.
func TestMailOfStates(t *testing.T) {
	same(t, func(t *testing.T, s *stage) (all []string) {
		p := s.mailed(t)
		s.start(lab.Config(append(slices.Clone(mailGlobals), "smtp_alert"), mailedInstance("A", 51), mailedInstance("B", 52)) +
			"vrrp_sync_group G {\n group {\n A\n B\n }\n}\n")
		all = append(all, p.collect(t, "start", 3)...)
		all = append(all, p.collect(t, "master", 3)...)
		s.a.Unplug("eth0")
		all = append(all, p.collect(t, "fault", 3)...)
		s.a.Plug("eth0")
		all = append(all, p.collect(t, "backup", 3)...)
		all = append(all, p.collect(t, "master again", 3)...)
		s.inject(200)
		all = append(all, p.collect(t, "a better one", 3)...)
		return all
	})
}

// Who is mailed about, by keywords at every level. A is, and has an event of its own at the end: when its mail is there, so are all.
func TestMailByLevel(t *testing.T) {
	for name, globals := range map[string][]string{
		"nothing said": nil, "all": {"smtp_alert"}, "vrrp": {"smtp_alert_vrrp"}, "vrrp off": {"smtp_alert", "smtp_alert_vrrp off"},
		"no faults": {"smtp_alert", "no_email_faults"}, "checkers": {"smtp_alert_checker"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			same(t, func(t *testing.T, s *stage) (all []string) {
				p := s.mailed(t)
				s.start(lab.Config(append(slices.Clone(mailGlobals), globals...),
					mailedInstance("B", 52), mailedInstance("C", 53), mailedInstance("D", 54, "smtp_alert off"), mailedInstance("A", 51, "smtp_alert")) +
					"vrrp_sync_group G {\n group {\n B\n }\n}\nvrrp_sync_group H {\n group {\n C\n }\n smtp_alert\n}\n")
				s.master(2)
				s.a.Unplug("eth0")
				s.Until("it is in fault", 5*time.Second, func() bool { return !s.a.Has(vip) })
				s.a.Plug("eth0")
				s.master(2)
				s.inject(200)
				s.Until("its mail", 10*time.Second, func() bool { return s.mails(p, "VRRP Instance A - Entering BACKUP") == 3 })
				return p.collect(t, "all", 1)
			})
		})
	}
}

// mails counts those with that subject.
func (s *stage) mails(p *letters, subject string) (n int) {
	for _, f := range p.fresh() {
		if raw, err := os.ReadFile(f); err == nil && strings.Contains(string(raw), subject) {
			n++
		}
	}
	return n
}

// Instances that a reload removes.
func TestMailOfRemoved(t *testing.T) {
	same(t, func(t *testing.T, s *stage) (all []string) {
		p := s.mailed(t)
		globals := append(slices.Clone(mailGlobals), "smtp_alert")
		s.start(lab.Config(globals, mailedInstance("A", 51), mailedInstance("B", 52, "notify_deleted"), mailedInstance("C", 53)))
		all = append(all, p.collect(t, "start", 3)...)
		all = append(all, p.collect(t, "master", 3)...)
		s.d.Rewrite(lab.Config(globals, mailedInstance("A", 51), mailedInstance("D", 54)))
		s.d.Signal(syscall.SIGHUP)
		all = append(all, p.collect(t, "B and C removed, D new", 3)...)
		return append(all, p.collect(t, "D is master", 1)...)
	})
}
