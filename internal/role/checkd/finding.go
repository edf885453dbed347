package checkd

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"syscall"

	"holdfast/conf"
	"holdfast/internal/core/check"
	"holdfast/internal/core/talk"
	"holdfast/internal/host/logs"
	"holdfast/internal/host/probe"
	"holdfast/internal/host/script"
)

// finding is what one attempt found. One of verdict, result and fault is set.
type finding struct {
	id      check.CheckerID
	plan    check.Plan
	url     int
	verdict *talk.Verdict

	mismatch bool   // the page has another length than its header says, which is news
	note     string // of the certificate, or why TLS or HTTP/2 failed, which is news
	result   *script.Result
	fault    error // it could not be made
}

// own makes the finding outlive the results that it was made from.
func (f *finding) own() {
	if f.verdict != nil {
		v := *f.verdict
		f.verdict = &v
	}
}

// worthTelling reports whether there is something to say of the attempt whatever the Director makes of it.
func (f *finding) worthTelling() bool {
	return f.fault != nil || f.mismatch || f.note != "" || f.unsentPing() || f.unsentDatagram() || f.verdict != nil && f.verdict.Overflows > 0
}

// unsentPing: compat: keepalived tells of every echo request that it cannot send.
func (f *finding) unsentPing() bool {
	return f.plan.Check.Kind == "PING_CHECK" && f.verdict != nil && f.verdict.Why == talk.SendFailed
}

// unsentDatagram: compat: and of every datagram.
func (f *finding) unsentDatagram() bool {
	return f.plan.Check.Kind == "UDP_CHECK" && f.verdict != nil && f.verdict.Why == talk.ConnectFailed
}

// describeFinding words what is told of a single attempt.
func describeFinding(f *finding) (lines []line) {
	if f.note != "" {
		lines = append(lines, line{slog.LevelWarn, f.note, []any{"real_server", f.plan.Target.String()}})
	}
	return append(lines, describeAttempt(f)...)
}

func describeAttempt(f *finding) []line {
	say := func(texts ...string) (out []line) {
		for _, text := range texts {
			out = append(out, line{logs.LevelInfo, text, []any{"real_server", f.plan.Target.String()}})
		}
		return out
	}
	rs, vs := addressName(f.plan.Real.Address.V, f.plan.Virtual), serviceName(f.plan.Virtual, 0)
	switch {
	case f.fault != nil:
		return say(describeFault(f.plan.Check, f.fault)...)
	case f.unsentPing():
		return say("send ICMP packet fail")
	case f.unsentDatagram():
		errno := syscall.Errno(f.verdict.Errno)
		return say(fmt.Sprintf("UDP connect error %d - %s", int(errno), sentence(errno)))
	case f.verdict != nil && f.verdict.Overflows > 0:
		line := fmt.Sprintf("SMTP_CHECK Buffer overflow reading from server %s. Increase SMTP_BUFF_MAX in check_smtp.h", smtpName(f))
		return say(slices.Repeat([]string{line}, min(f.verdict.Overflows, 10))...)
	case f.mismatch:
		u := f.plan.Check.HTTP.URLs[f.url]
		return say(fmt.Sprintf("http_check for RS %s VS %s url %s%s: content_length (%d) does not match received bytes (%d)",
			rs, vs, u.VirtualHost.V, u.Path.V, f.verdict.Declared, f.verdict.Received))
	}
	return nil
}

// describeFault words why an attempt could not be made.
func describeFault(c *conf.Checker, err error) []string {
	var fault *probe.SetupError
	if !errors.As(err, &fault) {
		return []string{c.Kind + " could not be made: " + err.Error()}
	}
	kind, end := "TCP", "."
	switch c.Kind {
	case "HTTP_GET", "SSL_GET":
		kind, end = "WEB", ""
	case "UDP_CHECK", "DNS_CHECK":
		kind = "UDP"
	case "PING_CHECK":
		kind = "ICMP"
	}
	why := sentence(syscall.Errno(fault.Errno))
	switch fault.Step {
	case probe.StepBind:
		return []string{"Checker bind failed: " + why, kind + " socket bind failed. Rescheduling" + end}
	case probe.StepDevice:
		return []string{"Checker can't bind to device " + fault.Interface + ": " + why}
	}
	return []string{fault.Error(), kind + " connect fail to create socket. Rescheduling" + end}
}

// describeCheck words what the result of a check means.
func describeCheck(r *check.Report, f *finding) []line {
	var texts []string
	level := logs.LevelInfo
	switch r.Kind {
	case check.Succeeded:
		texts = succeeded(r)
	case check.URLSucceeded:
		texts = urlSucceeded(r)
	case check.CheckFailed:
		switch { // compat: the first failure of one that is held out is not told of by itself; that of a mail server always is
		case !r.All:
		case r.Check.SMTP != nil && r.First:
			texts = append(texts, smtp(r, f))
		case r.Changed:
			texts = append(texts, single(r, f)...)
		}
		texts = append(texts, failed(r, f)...)
	case check.CheckRetrying:
		if texts = single(r, f); texts == nil {
			texts = failed(r, f)
		}
	case check.CheckFailedAgain: // compat: nothing is told, but for the first failure of an alpha HTTP_GET
		if r.First {
			texts = single(r, f)
		}
	}
	attrs := append(attributes(r), "checker", r.Check.Kind)
	if f != nil && f.verdict != nil && f.verdict.Why != talk.Success {
		attrs = append(attrs, "why", reason(f.verdict))
	}
	lines := make([]line, 0, len(texts))
	for _, text := range texts {
		lines = append(lines, line{level, text, attrs})
	}
	return lines
}

