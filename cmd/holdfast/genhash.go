package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/talk"
	"holdfast/internal/getopt"
	"holdfast/internal/host/probe"
)

// newGenhashCommand is genhash under holdfast's name. Its command line is genhash's own; the flags are there to be completed.
func newGenhashCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "genhash [-S] -s ADDRESS -p PORT -u URL",
		Short: "Print the digest of a web page, as HTTP_GET and SSL_GET want it",
		Long: "Genhash asks a web server for a page as HTTP_GET does, with -S as SSL_GET, and prints the MD5 sum of the\n" +
			"body: what the keyword digest compares. The options, what is printed and the exit status are those of\n" +
			"keepalived's genhash; under that name, and as keepalived --genhash, it is the same program.\n\n" +
			"Exit status: 0 the server was asked (the digest is on standard output, or why there is none), 1 the command\n" +
			"line is wrong or the server could not be asked.",
		Example:            "  holdfast genhash -s 192.0.2.10 -p 80 -u /health\n  holdfast genhash -S -I -V www.example.com -s 2001:db8::10 -p 443 -u / -v",
		DisableFlagParsing: true,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if n := len(args); n > 0 && (args[n-1] == "-P" || args[n-1] == "--protocol") {
				return []string{"1.0", "1.0c", "1.1"}, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if status := genhash("holdfast genhash", args, len(args) > 0); status != 0 {
				return &statusError{status, nil}
			}
			return nil
		},
	}
	help := map[string]string{}
	for _, m := range genhashOptionLine.FindAllStringSubmatch(genhashUsage, -1) {
		help[m[1]] = m[2]
	}
	for _, o := range genhashOptions {
		if o.Arg == getopt.None {
			c.Flags().BoolP(o.Long, string(o.Short), false, help[o.Long])
			continue
		}
		c.Flags().StringP(o.Long, string(o.Short), "", help[o.Long])
	}
	return c
}

var genhashOptionLine = regexp.MustCompile(`(?m)^ +--([\w-]+) +-\w +(.*)$`)

// genhashTimeout is how long genhash waits without -t, each time for something to come. keepalived's waits for ever.
const genhashTimeout = time.Minute

// genhash asks a web server for a page and prints its digest, as HTTP_GET and SSL_GET want it. name is what the help calls the
// program; enough says that there are arguments enough for the line to be read. It returns the exit status.
func genhash(name string, args []string, enough bool) int {
	p := page{timeout: genhashTimeout, protocol: "1.0"}
	// compat: one argument says nothing, not even that it is wrong.
	if !enough || !p.parse(args, os.Stderr) {
		fmt.Fprintf(os.Stderr, genhashUsage, name)
		return 1 // compat: also after -h
	}
	out := bufio.NewWriter(os.Stdout)
	status := p.fetch(out, os.Stderr)
	if err := out.Flush(); err != nil {
		fmt.Fprintf(os.Stderr, "genhash: %v\n", err)
		return 1
	}
	return status
}

// fetch asks for the page and says how that went.
// compat: the exit status is 0 also without a digest.
func (p *page) fetch(out *bufio.Writer, stderr io.Writer) int {
	result, sum, err := p.ask(out)
	var fault *probe.SetupError
	switch {
	case errors.As(err, &fault):
		fmt.Fprintf(stderr, "genhash: cannot %v: %v\n", fault.Step, fault.Errno)
		return 1
	case err != nil:
		fmt.Fprintf(stderr, "genhash: %v\n", err)
		return 1
	case result.Verdict.OK:
		fmt.Fprintf(out, "%x\n", sum)
	case result.Verdict.Why == talk.NoData && !p.tls:
		_ = out.Flush() // an error of it stays for the last one
		fmt.Fprintln(stderr, "no data received from remote webserver")
	default:
		fmt.Fprintln(out, p.failure(&result.Verdict))
	}
	if p.verbose {
		fmt.Fprintf(out, "\nGlobal response time for [%s] = %d usecs\n", p.url, result.Took.Microseconds())
	}
	return 0
}

// ask has the conversation.
func (p *page) ask(out io.Writer) (probe.Result, [16]byte, error) {
	if !p.verbose {
		out = nil
	}
	to := netip.AddrPortFrom(p.server, p.port)
	digest := talk.NewDigest(p.url, p.protocol, p.host, to, out)
	call := talk.Call{To: to, Mark: p.mark, Timeout: p.timeout, Talk: digest}
	if p.tls {
		call.TLS = &talk.TLS{}
		if p.sni {
			call.TLS.ServerName = p.host
		}
	}
	prober, err := probe.New(probe.Options{Slack: -1})
	if err != nil {
		return probe.Result{}, [16]byte{}, err
	}
	defer func() { _ = prober.Close() }()
	prober.Start(0, &call, time.Now())
	for {
		results, _, _, err := prober.Wait(time.Time{}, false, nil)
		switch {
		case err != nil:
			return probe.Result{}, [16]byte{}, err
		case len(results) > 0 && results[0].Kind == probe.NotTried:
			return probe.Result{}, [16]byte{}, results[0].Err
		case len(results) > 0:
			return results[0], digest.Sum(), nil
		}
	}
}

// failure says in genhash's words why there is no digest.
func (p *page) failure(v *talk.Verdict) string {
	switch v.Why {
	case talk.ConnectFailed:
		if unix.Errno(v.Errno) == unix.ENETUNREACH {
			return "HTTP_CHECK - network unreachable"
		}
		return "Connection failed"
	case talk.ConnectTimeout:
		return "Timeout connecting"
	case talk.TLSFailed:
		return "SSL handshake/communication error connecting to"
	case talk.NoAnswer, talk.ReadTimeout:
		switch {
		case p.tls:
			return "Timeout SSL read"
		case v.Why == talk.NoAnswer:
			return "Timeout WEB read"
		}
		return "Timeout HTTP read"
	case talk.NoData:
		return "SSL read error from"
	case talk.ReadFailed:
		if p.tls {
			return "SSL read error from"
		}
	}
	return "Read error with"
}
