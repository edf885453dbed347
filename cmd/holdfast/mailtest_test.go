package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mail goes where the file says, and what is said is shown.
func TestMailTest(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprint(c, "220 hi\r\n")
		data := false
		for in := bufio.NewScanner(c); in.Scan(); {
			switch line := in.Text(); {
			case line == "DATA":
				data = true
				fmt.Fprint(c, "354 go on\r\n")
			case line == ".":
				data = false
				fmt.Fprint(c, "250 taken as 4711\r\n")
			case !data:
				fmt.Fprint(c, "250 ok\r\n")
			}
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	path := filepath.Join(t.TempDir(), "a.conf")
	text := fmt.Sprintf("global_defs {\n router_id lb1\n smtp_server 127.0.0.1 %d\n notification_email {\n a@example.org\n }\n}\n", port)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetArgs([]string{"mail-test", "--to", "b@example.org", path})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("- connected to [127.0.0.1]:%d\n> HELO ", port), "> RCPT TO:<b@example.org>\n< 250 ok\n", "> Subject: [lb1] Test of alerts\n",
		"< 250 taken as 4711\n", "- taken for b@example.org\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