func succeeded(r *check.Report) []string {
	rs := rsName(r)
	switch r.Check.Kind {
	case "TCP_CHECK":
		return []string{"TCP connection to " + rs + " success."}
	case "UDP_CHECK":
		return []string{"UDP connection to " + rs + " success."}
	case "PING_CHECK":
		return []string{"ICMP connection to " + rs + " success."}
	case "HTTP_GET", "SSL_GET":
		return []string{"Remote Web server " + rs + " succeed on service."}
	case "GRPC_CHECK":
		return []string{"GRPC_CHECK on service " + rs + " success."}
	case "SMTP_CHECK":
		return []string{"Remote SMTP server " + rs + " succeed on service."}
	case "MISC_CHECK":
		return []string{misc(r) + " succeeded."}
	case "FILE_CHECK":
		return []string{"(" + rs + "): tracked file " + r.Check.File.TrackFile.V + " leaving FAULT state"}
	}
	return nil // compat: of DNS_CHECK nothing is told
}

func urlSucceeded(r *check.Report) []string {
	u := r.Check.HTTP.URLs[r.URL]
	what := "HTTP status code success to "
	switch {
	case u.Digest.Set():
		what = "MD5 digest success to "
	case u.Regex.Pattern.Set():
		what = "Regex match success to "
	}
	return []string{what + rsName(r) + " url(" + u.Path.V + ")"}
}

// failed words that a checker went down.
func failed(r *check.Report, f *finding) []string {
	rs := rsName(r)
	after := " failed."
	if r.Retries > 0 && !r.First {
		after = fmt.Sprintf(" failed after %d retries.", r.Retries)
	}
	switch r.Check.Kind {
	case "TCP_CHECK", "UDP_CHECK":
		return []string{r.Check.Kind + " on service " + rs + after}
	case "PING_CHECK":
		if r.Retries > 0 && !r.First {
			rs += " of " + vsName(r) // compat
		}
		return []string{"ICMP CHECK on service " + rs + after}
	case "HTTP_GET", "SSL_GET":
		if after = " failed."; r.Retries > 0 { // compat: told of the first result too
			after = fmt.Sprintf(" failed after %d retries.", r.Retries)
		}
		return []string{"HTTP_CHECK on service " + rs + after}
	case "GRPC_CHECK":
		if f != nil && f.verdict != nil {
			after = strings.TrimSuffix(after, ".") + ": " + reason(f.verdict) + "."
		}
		return []string{"GRPC_CHECK on service " + rs + after}
	case "SMTP_CHECK":
		return []string{smtp(r, f)}
	case "DNS_CHECK":
		return []string{dns(r, f)}
	case "MISC_CHECK":
		return []string{miscFailed(r, f)}
	case "FILE_CHECK":
		return []string{"(" + rs + "): tracked file " + r.Check.File.TrackFile.V + " now FAULT state"}
	}
	return []string{r.Check.Kind + " on service " + rs + after}
}

// single words one failed attempt, as log_all_failures tells it before what it means. Kinds that it has no line for say the same
// of an attempt as of a failure.
func single(r *check.Report, f *finding) []string {
	if f == nil || f.verdict == nil {
		return nil
	}
	rs, why := rsName(r), f.verdict.Why
	late := why == talk.ConnectTimeout || why == talk.NoAnswer
	switch r.Check.Kind {
	case "TCP_CHECK", "UDP_CHECK":
		end := " failed."
		if late {
			end = " timeout."
		}
		return []string{r.Check.Kind[:3] + " connection to " + rs + end}
	case "PING_CHECK":
		if late {
			return []string{"ICMP connection to address " + rs + " timeout."}
		}
		return []string{"ICMP connection to " + rs + " failed."}
	case "GRPC_CHECK":
		return []string{"gRPC connection to " + rs + " failed: " + reason(f.verdict) + "."}
	case "HTTP_GET", "SSL_GET":
		if before := webWords[why]; before != "" {
			return []string{before + " server " + rs + "."}
		}
		return []string{"Read error with server " + rs + "."}
	}
	return nil
}

