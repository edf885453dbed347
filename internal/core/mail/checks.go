package mail

import "fmt"

// Outcome is what a check of a real server came to.
type Outcome uint8

// The outcomes of a check.
const (
	Failed Outcome = iota
	TimedOut
	Succeeded
)

// Check words a check's outcome. kind is the checker's keyword; why is what the log says about the failure of those that name it.
func Check(kind, name string, o Outcome, why string) string {
	good, bad := "succeed on service", "failed on service"
	head := "CHECK "
	switch kind {
	case "TCP_CHECK", "UDP_CHECK":
		head = kind[:3] + " CHECK "
	case "PING_CHECK":
		head = "ICMP CHECK "
	case "DNS_CHECK":
		head = "DNS_CHECK: "
	case "MISC_CHECK":
		head, good = "MISC CHECK ", "succeeded on service"
		if o == TimedOut {
			bad = "timed out on service"
		}
	case "HTTP_GET", "SSL_GET":
		bad += " : HTTP request failed"
	case "SMTP_CHECK":
		bad += " : " + why
	case "BFD_CHECK":
		head, good, bad = "BFD CHECK "+name+" ", "succeeded", "failed"
	}
	if o == Succeeded {
		return head + good
	}
	return head + bad
}

// Quorum words how the weights of a virtual server's servers compare with its quorum. compat: signs and comparison are those of a
// gain even where the quorum is lost.
func Quorum(verb string, quorum, hysteresis uint32, threshold, weight int64) string {
	return fmt.Sprintf("%s %d+%d=%d <= %d", verb, quorum, hysteresis, threshold, weight)
}
