package scene

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strings"
)

// date is what of a mail's Date says when it was sent.
var date = regexp.MustCompile(`^Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}$`)

// mail takes mails and records each as one line: its envelope, its header and its body. Setting rcpt to "TEXT ADDRESS" has it answer
// that to a recipient.
func (v *server) mail(c net.Conn) {
	reply := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	reply(unescape(v.get("banner", "220 mail.example.net ESMTP")))
	in := bufio.NewScanner(c)
	var envelope []string
	for in.Scan() {
		line := in.Text()
		switch verb, _, _ := strings.Cut(line, " "); strings.ToUpper(verb) {
		case "MAIL":
			envelope = []string{line}
			reply("250 ok")
		case "RCPT":
			if answer, whom, _ := strings.Cut(v.get("rcpt", ""), " <"); whom != "" && strings.Contains(line, "<"+whom) {
				reply(answer)
				continue
			}
			envelope = append(envelope, line)
			reply("250 ok")
		case "DATA":
			reply("354 go on")
			v.tell("mail", strings.Join(append(envelope, letter(in)...), " | "))
			reply("250 thanks")
		case "QUIT":
			reply("221 bye")
			return
		default:
			reply("250 mail.example.net")
		}
	}
}

// letter reads a mail up to the dot. When it was sent is left out.
func letter(in *bufio.Scanner) (lines []string) {
	for in.Scan() && in.Text() != "." {
		line := in.Text()
		if date.MatchString(line) {
			line = "Date: WHEN"
		}
		lines = append(lines, strings.TrimPrefix(line, "."))
	}
	return lines
}
