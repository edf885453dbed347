package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"holdfast/internal/core/realserver"
	"holdfast/internal/host/link"
	"holdfast/internal/host/sysctl"
)

// serving is one run of "holdfast realserver".
type serving struct {
	dir string // of the records
	dev string
	dry bool
}

func newRealServerCommand() *cobra.Command {
	var k serving
	c := &cobra.Command{
		Use:   "realserver up VIP... | down [VIP...] | check [VIP...]",
		Short: "Make this host a real server behind LVS, undo that, or say what is missing",
		Long: "Realserver is for the hosts that serve behind a director with direct routing (lvs_method DR). Up gives this host the\n" +
			"virtual addresses, on the loopback with a prefix of the whole length, and has it keep silent about them where ARP\n" +
			"is spoken (arp_ignore, arp_announce). Down undoes exactly what up did. Check says what keeps a host from being a\n" +
			"real server, whoever set it up, with the commands that mend it.\n\n" +
			"What up does is gone after the host's next start, and its record in /run/holdfast with it.\n\n" +
			"Exit status: 0 it is as it should be, 1 check has found faults, or up or down could not do something, 2 the command\n" +
			"line is wrong or the result cannot be written, 3 the record is damaged, or what is on the host cannot be read.",
		Example: "  holdfast realserver up 10.16.8.100 10.16.8.101\n" +
			"  holdfast realserver check 10.16.8.100\n" +
			"  holdfast realserver down",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return &statusError{statusUnusable, errors.New("realserver: up, down or check is missing")}
		},
	}
	c.PersistentFlags().StringVar(&k.dir, "run-dir", "/run/holdfast", "the directory for the record of what up did")
	c.AddCommand(k.upCommand(), k.downCommand(), k.checkCommand())
	return c
}

func (k *serving) upCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "up VIP...",
		Short: "Make this host a real server of these virtual addresses",
		Long: "Up sets what has to be set and adds the addresses, in an order in which nobody is ever answered for them. What is as\n" +
			"it should be is left alone: a second up does nothing, one of another address adds it. It needs CAP_NET_ADMIN.\n\n" +
			"Exit status: see \"holdfast help realserver\".",
		Example:           "  holdfast realserver up 10.16.8.100 10.16.8.101\n  holdfast realserver up --dry-run 10.16.8.100",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, args []string) error { return k.enter(c.OutOrStdout(), args, k.up) },
	}
	c.Flags().StringVar(&k.dev, "dev", "", "put the addresses on this interface, which must not speak ARP (default: lo)")
	c.Flags().BoolVar(&k.dry, "dry-run", false, "print the commands that would do the same, and do nothing")
	return c
}

func (k *serving) downCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "down [VIP...]",
		Short: "Undo what up did: for these addresses, or all of it",
		Long: "Down deletes the addresses that up added, and with the last of them gives the settings the values that they had before.\n" +
			"What was there before up, or what others have changed since, is left and told. A second down does nothing.\n\n" +
			"Exit status: see \"holdfast help realserver\".",
		Example:           "  holdfast realserver down\n  holdfast realserver down 10.16.8.101",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, args []string) error { return k.enter(c.OutOrStdout(), args, k.down) },
	}
	c.Flags().BoolVar(&k.dry, "dry-run", false, "print the commands that would do the same, and do nothing")
	return c
}

func (k *serving) checkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check [VIP...]",
		Short: "Say what keeps this host from being a real server of these addresses, and what mends it",
		Long: "Check looks at the host: does it have the addresses, on interfaces that do not speak ARP and with prefixes of the whole\n" +
			"length, and does it keep silent about them? Each fault comes with the commands that mend it, to be run in the order\n" +
			"in which they are shown. Without a VIP it looks at those that up was asked for. It needs no privilege.\n\n" +
			"Exit status: see \"holdfast help realserver\".",
		Example:           "  holdfast realserver check\n  holdfast realserver check 10.16.8.100",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, args []string) error { return k.enter(c.OutOrStdout(), args, k.check) },
	}
	return c
}

// enter opens the host for one of the three.
func (k *serving) enter(out io.Writer, args []string, do func(*site, []netip.Addr, io.Writer) error) error {
	vips, err := parseVIPs(args)
	if err != nil {
		return &statusError{statusUnusable, err}
	}
	conn, err := link.Open(link.Options{})
	if err != nil {
		return &statusError{statusAbsent, err}
	}
	defer conn.Close()
	s := &site{kernel: conn, settings: sysctl.Host}
	if s.ledger, err = openLedger(k.dir); err != nil {
		return &statusError{statusAbsent, err}
	}
	return do(s, vips, out)
}

// parseVIPs reads virtual addresses. A prefix of the whole length may be written.
func parseVIPs(words []string) (vips []netip.Addr, err error) {
	for _, w := range words {
		host, bits, cut := strings.Cut(w, "/")
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return nil, fmt.Errorf("realserver: %s is not an IP address", w)
		}
		if cut && bits != fmt.Sprint(ip.BitLen()) {
			return nil, fmt.Errorf("realserver: %s: a real server has a virtual address with the prefix length %d: write %v", w, ip.BitLen(), ip)
		}
		if why := realserver.Fault(ip); why != "" {
			return nil, fmt.Errorf("realserver: %v cannot be a virtual address: it is %s", ip, why)
		}
		if !slices.Contains(vips, ip) {
			vips = append(vips, ip)
		}
	}
	return vips, nil
}

// privileged adds what is missing to an error that says that something is not permitted.
func privileged(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: CAP_NET_ADMIN is needed", err)
	}
	return err
}
