package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"holdfast/conf/syntax"
)

// statusError is an error of a sub-command that decides the exit status. Without an Err everything has
// been said already.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// Exit statuses of sub-commands.
const (
	statusFound    = 1 // check found errors, lint also warnings
	statusUnusable = 2 // the command line is wrong, or the result cannot be written
	statusAbsent   = 3 // a file is not there or cannot be read
)

// readable says what is wrong with a file that a sub-command is to read.
func readable(src syntax.Source, path string) error {
	if _, err := src.ReadFile(path); err != nil {
		return &statusError{statusAbsent, err}
	}
	return nil
}

// subcommand runs "holdfast WORD …" and returns the exit status.
func subcommand(args []string) int {
	root := newRoot()
	if completing(args) {
		addDaemonOptions(root)
	}
	root.SetArgs(args[1:])
	err := root.Execute()
	if err == nil {
		return 0
	}
	var st *statusError
	if !errors.As(err, &st) {
		st = &statusError{statusUnusable, err}
	}
	if st.err != nil {
		fmt.Fprintf(os.Stderr, "holdfast: %v\n", st.err)
	}
	return st.status
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "holdfast",
		Short: "VRRP and load balancing, configured by keepalived.conf",
		Long: "Holdfast reads keepalived.conf and does what Keepalived does.\n\n" +
			"Without a sub-command it takes keepalived's own options: see \"holdfast --help\".",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newCheckCommand(), newLintCommand(), newExplainCodeCommand(), newShowConfigCommand(), newFormatCommand(), newVersionCommand(), newLabCommand(), newIPVSCommand(), newRealServerCommand())
	root.AddCommand(newGenhashCommand(), newGrammarCommand(), newCompletionCommand())
	root.CompletionOptions.DisableDefaultCmd = true // ours says how to install it
	teachCompletion(root)
	return root
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run:   func(c *cobra.Command, _ []string) { printVersion(c.OutOrStdout()) },
	}
}
