package vrrpd

import (
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

func (a *alerter) instance(p *Plan, r *Report) {
	name, s := p.VRRP.Name, r.Action.State
	if !p.Conf.SMTPAlert.V {
		return
	}
	key := "instance " + name
	switch {
	case !p.Gone:
		a.tell(key, s, mail.Instance(r.At, name, s))
		return
	case p.Conf.NotifyDeleted.V:
		a.send(mail.Deleted(r.At, name))
	default: // compat
		a.tell(key, vrrp.Fault, mail.Instance(r.At, name, vrrp.Fault))
	}
	delete(a.told, key)
}

func (a *alerter) group(g *GroupPlan, r *Report) {
	if g.Alerts {
		s := r.Action.State
		a.tell("group "+g.Name, s, mail.Group(r.At, g.Name, s))
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
