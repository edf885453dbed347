package mail

import (
	"cmp"
	"strings"
	"time"

	"holdfast/conf"
)

// Settings are how a configuration has alerts mailed.
type Settings struct {
	Server   string // name or address
	Port     uint16
	Timeout  time.Duration // for the connection, and for each reply
	HELO     string
	From     string
	To       []string
	RouterID string

	TLS  string // one of the words of smtp_tls; empty: none
	CA   string // file with certificates to trust; empty: the machine's
	User string // who logs in; empty: nobody does
	Pass string // file whose first line is the password
}

// Words of smtp_tls.
const (
	STARTTLS = "starttls" // in the conversation, which goes no further without
	Implicit = "implicit" // from the first byte
)

// Of returns the settings of a configuration; nil: it mails nothing, for it names no server or nobody to mail to.
func Of(g *conf.Global) *Settings {
	if g.SMTPServer.V == "" || len(g.NotificationEmail) == 0 {
		return nil
	}
	s := &Settings{
		Server: g.SMTPServer.V, Port: g.SMTPServerPort.V, Timeout: g.SMTPConnectTimeout.V,
		HELO: g.SMTPHeloName.V, From: g.NotificationEmailFrom.V, RouterID: g.RouterID.V,
		CA: g.SMTPCA.V, User: g.SMTPUser.V, Pass: g.SMTPPasswordFile.V,
	}
	if g.SMTPTLS.V != "off" {
		s.TLS = g.SMTPTLS.V
	}
	for _, to := range g.NotificationEmail {
		s.To = append(s.To, to.V)
	}
	return s
}

// Signed returns the settings with what the configuration left to the machine: its name and the user that we are.
func (s Settings) Signed(user, host string) Settings {
	host = cmp.Or(host, "localhost")
	s.HELO = cmp.Or(s.HELO, host)
	s.From = cmp.Or(s.From, user+"@"+host)
	s.RouterID = cmp.Or(s.RouterID, host)
	return s
}

// Mailbox is the address of a recipient or sender as the envelope has it: of "Somebody <a@b>" what is between the angle brackets.
func Mailbox(address string) string {
	if i := strings.LastIndexByte(address, '<'); i >= 0 {
		address, _, _ = strings.Cut(address[i+1:], ">")
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1 // a command is one line
		}
		return r
	}, address)
}
