package conf

import (
	"encoding/hex"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/syntax"
)

var realSetters = map[string]wired{
	"weight": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxInt32, "Real server weight WORD is outside range 0-2147483647"); ok {
			d.rs.Weight = value(int(v), n.Args[0])
		}
	}},
	"lvs_method": {1, -1, func(d *decoder, n *syntax.Node) { d.setForward(n, &d.rs.Forward) }},
	"uthreshold": {1, 1, func(d *decoder, n *syntax.Node) { d.setThreshold(n, &d.rs.UpperThreshold) }},
	"lthreshold": {1, 1, func(d *decoder, n *syntax.Node) { d.setThreshold(n, &d.rs.LowerThreshold) }},
	"inhibit_on_failure": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid inhibit_on_failure parameter WORD"); ok {
			d.rs.InhibitOnFailure = v
		}
	}},
	"alpha": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid alpha parameter WORD"); ok {
			d.rs.Alpha = v
		}
	}},
	"smtp_alert": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid real_server smtp_alert parameter WORD"); ok {
			d.rs.SMTPAlert = v
		}
	}},
	"virtualhost": {1, 1, func(d *decoder, n *syntax.Node) { d.rs.VirtualHost = value(n.Args[0].Text, n.Args[0]) }},
	"notify_up":   {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "", &d.rs.NotifyUp) }},
	"notify_down": {1, -1, func(d *decoder, n *syntax.Node) { d.notify(n, "", &d.rs.NotifyDown) }},

	"connect_timeout":    {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.rs.Timing, "real server ") }},
	"delay_loop":         {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.rs.Timing, "real server ") }},
	"delay_before_retry": {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.rs.Timing, "real server ") }},
	"warmup":             {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.rs.Timing, "real server ") }},
	"retry":              {1, 1, func(d *decoder, n *syntax.Node) { d.setRetry(n, &d.rs.Timing) }},

	"HTTP_GET":   {0, 0, (*decoder).setHTTP},
	"SSL_GET":    {0, 0, (*decoder).setHTTP},
	"TCP_CHECK":  {0, 0, (*decoder).setChecker},
	"SMTP_CHECK": {0, 0, (*decoder).setChecker},
	"DNS_CHECK":  {0, 0, (*decoder).setChecker},
	"UDP_CHECK":  {0, 0, (*decoder).setChecker},
	"PING_CHECK": {0, 0, (*decoder).setChecker},
	"MISC_CHECK": {0, 0, (*decoder).setChecker},
}

// setReal decodes one real_server block.
func (d *decoder) setReal(n *syntax.Node) {
	a, ok := d.endpoint(n, n.Args, func(ip, port string) string {
		return "Invalid real server ip address/port " + ip + "/" + port + " - skipping"
	})
	if !ok {
		return
	}
	d.rs = &RealServer{At: n.Keyword.At, Address: a}
	d.vs.RealServers = append(d.vs.RealServers, d.rs)
	d.walk(n.Block, blockReal)
	d.rs = nil
}

func (d *decoder) setThreshold(n *syntax.Node, to *Value[uint32]) {
	if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, "Invalid real_server "+n.Keyword.Text+" 'WORD' - ignoring"); ok {
		*to = value(uint32(v), n.Args[0])
	}
}

// checkerSetters are the options that every checker has.
var checkerSetters = map[string]wired{
	"connect_ip":   {1, 1, func(d *decoder, n *syntax.Node) { d.setCheckerIP(n, &d.check.ConnectIP) }},
	"connect_port": {1, 1, func(d *decoder, n *syntax.Node) { d.setCheckerPort(n, &d.check.ConnectPort) }},
	"bindto":       {1, 1, func(d *decoder, n *syntax.Node) { d.setCheckerIP(n, &d.check.BindTo) }},
	"bind_port":    {1, 1, func(d *decoder, n *syntax.Node) { d.setCheckerPort(n, &d.check.BindPort) }},
	"bind_if":      {1, 1, func(d *decoder, n *syntax.Node) { d.setIfname(n, &d.check.BindIf) }},
	"fwmark": {1, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.uintWord(n, n.Args[0], 0, math.MaxUint32, "Invalid fwmark connection value 'WORD'"); ok {
			d.check.Mark = value(uint32(v), n.Args[0])
		}
	}},
	"alpha": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid alpha parameter WORD"); ok {
			d.check.Alpha = v
		}
	}},
	"log_all_failures": {0, 1, func(d *decoder, n *syntax.Node) {
		if v, ok := d.boolWord(n, "Invalid log_all_failures parameter WORD"); ok {
			d.check.LogAll = v
		}
	}},
	"connect_timeout":    {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.check.Timing, "") }},
	"delay_loop":         {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.check.Timing, "") }},
	"delay_before_retry": {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.check.Timing, "") }},
	"warmup":             {1, 1, func(d *decoder, n *syntax.Node) { d.setTiming(n, &d.check.Timing, "") }},
	"retry": {1, 1, func(d *decoder, n *syntax.Node) {
		d.setCheckerRetry(n, "Invalid retry connection value 'WORD'")
	}},
}

