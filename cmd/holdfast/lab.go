package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// newLabCommand is where the lab's command is registered.
func newLabCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "lab",
		Short:  "Run daemons in network namespaces and watch them (not built in)",
		Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return &statusError{statusUnusable, errors.New("lab: not built into this program")}
		},
	}
}
