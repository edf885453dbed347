package checkd

import (
	"strings"
	"time"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/mail"
)

// alerter mails what becomes of real servers and quorums. It belongs to the teller.
type alerter struct {
	post   Poster // nil: there is no mail
	global *conf.Global
}

// configure follows another configuration.
func (a *alerter) configure(g *conf.Global) {
	a.global = g
	if a.post != nil {
		a.post.Configure(mail.Of(g))
	}
}

// report mails what a report says, if somebody wants to know. f is what the attempt found that was the cause; nil if none was.
func (a *alerter) report(r *check.Report, f *finding) {
	if a.post == nil {
		return
	}
	if r.Real == nil {
		a.virtual(r)
	} else if r.Real.SMTPAlert.V {
		a.real(r, f)
	}
}

// real is for a real server. compat: every change of a checker is mailed, with what it leaves the server to be, and of a MISC_CHECK
// the first result, too; no_checker_emails leaves the changes of the server. Of a FILE_CHECK nothing is mailed.
func (a *alerter) real(r *check.Report, f *finding) {
	up, why := false, ""
	switch {
	case r.Kind == check.Succeeded, r.Kind == check.CheckFailed:
		if r.Check.File != nil {
			return
		}
		wanted := r.Changed || r.First && r.Check.Misc != nil
		if a.global.NoCheckerEmails.V {
			wanted = r.Turned
		}
		if !wanted {
			return
		}
		up, why = r.Active, found(r, f)
	case r.Kind != check.ServerDown:
		return
	case r.Leaving == check.Removed:
		why = "Removing"
	case r.Leaving == check.Ending:
		why = "Shutting down"
	default:
		return
	}
	a.post.Send(mail.RealServer(time.Now(), rsName(r), vsName(r), up, why))
}

// found words what a check found.
func found(r *check.Report, f *finding) string {
	c := r.Check
	name, why, outcome := "", "", mail.Succeeded
	if c.BFD != nil {
		name = c.BFD.Name.V
	}
	if r.Kind == check.CheckFailed {
		outcome = mail.Failed
		if f != nil && f.result != nil && f.result.TimedOut {
			outcome = mail.TimedOut
		}
		if c.SMTP != nil {
			why = strings.TrimPrefix(smtp(r, f), "SMTP_CHECK ")
		}
	}
	return mail.Check(c.Kind, name, outcome, why)
}

// virtual is for a virtual server and its quorum.
func (a *alerter) virtual(r *check.Report) {
	if !r.Virtual.SMTPAlert.V {
		return
	}
	verb := "Gained quorum"
	switch {
	case r.Kind == check.QuorumUp && r.Opening:
		verb = "Starting with quorum up"
	case r.Kind == check.QuorumUp:
	case r.Kind != check.QuorumDown:
		return
	case r.Leaving == check.Ending:
		a.post.Send(mail.VirtualServer(time.Now(), vsName(r), false, "Shutting down"))
		return
	case r.Opening:
		verb = "Starting with quorum down"
	default:
		verb = "Lost quorum"
	}
	why := mail.Quorum(verb, r.Quorum, r.Hysteresis, r.Threshold, r.Weight)
	a.post.Send(mail.VirtualServer(time.Now(), vsName(r), r.Kind == check.QuorumUp, why))
}
