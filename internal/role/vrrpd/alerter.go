package vrrpd

import (
	"maps"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/mail"
	"holdfast/vrrp"
)

// alerter mails what instances and groups have become. It belongs to the teller.
type alerter struct {
	post     Poster // nil: there is no mail
	noFaults bool
	told     map[string]vrrp.State // of "instance NAME" and "group NAME": the last that was mailed

	farewell bool // only the end is told
}

func newAlerter(p Poster, g *conf.Global, farewell bool) *alerter {
	a := &alerter{post: p, told: make(map[string]vrrp.State), farewell: farewell}
	a.configure(g)
	return a
}

// configure follows another configuration.
func (a *alerter) configure(g *conf.Global) {
	a.noFaults = g.NoEmailFaults.V
	if a.post != nil {
		a.post.Configure(mail.Of(g))
	}
}

// keep forgets what is in a configuration no more: what comes back by the same name begins anew.
func (a *alerter) keep(s *Setup) {
	here := make(map[string]bool, len(s.Plans)+len(s.Groups))
	for _, p := range s.Plans {
		here[instanceKey(p.VRRP.Name)] = true // its end, if it is gone, is still to be told
	}
	for _, g := range s.Groups {
		here[groupKey(g.Name)] = true
	}
	maps.DeleteFunc(a.told, func(key string, _ vrrp.State) bool { return !here[key] })
}

func instanceKey(name string) string { return "instance " + name }
func groupKey(name string) string    { return "group " + name }

func (a *alerter) instance(p *Plan, r *Report) {
	name, s := p.VRRP.Name, r.Action.State
	key := instanceKey(name)
	if p.Gone {
		defer delete(a.told, key)
	}
	switch {
	case !p.Conf.SMTPAlert.V:
	case !p.Gone:
		a.tell(key, s, mail.Instance(r.At, name, s))
	case p.Conf.NotifyDeleted.V:
		a.send(mail.Deleted(r.At, name))
	default: // compat
		a.tell(key, vrrp.Fault, mail.Instance(r.At, name, vrrp.Fault))
	}
}

func (a *alerter) group(g *GroupPlan, r *Report) {
	if g.Alerts {
		s := r.Action.State
		a.tell(groupKey(g.Name), s, mail.Group(r.At, g.Name, s))
	}
}

// tell sends a letter about a state, unless it is the one that was mailed last.
func (a *alerter) tell(key string, s vrrp.State, l mail.Letter) {
	if a.farewell && s != vrrp.Init || a.noFaults && s == vrrp.Fault {
		return
	}
	if last, known := a.told[key]; known && last == s {
		return
	}
	a.told[key] = s
	a.send(l)
}

func (a *alerter) send(l mail.Letter) {
	if a.post != nil {
		a.post.Send(l)
	}
}

// lastPost is how long the end waits for the mail server. Scripts under way have as long.
const lastPost = time.Second