// httpSetters are the options of HTTP_GET and SSL_GET: the common ones and their own.
var httpSetters = func() map[string]wired {
	m := map[string]wired{
		"nb_get_retry": {1, 1, func(d *decoder, n *syntax.Node) {
			d.warn(n, n.Keyword, "deprecated", "nb_get_retry is deprecated",
				"nb_get_retry is deprecated - please use 'retry'", "read as retry")
			d.setCheckerRetry(n, "Invalid nb_get_retry value 'WORD'")
		}},
		"virtualhost":   {1, 1, func(d *decoder, n *syntax.Node) { d.check.VirtualHost = value(n.Args[0].Text, n.Args[0]) }},
		"http_protocol": {1, 1, (*decoder).setHTTPProtocol},
		"fast_recovery": {0, 1, func(d *decoder, n *syntax.Node) {
			if v, ok := d.boolWord(n, "Invalid fast_recovery parameter WORD"); ok {
				d.check.FastRecovery = v
			}
		}},
		"enable_sni": {0, 0, func(d *decoder, n *syntax.Node) { d.check.EnableSNI = value(true, n.Keyword) }},
		"url":        {0, 0, (*decoder).setURL},
	}
	for k, v := range checkerSetters {
		m[k] = v
	}
	return m
}()

var urlSetters = map[string]wired{
	"path":        {1, 1, func(d *decoder, n *syntax.Node) { d.url.Path = value(n.Args[0].Text, n.Args[0]) }},
	"digest":      {1, 1, (*decoder).setDigest},
	"status_code": {1, -1, (*decoder).setStatus},
	"virtualhost": {1, 1, func(d *decoder, n *syntax.Node) { d.url.VirtualHost = value(n.Args[0].Text, n.Args[0]) }},
}

func (d *decoder) setChecker(n *syntax.Node) {
	d.check = &Checker{Kind: n.Keyword.Text, At: n.Keyword.At}
	d.rs.Checkers = append(d.rs.Checkers, d.check)
	d.walk(n.Block, Block(n.Opens))
	d.check = nil
}

func (d *decoder) setHTTP(n *syntax.Node) {
	before := len(d.rs.Checkers)
	d.setChecker(n)
	if c := d.rs.Checkers[before]; len(c.URLs) == 0 {
		d.atClose(n, "missing-url", n.Keyword.Text+" needs at least one url",
			"HTTP/SSL_GET checker has no urls specified - ignoring", "the checker is ignored")
		d.rs.Checkers = d.rs.Checkers[:before]
	}
}

func (d *decoder) setURL(n *syntax.Node) {
	d.url = &URL{At: n.Keyword.At}
	d.walk(n.Block, blockURL)
	u := d.url
	d.url = nil
	if !u.Path.Set() {
		d.atClose(n, "missing-path", "the url has no path", "HTTP/SSL_GET checker url has no path - ignoring", "the url is ignored")
		return
	}
	d.check.URLs = append(d.check.URLs, u)
}

func (d *decoder) setCheckerIP(n *syntax.Node, to *Value[netip.Addr]) {
	w := n.Args[0]
	a, err := netip.ParseAddr(w.Text)
	if err != nil {
		d.fault(n, w, "bad-address", "'"+w.Text+"' is not an IP address",
			"Invalid "+n.Keyword.Text+" address "+w.Text+" - ignoring", "the line is ignored")
		return
	}
	*to = value(a, w)
}

func (d *decoder) setCheckerPort(n *syntax.Node, to *Value[uint16]) {
	if v, ok := d.uintWord(n, n.Args[0], 1, math.MaxUint16, "Invalid checker "+n.Keyword.Text+" 'WORD'"); ok {
		*to = value(uint16(v), n.Args[0])
	}
}

func (d *decoder) setCheckerRetry(n *syntax.Node, compat string) {
	w := n.Args[0]
	if v, ok := d.uintWord(n, w, 0, math.MaxUint32, compat); ok {
		d.check.Timing.Retry = value(int(min(v, math.MaxInt32)), w)
	}
}

func (d *decoder) setHTTPProtocol(n *syntax.Node) {
	w := n.Args[0]
	if !slices.Contains([]string{"1.0", "1.0C", "1.0c", "1.1"}, w.Text) {
		d.fault(n, w, "unknown-option", "an HTTP version is 1.0, 1.0C or 1.1, not '"+w.Text+"'",
			"Invalid http_protocol version "+w.Text, "1.0 is used")
		return
	}
	d.check.HTTPProtocol = value(strings.ToUpper(w.Text), w)
}

func (d *decoder) setDigest(n *syntax.Node) {
	w := n.Args[0]
	var sum [16]byte
	switch _, err := hex.Decode(sum[:min(16, len(w.Text)/2)], []byte(w.Text[:min(32, len(w.Text)&^1)])); {
	case len(w.Text) != 32:
		d.fault(n, w, "bad-digest", "a digest has 32 hexadecimal digits",
			"digest '"+w.Text+"' character length should be 32 rather than "+strconv.Itoa(len(w.Text)), "the line is ignored")
	case err != nil:
		d.fault(n, w, "bad-digest", "a digest has 32 hexadecimal digits", "Unable to interpret hex digit in '"+w.Text+"'", "the line is ignored")
	default:
		d.url.Digest = value(sum, w)
	}
}

func (d *decoder) setStatus(n *syntax.Node) {
	for i, w := range n.Args {
		if !w.Quoted && foreignWord(w.Text) {
			d.extra(n, i)
			return
		}
		from, to, isRange := strings.Cut(w.Text, "-")
		lo, f := parseUint(from, 100, 599)
		hi := lo
		if isRange && f == "" {
			hi, f = parseUint(to, lo, 599)
		}
		if f != "" {
			d.fault(n, w, "bad-status", "a status is a number from 100 to 599 or a range, not '"+w.Text+"'",
				"Invalid HTTP_GET status code '"+w.Text+"'", "the word is ignored")
			continue
		}
		d.url.Status = append(d.url.Status, StatusRange{From: uint16(lo), To: uint16(hi), At: w.At})
	}
}
