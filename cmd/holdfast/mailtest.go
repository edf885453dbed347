package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/conf/syntax"
	"holdfast/internal/core/mail"
	"holdfast/internal/host/post"
	"holdfast/internal/role/super"
)

// mailing is one run of "holdfast mail-test".
type mailing struct {
	to       []string
	configID string
}

func newMailTestCommand() *cobra.Command {
	var k mailing
	c := &cobra.Command{
		Use:   "mail-test [FILE]",
		Short: "Send one mail as the configuration says, and show the conversation",
		Long: "Mail-test sends a test alert by the mail settings of FILE (/etc/keepalived/keepalived.conf) to those who get\n" +
			"alerts, once, and shows what it says (>) and what the mail server answers (<). Passwords are not shown.\n\n" +
			"It speaks from this machine and this network namespace, to which the daemon's net_namespace means nothing.\n\n" +
			"Exit status: 0 the mail server has taken it for everybody, 1 it has not, or the file says nothing of mail, 2 the\n" +
			"command line is wrong, 3 the file is not there or cannot be read.",
		Example: "  holdfast mail-test\n" +
			"  holdfast mail-test --to me@example.org new.conf",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			path := "/etc/keepalived/keepalived.conf"
			if len(files) > 0 {
				path = files[0]
			}
			return k.run(c.Context(), path, c.OutOrStdout())
		},
	}
	c.Flags().StringSliceVar(&k.to, "to", nil, "send it to these instead")
	c.Flags().StringVarP(&k.configID, "config-id", "i", "", "what \"@id\" lines are compared with (default: the node name)")
	return c
}

func (k *mailing) run(ctx context.Context, path string, out io.Writer) error {
	disk := syntax.NewRecorder(super.Disk{})
	if err := readable(disk, path); err != nil {
		return err
	}
	cfg, _ := loader(&command{Flags: super.Flags{ConfigID: k.configID}}, 0)(disk, path)
	s := mail.Of(&cfg.Global)
	if s == nil {
		return &statusError{statusFound, errors.New("mail-test: " + path + " says nothing of mail: it takes smtp_server and notification_email in global_defs")}
	}
	if len(k.to) > 0 {
		s.To = k.to
	}
	l := mail.Letter{At: time.Now(), Subject: "Test of alerts", Body: "Nothing has happened"}
	err := post.Try(ctx, *s, l, func(step string) { fmt.Fprintln(out, step) })
	if err != nil {
		return &statusError{statusFound, fmt.Errorf("mail-test: %s: %w", s.Server, err)}
	}
	fmt.Fprintln(out, "- taken for "+strings.Join(s.To, ", "))
	return nil
}
