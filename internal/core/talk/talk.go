package talk

// Talk is one conversation. It is used for one attempt at a time; Open begins the next one, and a Talk that is done
// needs no more memory than a new one. Its memory is bounded whatever the server sends.
type Talk interface {
	// Open begins an attempt and gives what to send once the connection is there. done says that there is nothing to
	// hear. chance is for what must not be foreseen: every attempt gets another number. The bytes are valid until the
	// next call of any method.
	Open(chance uint64) (say []byte, done bool)

	// Hear takes what came: bytes of a stream in pieces of any size, or one datagram. end is End{} as long as more may
	// come; with any other end b is empty and done is true. Once done, nothing more is said or heard.
	Hear(b []byte, end End) (say []byte, done bool)

	// Verdict tells how the attempt went. It is valid once done.
	Verdict() Verdict
}

// End says why no more comes.
type End struct {
	Kind  EndKind
	Errno int // with Failed: the error number of Linux
}

// EndKind is a kind of End.
type EndKind uint8

// What ends a conversation.
const (
	Open    EndKind = iota // nothing has ended
	Closed                 // the server closed in good order
	Failed                 // a system call failed, or an ICMP error came in
	Silence                // the time is over
)

// Verdict is how an attempt went, with what a line in the log needs.
type Verdict struct {
	OK    bool
	Why   Why
	Errno int    // of ConnectFailed, SendFailed, ReadFailed, and perhaps TLSFailed: the error number of Linux
	Code  int    // HTTP status, code of an SMTP reply, DNS rcode, gRPC's status or the service's, as far as one was read; -1: none
	Text  string // TLSFailed, BadProtocol: what is wrong

	// Declared and Received are the length that an HTTP server announced (-1: none) and the bytes of the body that
	// came. compat: where they differ, that is logged and no failure.
	// SMTP: Received is the bytes heard.
	Declared, Received int64

	Overflows int // SMTP: how often 511 bytes without an end of line were thrown away; ten at most are logged

	Expiry *Expiry // the server's certificate ends sooner than the tls block wants; nil: not, or that is not asked
}

// Mismatch reports whether an HTTP body has another length than its header says.
func (v *Verdict) Mismatch() bool { return v.Declared >= 0 && v.Declared != v.Received }

// Why is the reason of a verdict.
type Why uint8

// The reasons. Behind them the kinds that give them, beside the ones that all kinds on a stream share.
const (
	Success Why = iota

	ConnectFailed  // refused, unreachable, reset; Errno
	ConnectTimeout // no connection within the time
	TLSFailed      // the handshake failed, or the server's certificate is no good; Text
	Expiring       // the server's certificate ends too soon for the tls block; Expiry
	SendFailed     // Errno
	ReadFailed     // reset, or an ICMP error for a datagram; Errno
	NoAnswer       // not one byte within the time
	ReadTimeout    // something came, and then nothing for the time
	EarlyClose     // SMTP: the server closed in the middle of the conversation

	NoData      // HTTP: the answer ended before its header did, or the header is longer than 4 KiB
	BadStatus   // HTTP; Code
	BadDigest   // HTTP
	BadMatch    // HTTP: the regex does not match, or does and must not
	RegexFailed // HTTP: the regex took too long

	BadProtocol // HTTP/2, gRPC: the answer is against the rules, or the server refuses; Text
	BadGRPC     // gRPC: a status other than OK; Code
	NotServing  // gRPC: what the health service says of the service; Code

	BadGreeting // SMTP; Code
	BadHELO     // SMTP; Code

	BadRcode // DNS; Code
	BadReply // UDP: not what require_reply wants
)

// end is the verdict on a stream that ended before its time. heard: something had come.
func (v *Verdict) end(end End, heard bool) {
	v.OK = false
	switch end.Kind {
	case Open:
	case Closed:
		v.Why = EarlyClose
	case Failed:
		v.Why, v.Errno = ReadFailed, end.Errno
	case Silence:
		v.Why = NoAnswer
		if heard {
			v.Why = ReadTimeout
		}
	}
}
