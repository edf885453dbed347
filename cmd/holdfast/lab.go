package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	ossignal "os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/internal/lab"
	"holdfast/internal/lab/play"
	"holdfast/internal/role/super"
)

// labbing is one run of "holdfast lab".
type labbing struct {
	opt   lab.Options
	addrs []string
	feed  bool
}

func newLabCommand() *cobra.Command {
	var l labbing
	c := &cobra.Command{
		Use:   "lab",
		Short: "Watch two daemons fail over between network namespaces, and the servers behind them",
		Long: "Lab builds two routers, a switch for each of their networks and a client as network namespaces on this\n" +
			"machine, runs a daemon in each router and plays a scenario: cold start, crash, return, orderly stop, link\n" +
			"failure. It shows live who is MASTER, who has the virtual addresses and what a client sees that asks each of\n" +
			"them once a millisecond, and ends with a table of expectations and measurements. Nothing outside of its\n" +
			"namespaces is touched; everything is taken down at the end. It needs root.\n\n" +
			"Clusters have web servers behind the two: the client asks for a hundred pages a second while servers die,\n" +
			"a director has a power failure, and both at once; shown are also the directors' IPVS tables and who served.\n" +
			"Where the kernel has no IPVS they are played in a User-mode-Linux guest, which is fetched with apt-get.\n\n" +
			"Pairs: one network (single, dual), two networks with sync groups (sync, dual-sync), a case study with\n" +
			"authenticated adverts (case). Clusters: direct routing behind a router (dr), two active directors (active).\n" +
			"Without --pair and --scenario it plays single, dr and active; \"--scenario all\" plays everything.\n\n" +
			"Exit status: 0 every expectation held, 1 one did not or the lab could not be built, 2 the command line is\n" +
			"wrong. Clusters that nobody has named are skipped where there can be no guest, which is no failure.",
		Example: "  holdfast lab\n  holdfast lab --daemon /usr/sbin/keepalived --scenario single,dr\n" +
			"  holdfast lab --pair a.conf,b.conf --addr eth0=192.0.2.1/24,192.0.2.2/24",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return l.notify(args)
			}
			return l.run(c)
		},
	}
	f := c.Flags()
	f.StringVar(&l.opt.Program, "daemon", "", "another program with keepalived's options (default: this program)")
	f.StringSliceVar(&l.opt.Pair, "pair", nil, "two configurations to play instead of the published ones")
	f.StringArrayVar(&l.addrs, "addr", nil, "the routers' addresses on an interface, IFACE=ADDR/LEN,ADDR/LEN (repeat for more)")
	f.StringSliceVar(&l.opt.Scenarios, "scenario", nil, "which of the lab's own pairs to play (repeat for more), \"all\", or \"list\"")
	f.BoolVar(&l.opt.Hold, "hold", false, "stop after the cold start, say how to look inside, and wait for Ctrl-C")
	f.BoolVar(&l.feed, "feed", false, "write all that is seen as JSON lines, for the lab that has started this one in a guest")
	_ = f.MarkHidden("feed") // it exists
	f.BoolVar(&l.opt.JSON, "json", false, "write the result as one JSON document")
	return c
}

// notify is what the lab's own notify script comes to: "#!… lab" makes the kernel call us with its path.
func (l *labbing) notify(args []string) error {
	if !filepath.IsAbs(args[0]) {
		return &statusError{statusUnusable, fmt.Errorf("lab: unexpected argument %q", args[0])}
	}
	if err := lab.Report(args); err != nil {
		return &statusError{statusUnusable, err}
	}
	return nil
}

func (l *labbing) run(c *cobra.Command) error {
	if len(l.opt.Scenarios) == 1 && l.opt.Scenarios[0] == "list" {
		return listScenarios(c)
	}
	if err := l.prepare(c); err != nil {
		return &statusError{statusUnusable, err}
	}
	ctx, stop := ossignal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ok, err := lab.Run(ctx, l.opt)
	var usage *lab.UsageError
	switch {
	case errors.As(err, &usage):
		return &statusError{statusUnusable, err}
	case errors.Is(err, context.Canceled):
		return &statusError{statusFound, errors.New("lab: interrupted; everything is taken down")}
	case err != nil:
		return &statusError{statusFound, err}
	case !ok:
		return &statusError{statusFound, nil}
	}
	return nil
}

// prepare completes the options.
func (l *labbing) prepare(c *cobra.Command) error {
	l.opt.Addrs = play.Addrs{}
	for _, s := range l.addrs {
		iface, addrs, err := lab.ParseAddr(s)
		if err != nil {
			return err
		}
		l.opt.Addrs[iface] = addrs
	}
	for i, path := range l.opt.Pair {
		abs, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		l.opt.Pair[i] = abs
	}
	l.opt.Source = super.Disk{}
	l.opt.Out, l.opt.Lines = c.OutOrStdout(), c.OutOrStdout()
	l.opt.Began = began()
	if l.feed {
		l.opt.Feed = c.OutOrStdout()
		return nil
	}
	live := os.Stdout
	if l.opt.JSON {
		l.opt.Lines, live = c.ErrOrStderr(), os.Stderr
	}
	if term.IsTerminal(int(live.Fd())) && os.Getenv("TERM") != "dumb" {
		l.opt.Screen = live
	}
	return nil
}

// began is when the user began to wait: "make demo" says it, in seconds since 1970, for it may have to build first.
func began() time.Time {
	s, err := strconv.ParseFloat(os.Getenv("HOLDFAST_DEMO_BEGAN"), 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(int64(s * 1e6))
}

func listScenarios(c *cobra.Command) error {
	pairs, err := play.Published()
	if err != nil {
		return &statusError{statusUnusable, err}
	}
	for i := range pairs {
		fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", pairs[i].Name, pairs[i].Title)
		for _, s := range play.Scenario(&pairs[i]) {
			fmt.Fprintf(c.OutOrStdout(), "  %-28s %s\n", s.Name, s.Story)
		}
	}
	return nil
}
