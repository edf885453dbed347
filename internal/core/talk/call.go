package talk

import (
	"net/netip"
	"time"

	"holdfast/conf"
)

// Call is one conversation of a checker: whom to reach, how, and what to say.
type Call struct {
	Network   Network
	To        netip.AddrPort // for Echo without a port
	From      netip.Addr     // bindto; invalid: the kernel's choice
	FromPort  uint16         // bind_port; 0: the kernel's choice
	Interface string         // bind_if
	Mark      uint32         // fwmark; 0: none
	TLS       *TLS           // nil: plain

	// Timeout is how long to wait for the connection, and then each time for something to read.
	// compat: connect_timeout is both.
	Timeout time.Duration

	// AllErrors says that every ICMP error for a datagram is heard, not only that nobody listens.
	AllErrors bool

	// Heavy says that the Talk may compute for long (it matches a regex that backtracks): it is not carried beside others.
	Heavy bool

	Talk Talk
}

// Network is what a call goes over.
type Network uint8

// The networks.
const (
	Stream   Network = iota // TCP
	Datagram                // UDP: one datagram is sent, and datagrams are heard
	Echo                    // ICMP echo: a datagram is a whole ICMP message, of which the kernel sets identifier and checksum
)

// asked is what a keyword's calls are made from.
type asked struct {
	vs *conf.VirtualServer
	rs *conf.RealServer
	c  *conf.Checker
}

// kinds are the checkers that talk, by keyword.
var kinds = map[string]func(asked) []Call{}

// register makes a keyword known; the result serves for use in a variable declaration.
func register(keyword string, calls func(asked) []Call) struct{} {
	kinds[keyword] = calls
	return struct{}{}
}

// Speaks reports whether checkers of a keyword have conversations.
func Speaks(keyword string) bool { return kinds[keyword] != nil }

// Calls gives the conversations of a checker: one for each url of HTTP_GET and SSL_GET and for each host of SMTP_CHECK,
// else one. It gives none for the kinds that do not talk (MISC_CHECK, FILE_CHECK, BFD_CHECK). The Talks of two
// results share nothing that changes.
func Calls(vs *conf.VirtualServer, rs *conf.RealServer, c *conf.Checker) []Call {
	if calls := kinds[c.Kind]; calls != nil {
		return calls(asked{vs, rs, c})
	}
	return nil
}

// call gives the call that the options of a connection describe.
func (a asked) call(n Network, con *conf.Connection, timeout time.Duration, t Talk) Call {
	addr, port := a.rs.Address.V.Addr(), a.rs.CheckPort(con)
	if con.ConnectIP.Set() {
		addr = con.ConnectIP.V
	}
	if n == Echo {
		port = 0
	}
	return Call{
		Network: n, To: netip.AddrPortFrom(addr, port), From: con.BindTo.V, FromPort: con.BindPort.V,
		Interface: con.BindIf.V, Mark: con.Mark.V, Timeout: timeout, Talk: t,
	}
}
