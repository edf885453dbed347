package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"holdfast/ipvs"
)

// listing is one run of "holdfast ipvs".
type listing struct {
	stats  bool
	rate   bool
	exact  bool
	daemon bool
	json   bool
}

func newIPVSCommand() *cobra.Command {
	var k listing
	c := &cobra.Command{
		Use:   "ipvs",
		Short: "Print the kernel's table of virtual services, as ipvsadm -Ln does",
		Long: "Ipvs prints the virtual services that the kernel balances in this network namespace and the real servers behind\n" +
			"each, whoever made them. The text is that of \"ipvsadm -Ln\", byte for byte, for what reads it by program; --json\n" +
			"also tells timeouts, thresholds, tunnels and sync daemons, which --daemon shows alone. Nothing is changed.\n\n" +
			"It needs CAP_NET_ADMIN. \"ip netns exec NAME holdfast ipvs\" shows the table of another namespace.\n\n" +
			"Exit status: 0 it was printed, 2 the command line is wrong or the result cannot be written, 3 the kernel has no\n" +
			"IPVS (module ip_vs), or its table cannot be read.",
		Example: "  holdfast ipvs\n" +
			"  watch holdfast ipvs --rate\n" +
			"  holdfast ipvs --json | jq -r '.services[].destinations[] | select(.weight == 0) | .address'",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return k.run(c.OutOrStdout()) },
	}
	f := c.Flags()
	f.BoolVar(&k.stats, "stats", false, "print how much came and went since the counters were zeroed")
	f.BoolVar(&k.rate, "rate", false, "print how much comes and goes in a second")
	f.BoolVar(&k.exact, "exact", false, "with --stats and --rate, print large numbers in full")
	f.BoolVar(&k.daemon, "daemon", false, "print the connection sync daemons instead of the table")
	f.BoolVar(&k.json, "json", false, "write one JSON document instead of text")
	c.MarkFlagsMutuallyExclusive("stats", "rate", "daemon", "json")
	c.MarkFlagsMutuallyExclusive("exact", "daemon", "json")
	return c
}

// balanced is what the kernel says of its table.
type balanced struct {
	info     ipvs.Info
	services []balancedService // in the kernel's order
	timeouts ipvs.Timeouts
	daemons  []ipvs.Daemon
}

type balancedService struct {
	ipvs.ServiceStatus
	dests []ipvs.DestinationStatus
}

func (k *listing) run(out io.Writer) error {
	c, err := ipvs.Dial(ipvs.Options{})
	if err == nil {
		defer c.Close()
	}
	var b balanced
	if err == nil {
		b, err = readBalanced(c)
	}
	if errors.Is(err, unix.EPERM) {
		err = fmt.Errorf("%w: CAP_NET_ADMIN is needed", err)
	}
	if err != nil {
		return &statusError{statusAbsent, err}
	}
	if err := k.print(out, &b); err != nil {
		return &statusError{statusUnusable, err}
	}
	return nil
}

// readBalanced reads everything there is. The table may change meanwhile; a service that goes has no destinations.
func readBalanced(c *ipvs.Client) (b balanced, err error) {
	if b.info, err = c.Info(); err != nil {
		return b, err
	}
	services, err := c.Services()
	if err != nil {
		return b, err
	}
	for _, s := range services {
		dests, err := c.Destinations(s.ServiceKey)
		if err != nil {
			return b, err
		}
		b.services = append(b.services, balancedService{s, dests})
	}
	if b.timeouts, err = c.Timeouts(); err != nil {
		return b, err
	}
	b.daemons, err = c.Daemons()
	return b, err
}

func (k *listing) print(out io.Writer, b *balanced) error {
	b.sort()
	if k.json {
		return b.json(out)
	}
	text := k.text(b)
	if k.daemon {
		text = b.syncText()
	}
	_, err := io.WriteString(out, text)
	return err
}
