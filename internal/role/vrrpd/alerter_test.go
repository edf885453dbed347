package vrrpd

import (
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/conf"
	"holdfast/vrrp"
)

const postal = "global_defs {\n router_id lb1\n smtp_server 192.0.2.25\n notification_email {\n one@example.net\n }\n smtp_alert\n MORE\n}\n"

// subjects takes what has been mailed.
func (r *rig) subjects() (all []string) {
	for _, text := range r.post.Take() {
		m, err := mail.ReadMessage(strings.NewReader(string(text)))
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, strings.TrimPrefix(m.Header.Get("Subject"), "[lb1] VRRP "))
	}
	return all
}

func globals(more string) string { return strings.Replace(postal, "MORE", more, 1) }

// Everything that an instance and a group become is mailed, what a reload removes, and the end.
func TestAlerts(t *testing.T) {
	group := "vrrp_sync_group G {\n group {\n VI_1\n }\n}\n"
	r := startRig(t, globals("")+owner+group, nil)
	mark := r.await(0, "log (VI_1) Entering MASTER STATE")
	if err := r.host.SetCarrier(r.eth0.Index, false); err != nil {
		t.Fatal(err)
	}
	r.await(mark, "log (VI_1) Entering FAULT STATE")
	r.end()
	want := []string{
		"Instance VI_1 - Entering BACKUP state", "Group G - Entering BACKUP state",
		"Instance VI_1 - Entering MASTER state", "Group G - Entering MASTER state",
		"Instance VI_1 - Entering FAULT state", "Group G - Entering FAULT state",
		"Instance VI_1 - Stopping", "Group G - Stopping",
	}
	if got := r.subjects(); !slices.Equal(got, want) {
		t.Errorf("mailed\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAlertsOfFaultsAndReloads(t *testing.T) {
	r := startRig(t, globals("no_email_faults")+member("VI_1", "51", "notify_deleted")+member("VI_2", "52", "")+member("VI_3", "53", "smtp_alert off"), nil)
	r.await(0, "log (VI_1) Entering MASTER STATE")
	r.await(0, "log (VI_2) Entering MASTER STATE")
	r.await(0, "log (VI_3) Entering MASTER STATE")
	r.offer(globals("") + member("VI_3", "53", ""))
	mark := r.mark()
	r.offer(globals("") + member("VI_3", "53", "") + member("VI_2", "52", ""))
	r.await(mark, "log (VI_2) Entering MASTER STATE")
	r.offer(member("VI_3", "53", "")) // which mails nothing any more
	r.end()
	want := []string{
		"Instance VI_1 - Deleted", "Instance VI_1 - Entering BACKUP state", "Instance VI_1 - Entering MASTER state",
		"Instance VI_2 - Entering BACKUP state", "Instance VI_2 - Entering BACKUP state", "Instance VI_2 - Entering FAULT state",
		"Instance VI_2 - Entering MASTER state", "Instance VI_2 - Entering MASTER state",
	}
	got := r.subjects()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("mailed\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What a reload takes away and a later one brings back begins anew: what was mailed of it before keeps nothing back.
func TestAlertsBeginAnew(t *testing.T) {
	r := &rig{t: t}
	load := func(text string) *conf.Config {
		cfg, _ := conf.Load(file(globals("")+text), "keepalived.conf", conf.Options{})
		return cfg
	}
	both := load(member("VI_1", "51", "") + "vrrp_sync_group G {\n group {\n VI_1\n }\n}\n")
	setup, none := NewSetup(both), NewSetup(load(""))
	a := newAlerter(&r.post, &both.Global, false)
	backup := &Report{Action: vrrp.Action{Kind: vrrp.Became, State: vrrp.Backup}, At: time.Now()}
	for round, want := range []int{2, 0, 2} {
		if round == 2 {
			a.keep(none)
		}
		a.instance(setup.Plans[0], backup)
		a.group(setup.Groups[0], backup)
		if got := r.subjects(); len(got) != want {
			t.Errorf("round %d mails %q", round, got)
		}
		a.keep(setup)
	}
}

// What is told late is told of whom it happened to, also where a slot has had another router since.
func TestReportsOfGenerationsBefore(t *testing.T) {
	r := &rig{t: t}
	load := func(text string) *conf.Config {
		cfg, _ := conf.Load(file(globals("")+text), "keepalived.conf", conf.Options{})
		return cfg
	}
	first, none, second := load(member("VI_1", "51", "")), load(""), load(member("VI_2", "52", ""))
	setup := NewSetup(first)
	tell, err := newTeller(setup, slog.New(slog.DiscardHandler), &notifier{}, newAlerter(&r.post, &first.Global, false))
	if err != nil {
		t.Fatal(err)
	}
	defer tell.poller.Close()
	became := func(s vrrp.State) {
		tell.reports.push(Report{Action: vrrp.Action{Kind: vrrp.Became, State: s}, At: time.Now(), Plan: setup.Plans[0]}, 0)
	}
	became(vrrp.Backup)
	setup = setup.Succeed(none)
	tell.reload(setup, &none.Global, nil)
	became(vrrp.Init)
	setup = setup.Succeed(second)
	tell.reload(setup, &second.Global, nil)
	became(vrrp.Master)
	tell.pass()
	want := []string{"Instance VI_1 - Entering BACKUP state", "Instance VI_1 - Entering FAULT state", "Instance VI_2 - Entering MASTER state"}
	if got := r.subjects(); len(setup.Plans) != 1 || !slices.Equal(got, want) {
		t.Errorf("mailed %q, want %q", got, want)
	}
}
