package checkd

import (
	"fmt"
	"time"

	"holdfast/internal/core/talk"
)

// note gives what is to be told of the server's certificate, or of why TLS or HTTP/2 failed, if that is news.
func (l *loop) note(f *finding) string {
	if c := f.plan.Check; c.TLS == nil && (c.HTTP == nil || c.HTTP.Protocol.V != "2") {
		return ""
	}
	text := certificate(f)
	if text == l.noted[f.id] {
		return ""
	}
	l.noted[f.id] = text
	if text == "" {
		delete(l.noted, f.id)
	}
	return text
}

// certificate words what the log has of the server's certificate, and of TLS or HTTP/2 that failed; empty: nothing. It says the same as
// long as nothing changes, and what is left in days.
func certificate(f *finding) string {
	v := f.verdict
	who := fmt.Sprintf("%s on service %s: ", f.plan.Check.Kind, addressName(f.plan.Real.Address.V, f.plan.Virtual))
	switch e := v.Expiry; {
	case v.Why == talk.TLSFailed:
		return who + "TLS failed: " + v.Text
	case v.Why == talk.BadProtocol && f.plan.Check.HTTP != nil: // of others the line that they have failed says it
		return who + reason(v)
	case e == nil:
		return ""
	case e.Left < 0:
		return fmt.Sprintf("%sthe certificate of %q has ended at %s", who, e.Name, e.Ends.Format(time.DateTime))
	default:
		const day = 24 * time.Hour
		return fmt.Sprintf("%sthe certificate of %q ends at %s, in %s", who, e.Name, e.Ends.Format(time.DateTime), days(int(e.Left/day)))
	}
}

func days(n int) string {
	switch n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
