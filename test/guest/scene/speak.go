package scene

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// http answers one request and closes. "status/two" is the status of the path /two alone.
func (v *server) http(c net.Conn) {
	r := bufio.NewReader(c)
	var path string
	for n := 0; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if words := strings.Fields(line); n == 0 && len(words) > 1 {
			path = words[1]
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	if d, err := time.ParseDuration(v.get("delay", "0s")); err == nil {
		time.Sleep(d)
	}
	if raw := v.get("raw", ""); raw != "" {
		_, _ = c.Write([]byte(unescape(raw)))
		return
	}
	body := unescape(v.get("body", "hello"))
	status := v.get("status"+path, v.get("status", "200"))
	length := v.get("length", strconv.Itoa(len(body)))
	fmt.Fprintf(c, "HTTP/1.0 %s OK\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s", status, length, body)
}

func (v *server) smtp(c net.Conn) {
	fmt.Fprintf(c, "%s\r\n", unescape(v.get("banner", "220 mail.example.net ESMTP")))
	in := bufio.NewScanner(c)
	for in.Scan() {
		switch verb, _, _ := strings.Cut(in.Text(), " "); strings.ToUpper(verb) {
		case "HELO", "EHLO":
			fmt.Fprintf(c, "%s\r\n", unescape(v.get("helo", "250 mail.example.net")))
		case "QUIT":
			fmt.Fprintf(c, "%s\r\n", unescape(v.get("quit", "221 bye")))
			return
		default:
			fmt.Fprintf(c, "500 what?\r\n")
		}
	}
}

// dns sends the question back as its answer, with the bit that says so.
func (v *server) dns(query []byte) []byte {
	if len(query) < 12 {
		return nil
	}
	reply := bytes.Clone(query)
	rcode, _ := strconv.Atoi(v.get("rcode", "0"))
	flags := binary.BigEndian.Uint16(reply[2:])&^0xf | uint16(rcode&0xf)
	if v.get("noqr", "") == "" {
		flags |= 0x8000
	}
	binary.BigEndian.PutUint16(reply[2:], flags)
	if v.get("badid", "") != "" {
		reply[0] ^= 0xff
	}
	return reply
}

func (v *server) udp([]byte) []byte { return []byte(v.get("reply", "pong")) }

// hostile does what no server should, if it is set; it returns when the other side has had enough.
func (v *server) hostile(c net.Conn) bool {
	var say func(n int) ([]byte, time.Duration)
	switch v.get("hostile", "") {
	case "":
		return false
	case "silent": // accepts, and never says a word
		say = func(int) ([]byte, time.Duration) { return nil, time.Second }
	case "drip": // a byte now and then
		const head = "HTTP/1.0 200 OK\r\n\r\nhello, this takes its time"
		say = func(n int) ([]byte, time.Duration) { return []byte{head[n%len(head)]}, 100 * time.Millisecond }
	case "headers": // that never end
		say = func(n int) ([]byte, time.Duration) {
			if n == 0 {
				return []byte("HTTP/1.0 200 OK\r\n"), 0
			}
			return []byte(strings.Repeat("X-Header: more\r\n", 200)), 5 * time.Millisecond
		}
	case "flood": // a body that never ends
		say = func(n int) ([]byte, time.Duration) {
			if n == 0 {
				return []byte("HTTP/1.0 200 OK\r\n\r\n"), 0
			}
			return make([]byte, 64<<10), 20 * time.Millisecond
		}
	case "reset": // instead of an end
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		return true
	default: // these words, and the end
		_, _ = c.Write([]byte(unescape(v.get("hostile", ""))))
		return true
	}
	for n := 0; ; n++ {
		b, pause := say(n)
		if _, err := c.Write(b); err != nil {
			return true
		}
		time.Sleep(pause)
		if len(b) == 0 && gone(c) {
			return true
		}
	}
}

// gone reports whether the other side has closed.
func gone(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 4096))
	return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}
