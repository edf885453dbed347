package main

import (
	"fmt"
	"io"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/internal/getopt"
)

// page is what genhash is asked for.
type page struct {
	server   netip.Addr
	port     uint16
	url      string
	host     string // empty: the server's address
	protocol string // as NewDigest takes it
	timeout  time.Duration
	mark     uint32

	tls, sni, verbose bool
}

var genhashOptions = []getopt.Option{
	{Short: 'S', Long: "use-ssl", ID: 'S'},
	{Short: 'I', Long: "use-sni", ID: 'I'},
	{Short: 's', Long: "server", Arg: getopt.Required, ID: 's'},
	{Short: 'p', Long: "port", Arg: getopt.Required, ID: 'p'},
	{Short: 'u', Long: "url", Arg: getopt.Required, ID: 'u'},
	{Short: 'V', Long: "use-virtualhost", Arg: getopt.Required, ID: 'V'},
	{Short: 'v', Long: "verbose", ID: 'v'},
	{Short: 'h', Long: "help", ID: 'h'},
	{Short: 'm', Long: "fwmark", Arg: getopt.Required, ID: 'm'},
	{Short: 'P', Long: "protocol", Arg: getopt.Required, ID: 'P'},
	{Short: 't', Long: "timeout", Arg: getopt.Required, ID: 't'},
}

// parse reads a command line, and reports whether it asks for a page. What is wrong with it is written to stderr.
func (p *page) parse(args []string, stderr io.Writer) bool {
	found, operands := getopt.Parse(args, genhashOptions)
	wrong, asked := false, map[int]bool{}
	for _, f := range found {
		asked[f.ID] = true
		switch {
		case f.Err != nil && f.Err.Kind == getopt.MissingArgument:
			fmt.Fprintf(stderr, "Missing parameter for option %s\n", f.Err.Word)
		case f.Err != nil:
			fmt.Fprintf(stderr, "Unknown option %s\n", f.Err.Word)
		case f.ID == 'h':
		default:
			if fault := p.set(f); fault != "" {
				fmt.Fprintln(stderr, fault)
				return false
			}
			continue
		}
		wrong = true
	}
	if !wrong && len(operands) > 0 {
		fmt.Fprintf(stderr, "Unexpected argument(s): %s\n", strings.Join(operands, " "))
		wrong = true
	}
	return !wrong && asked['s'] && asked['p'] && asked['u']
}

// set takes an option, or says in genhash's words what is wrong with its value.
func (p *page) set(f getopt.Found) (fault string) {
	switch f.ID {
	case 'S':
		p.tls = true
	case 'I':
		p.sni = true
	case 'v':
		p.verbose = true
	case 'u':
		p.url = f.Value
	case 'V':
		p.host = f.Value
	case 's':
		// compat: what follows as of a prefix or a range does not count.
		word, _, _ := strings.Cut(f.Value, "/")
		word, _, _ = strings.Cut(word, "-")
		addr, err := netip.ParseAddr(word)
		if err != nil || addr.Zone() != "" {
			return "server should be an IP, not " + f.Value
		}
		p.server = addr
	case 'p':
		n, ok := number(f.Value)
		if !ok || n == 0 || n > math.MaxUint16 {
			return "invalid port number '" + f.Value + "'"
		}
		p.port = uint16(n)
	case 'm':
		n, ok := number(f.Value)
		if (!ok || n > math.MaxUint32) && f.Value != "" { // compat: nothing is 0
			return "invalid fwmark '" + f.Value + "'"
		}
		p.mark = uint32(n)
	case 't':
		n, ok := number(f.Value)
		if !ok {
			return "invalid timeout '" + f.Value + "'"
		}
		p.timeout = time.Duration(min(n, genhashLongest)) * time.Second
	case 'P':
		protocol := strings.ToUpper(f.Value)
		if protocol != "1.0" && protocol != "1.0C" && protocol != "1.1" {
			return "invalid HTTP protocol version '" + f.Value + "'"
		}
		p.protocol = protocol
	}
	return ""
}

// genhashLongest is the longest timeout in seconds, three years; ten of them can be told by the clock.
const genhashLongest = 100_000_000

// number reads a number as strtoul(3) does, but none with a minus sign. What is too wide is the widest.
func number(word string) (uint64, bool) {
	digits := strings.TrimPrefix(strings.TrimLeft(word, " \t\n\v\f\r"), "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		n = math.MaxUint64
	}
	return n, true
}

const genhashUsage = `Usage: %s COMMAND [OPTIONS]
Commands:
   -s server-address -p port -u url
   -S -s server-address -p port -u url
   -h

Options:
Either long or short options are allowed.
   --use-ssl         -S       Use SSL connection to remote server.
   --use-sni         -I       Use SNI during SSL handshake (uses virtualhost setting; see -V).
   --server          -s       Use the specified remote server address.
   --port            -p       Use the specified remote server port.
   --url             -u       Use the specified remote server url.
   --use-virtualhost -V       Use the specified virtualhost in GET query.
   --verbose         -v       Use verbose mode output.
   --help            -h       Display this short inlined help screen.
   --fwmark          -m       Use the specified FW mark.
   --protocol        -P       Use the specified HTTP protocol - '1.0', 1.0c', '1.1'.
                                1.0c means 1.0 with 'Connection: close'
   --timeout         -t       Timeout in seconds
`
