package conf

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"holdfast/conf/pattern"
	"holdfast/conf/syntax"
)

// httpSetters are the options of HTTP_GET and SSL_GET: the common ones and their own.
var httpSetters = merged(commonOptions, shareOption, tlsOption, map[string]wired{
	"nb_get_retry": {0, 1, func(d *decoder, n *syntax.Node) {
		d.warn(n, n.Keyword, "deprecated", "nb_get_retry is deprecated",
			"nb_get_retry is deprecated - please use 'retry'", "read as retry")
		if len(n.Args) == 0 {
			d.missing(n, 1)
			return
		}
		nbGetRetry.set(d, n)
	}},
	"virtualhost":     textOpt(func(d *decoder) *Value[string] { return &d.check.HTTP.VirtualHost }, "HTTP_GET virtualhost name missing"),
	"http_protocol":   {0, 1, (*decoder).setHTTPProtocol},
	"fast_recovery":   boolOpt(func(d *decoder) *Value[bool] { return &d.check.HTTP.FastRecovery }, "Invalid fast_recovery parameter WORD"),
	"recover_at_once": boolOpt(func(d *decoder) *Value[bool] { return &d.check.HTTP.RecoverAtOnce }, "Invalid recover_at_once parameter WORD"),
	"enable_sni":      boolOpt(func(d *decoder) *Value[bool] { return &d.check.HTTP.EnableSNI }, "Invalid enable_sni parameter WORD"),
	"sni_name":        textOpt(func(d *decoder) *Value[string] { return &d.check.HTTP.SNIName }, ""),
	"tls_compliant":   flagOpt(func(d *decoder) *Value[bool] { return &d.check.HTTP.TLSCompliant }),
	"url":             {0, 0, (*decoder).setURL},
})

var nbGetRetry = retryOpt(func(d *decoder) *Value[int] { return &d.check.Timing.Retry }, 0, "Invalid nb_get_retry value 'WORD'")

var urlSetters = map[string]wired{
	"path":             textOpt(func(d *decoder) *Value[string] { return &d.url.Path }, ""),
	"digest":           {1, 1, (*decoder).setDigest},
	"status_code":      {0, -1, (*decoder).setStatus},
	"virtualhost":      textOpt(func(d *decoder) *Value[string] { return &d.url.VirtualHost }, "Missing HTTP_GET virtualhost name"),
	"tls_compliant":    flagOpt(func(d *decoder) *Value[bool] { return &d.url.TLSCompliant }),
	"regex":            {0, 1, (*decoder).setRegex},
	"regex_no_match":   flagOpt(func(d *decoder) *Value[bool] { return &d.url.Regex.NoMatch }),
	"regex_options":    {0, -1, (*decoder).setRegexOptions},
	"regex_min_offset": {0, 1, func(d *decoder, n *syntax.Node) { d.regexNumber(n, 0, &d.url.Regex.MinOffset) }},
	"regex_max_offset": {0, 1, func(d *decoder, n *syntax.Node) { d.regexNumber(n, 0, &d.url.Regex.MaxOffset) }},
	"regex_stack": {0, 2, func(d *decoder, n *syntax.Node) {
		d.regexNumber(n, 0, &d.url.Regex.StackStart)
		d.regexNumber(n, 1, &d.url.Regex.StackMax)
	}},
}

func (d *decoder) endHTTP(n *syntax.Node) bool {
	if len(d.check.HTTP.URLs) > 0 {
		return true
	}
	d.atClose(n, "missing-url", n.Keyword.Text+" needs at least one url",
		"HTTP/SSL_GET checker has no urls specified - ignoring", "the checker is ignored")
	return false
}

func (d *decoder) setURL(n *syntax.Node) {
	d.url = &URL{At: n.Keyword.At}
	d.walk(n.Block, blockURL)
	u := d.url
	d.url = nil
	d.judgeRegex(n, &u.Regex)
	if !u.Path.Set() {
		d.atClose(n, "missing-path", "the url has no path", "HTTP/SSL_GET checker url has no path - ignoring", "the url is ignored")
		return
	}
	d.check.HTTP.URLs = append(d.check.HTTP.URLs, u)
}

func (d *decoder) setHTTPProtocol(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.noWord(n, "Missing http_protocol version")
		return
	}
	w := n.Args[0]
	if !slices.Contains([]string{"1.0", "1.0C", "1.0c", "1.1", "2"}, w.Text) {
		d.fault(n, w, "unknown-option", "an HTTP version is 1.0, 1.0C, 1.1 or 2, not '"+w.Text+"'",
			"Invalid http_protocol version "+w.Text, "the line is ignored")
		return
	}
	d.check.HTTP.Protocol = value(strings.ToUpper(w.Text), w)
}