// webWords is what went wrong with a page.
var webWords = map[talk.Why]string{
	talk.BadStatus: "HTTP status code error to", talk.BadDigest: "MD5 digest error to", talk.BadMatch: "Regex match failed",
	talk.RegexFailed: "Regex match failed", talk.ConnectFailed: "Connection failed", talk.ConnectTimeout: "Timeout connecting",
	talk.NoAnswer: "Timeout WEB read", talk.ReadTimeout: "Timeout HTTP read", talk.NoData: "Read, no data received from ",
	talk.TLSFailed: "SSL handshake/communication error connecting to", talk.Expiring: "Certificate ends too soon of",
	talk.BadProtocol: "HTTP/2 error with",
}

func misc(r *check.Report) string {
	return "Misc check for [" + rsName(r) + " VS " + vsName(r) + "] by [" + r.Check.Misc.Command.Argv[0] + "]"
}

// miscFailed: "failed with retry disabled (exited with status 1)." and its variations.
func miscFailed(r *check.Report, f *finding) string {
	how, why := "failed", ""
	switch {
	case f == nil || f.result == nil:
	case f.result.TimedOut:
		how = "timed out"
	default:
		why = " (" + f.result.String() + ")"
	}
	var when string
	switch n := r.Retries; {
	case r.Kind == check.CheckRetrying && r.Try <= 1:
		when = ", will do " + retries(n)
	case r.Kind == check.CheckRetrying:
		when = fmt.Sprintf(" on retry %d/%d", r.Try-1, n)
	case n == 0:
		when = " with retry disabled"
	default:
		when = " after " + retries(n)
	}
	return misc(r) + " " + how + when + why + "."
}

func retries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return fmt.Sprintf("%d retries", n)
}

// smtpName is how keepalived names a mail server: [10.2.0.12]:25.
func smtpName(f *finding) string {
	return fmt.Sprintf("[%s]:%d", f.plan.Target.Addr(), f.plan.Target.Port())
}

func smtp(r *check.Report, f *finding) string {
	to := fmt.Sprintf("[%s]:%d", r.Addr.Addr(), r.Addr.Port())
	if f == nil || f.verdict == nil {
		return "SMTP_CHECK Could not connect to server " + to
	}
	to = smtpName(f)
	switch f.verdict.Why {
	case talk.BadGreeting:
		return "SMTP_CHECK Bad greeting banner from server " + to
	case talk.BadHELO:
		return "SMTP_CHECK Bad HELO response from server " + to
	case talk.NoAnswer, talk.ReadTimeout:
		return "SMTP_CHECK Read timeout from server " + to
	case talk.EarlyClose, talk.ReadFailed:
		return "SMTP_CHECK Read failure from server " + to
	case talk.SendFailed:
		return "SMTP_CHECK Cannot send data to server " + to
	case talk.ConnectTimeout:
		return "SMTP_CHECK Connection timeout to server " + to
	}
	return "SMTP_CHECK Could not connect to server " + to
}

func dns(r *check.Report, f *finding) string {
	head, after := "DNS_CHECK ("+rsName(r)+") ", ""
	if !r.First && r.Kind != check.CheckRetrying { // compat: told of none, too
		after = fmt.Sprintf(" after %d retries", r.Retries)
	}
	if f == nil || f.verdict == nil {
		return head + "failed" + after
	}
	switch v := f.verdict; v.Why {
	case talk.BadRcode:
		return fmt.Sprintf("%sread error occurred. (rcode = %d)%s", head, v.Code, after)
	case talk.ReadFailed, talk.ConnectFailed:
		return fmt.Sprintf("%sfailed to read socket; errno %d (%s)%s", head, v.Errno, sentence(syscall.Errno(v.Errno)), after)
	case talk.SendFailed:
		return fmt.Sprintf("%sfailed to write socket; errno %d (%s)%s", head, v.Errno, sentence(syscall.Errno(v.Errno)), after)
	}
	return head + "read timeout from socket" + after
}

// reason is a verdict in words of ours.
func reason(v *talk.Verdict) string {
	text := whyWords[v.Why]
	switch {
	case v.Errno != 0:
		text += ": " + sentence(syscall.Errno(v.Errno))
	case v.Text != "":
		text += ": " + v.Text
	case v.Code >= 0:
		text += fmt.Sprintf(" (%d)", v.Code)
	}
	return text
}

var whyWords = map[talk.Why]string{
	talk.Success: "success", talk.ConnectFailed: "no connection", talk.ConnectTimeout: "no connection in time",
	talk.TLSFailed: "TLS failed", talk.Expiring: "the certificate ends too soon", talk.SendFailed: "cannot send", talk.ReadFailed: "cannot read", talk.NoAnswer: "no answer",
	talk.ReadTimeout: "the answer stopped", talk.EarlyClose: "closed too early", talk.NoData: "no answer before the end",
	talk.BadStatus: "status", talk.BadDigest: "another digest", talk.BadMatch: "the regex says no", talk.RegexFailed: "the regex took too long",
	talk.BadProtocol: "against the protocol", talk.BadGRPC: "gRPC status", talk.NotServing: "not serving",
	talk.BadGreeting: "greeting", talk.BadHELO: "answer to HELO",
	talk.BadRcode: "rcode", talk.BadReply: "not the reply that is required",
}