// digestLen is how many digits an MD5 sum has.
const digestLen = 32

func (d *decoder) setDigest(n *syntax.Node) {
	w := n.Args[0]
	if d.url.Digest.Set() {
		d.fault(n, w, "duplicate-keyword", "digest is given already, at "+d.url.Digest.At.String(),
			"Digest '"+w.Text+"' is a duplicate", "the line is ignored")
		return
	}
	if len(w.Text) != digestLen {
		d.fault(n, w, "bad-digest", "a digest has 32 hexadecimal digits",
			"digest '"+w.Text+"' character length should be 32 rather than "+strconv.Itoa(len(w.Text)), "the line is ignored")
		return
	}
	var sum [digestLen / 2]byte
	// compat: keepalived reads from the end, and cuts off the text behind what it has still to read.
	for i := digestLen - 2; i >= 0; i -= 2 {
		v, ok := hexPair(w.Text[i : i+2])
		if !ok {
			d.fault(n, w, "bad-digest", "a digest has 32 hexadecimal digits", "Unable to interpret hex digit in '"+
				w.Text[:i+2]+"' at offset "+strconv.Itoa(i)+"/"+strconv.Itoa(i+1), "the line is ignored")
			return
		}
		sum[i/2] = v
	}
	d.url.Digest = value(sum, w)
}

// hexPair reads two characters as strtoul does: a blank or sign may stand in front of one digit.
func hexPair(s string) (byte, bool) {
	minus := s[0] == '-'
	if t := strings.TrimLeft(s, " +-"); len(t) == 1 {
		s = t
	}
	v, err := strconv.ParseUint(s, 16, 8)
	if minus {
		v = -v
	}
	return byte(v), err == nil
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

// What is wrong with a regex is at most logged by keepalived when it starts; a configuration test passes.

func (d *decoder) setRegex(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.doubt(n, n.Keyword, "missing-argument", "regex needs a pattern", "the body is not looked at", "")
		return
	}
	d.url.Regex.Pattern = value(n.Args[0].Text, n.Args[0])
}

// regexOptionNames are options of PCRE2 by the names that keepalived has for them.
var regexOptionNames = strings.Fields("allow_empty_class alt_bsux auto_callout caseless dollar_endonly dotall dupnames extended firstline " +
	"match_unset_backref multiline never_ucp never_utf no_auto_capture no_auto_possess no_dotstar_anchor no_start_optimize " +
	"ucp ungreedy utf never_backslash_c alt_circumflex alt_verbnames use_offset_limit")

func (d *decoder) setRegexOptions(n *syntax.Node) {
	if len(n.Args) == 0 {
		d.doubt(n, n.Keyword, "missing-argument", "regex_options needs an option", "the line is ignored", "")
	}
	for i, w := range n.Args {
		switch {
		case !w.Quoted && foreignWord(w.Text):
			d.extra(n, i)
			return
		case slices.Contains(regexOptionNames, w.Text):
			o := &d.url.Regex.Options
			if !o.Set() {
				o.At = w.At
			}
			o.V = append(o.V, w.Text)
		default:
			d.doubt(n, w, "unknown-option", "'"+w.Text+"' is not an option of a regex", "the word is ignored", near(w.Text, regexOptionNames))
		}
	}
}

// judgeRegex looks at what only the options together show.
func (d *decoder) judgeRegex(n *syntax.Node, r *Regex) {
	if r.MaxOffset.Set() && r.MaxOffset.V <= r.MinOffset.V {
		d.doubt(n, syntax.Word{At: r.MaxOffset.At}, "bad-offset", "regex_max_offset is not above regex_min_offset", "nothing can match", "")
	}
	if !r.Pattern.Set() {
		return
	}
	if _, err := pattern.Compile(r.Pattern.V, r.Options.V); err != nil {
		d.doubt(n, syntax.Word{At: r.Pattern.At, Text: r.Pattern.V}, "bad-regex", "the regex cannot be used: "+strings.TrimPrefix(err.Error(), "pattern: "),
			"the body is not looked at", "")
	}
}

// regexNumber reads word i of n.
func (d *decoder) regexNumber(n *syntax.Node, i int, to *Value[uint32]) {
	if len(n.Args) <= i {
		d.doubt(n, n.Keyword, "missing-argument", n.Keyword.Text+" needs "+plural(i+1, "number"), "the line is ignored", "")
		return
	}
	w := n.Args[i]
	v, f := parseUint(w.Text, 0, math.MaxUint32)
	if f != "" {
		d.doubt(n, w, "bad-number", n.Keyword.Text+": "+f, "the line is ignored", "")
		return
	}
	*to = value(uint32(v), w)
}
